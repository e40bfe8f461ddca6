"""Below the threshold in a call that lets reduced projects go on: ten days to say so, five days in which donors may leave."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import WrongState
from donations.models import CampaignMoney, Donation, Outgoing, Reversal
from donations.services import (
    DonorsMayLeave,
    NotRefundable,
    owe_payout,
    send_outgoing,
    take_back_gift,
)
from ledger.models import Account
from ledger.services import balance, raised_cents
from matching import tasks
from matching.models import Grant
from matching.services import (
    ProjectMissing,
    close_campaign,
    confirm_reduced_project,
    give_up_reduced_project,
    let_donors_leave,
    settle_campaign,
    settle_keeping,
)
from tests.factories import enter_outside, give, give_outside, make_call, make_campaign, make_donation
from tests.matching.undoing import awarded_campaign, end, revoke, send_all_refunds

Kind = Account.Kind
Status = Campaign.Status
TICK = timedelta(seconds=1)
PROJECT = "Solo il cortile, senza il forno."


@pytest.fixture
def keeping(stripe: str, officer: User, organizer: User) -> Campaign:
    """Return a campaign that ended with gifts of 3,000 and 1,000 euro of 10,000, its promoter being asked."""
    call = make_call(officer=officer, funding_mode=Call.FundingMode.KEEP_IT_ALL)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    give(campaign=campaign, amount_cents=300_000, email="ada@example.org")
    give(campaign=campaign, amount_cents=100_000, email="bob@example.org")
    return end(campaign)


def gift_of(email: str) -> Donation:
    """Return the gift made with an address."""
    return Donation.objects.get(email=email)


def confirm(campaign: Campaign, by: User, now: object = None) -> Campaign:
    """Confirm the reduced project, a day after the deadline if nothing else is said."""
    now = now or campaign.closes_at + timedelta(days=1)
    return confirm_reduced_project(campaign=campaign, project=f" {PROJECT} ", by=by, now=now)


def test_promoter_is_asked_for_ten_days_and_the_grant_is_the_funds_again(
    keeping: Campaign, organizer: User
) -> None:
    assert (keeping.status, keeping.keep_until) == (Status.KEEPING, keeping.closes_at + timedelta(days=10))
    assert (Grant.objects.get().state, balance(Kind.AVAILABLE, fund=keeping.fund)) == ("returned", 60_000_000)
    assert Mail.objects.filter(key__startswith=f"campaign_keeping:{keeping.pk}").count() == 1
    assert raised_cents(keeping) == 400_000
    # The donors have nothing to decide yet.
    with pytest.raises(NotRefundable):
        take_back_gift(donation=gift_of("ada@example.org"), now=keeping.closes_at + TICK)
    call_command("audit")


def test_silence_for_ten_days_gives_everything_back(keeping: Campaign) -> None:
    assert settle_keeping(campaign=keeping, now=keeping.keep_until - TICK).status == Status.KEEPING

    settled = settle_keeping(campaign=keeping, now=keeping.keep_until)

    assert (settled.status, settled.outcome_raised_cents) == (Status.FAILED, 400_000)
    assert set(Reversal.objects.values_list("reason", flat=True)) == {"failure"}
    send_all_refunds()
    settled.refresh_from_db()
    assert settled.status == Status.REFUNDED
    call_command("audit")


def test_confirmed_it_goes_on_without_a_grant_once_the_donors_have_had_five_days(
    keeping: Campaign, officer: User, organizer: User
) -> None:
    with pytest.raises(ProjectMissing):
        confirm_reduced_project(campaign=keeping, project=" ", by=organizer, now=keeping.closes_at)
    now = keeping.closes_at + timedelta(days=9)

    kept = confirm(keeping, organizer, now)

    kept.refresh_from_db()
    assert (kept.status, kept.kept_at, kept.kept_project) == (Status.KEEPING, now, PROJECT)
    assert (kept.keep_answered_by, kept.leave_until) == (organizer, now + timedelta(days=5))
    assert Mail.objects.filter(key__startswith="donors_may_leave:").count() == 2
    for again in (confirm, give_up_reduced_project):
        with pytest.raises(WrongState):
            again(campaign=kept, by=organizer, now=now)
    with pytest.raises(NotRefundable):
        take_back_gift(donation=gift_of("bob@example.org"), now=kept.leave_until)
    left = take_back_gift(donation=gift_of("bob@example.org"), now=kept.leave_until - TICK)
    assert (left.reason, left.amount_cents) == ("left", 100_000)
    # The ten days are over meanwhile, the five are not.
    assert settle_keeping(campaign=kept, now=kept.leave_until - TICK).status == Status.KEEPING
    settled = settle_keeping(campaign=kept, now=kept.leave_until)
    assert (settled.status, settled.outcome_raised_cents) == (Status.SUCCEEDED, 300_000)
    assert Grant.objects.get().state == "returned"
    assert balance(Kind.PROMOTER, campaign=settled) == -300_000
    send_all_refunds()
    call_command("audit")


def test_answer_after_ten_days_comes_too_late(keeping: Campaign, organizer: User) -> None:
    with pytest.raises(WrongState):
        confirm(keeping, organizer, keeping.keep_until)

    assert confirm(keeping, organizer, keeping.keep_until - TICK).kept_at


def test_promoter_that_gives_up_gives_everything_back_at_once(keeping: Campaign, organizer: User) -> None:
    ended = give_up_reduced_project(campaign=keeping, by=organizer, now=keeping.closes_at + TICK)

    assert (ended.status, ended.keep_answered_by) == (Status.FAILED, organizer)
    assert balance(Kind.REFUNDS_OWED, campaign=ended) == -400_000
    with pytest.raises(WrongState):
        confirm(keeping, organizer)
    call_command("audit")


def test_when_every_donor_leaves_it_fails(keeping: Campaign, organizer: User) -> None:
    kept = confirm(keeping, organizer)
    for gift in Donation.objects.all():
        take_back_gift(donation=gift, now=kept.leave_until - TICK)

    assert settle_keeping(campaign=kept, now=kept.leave_until).status == Status.FAILED
    call_command("audit")


@pytest.mark.parametrize("gift_cents", [0, 1_000_000])
def test_nobody_is_asked_without_gifts_or_above_the_threshold(
    stripe: str, officer: User, organizer: User, gift_cents: int
) -> None:
    call = make_call(officer=officer, funding_mode=Call.FundingMode.KEEP_IT_ALL, keep_days=3, leave_days=2)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    if gift_cents:
        give(campaign=campaign, amount_cents=gift_cents)

    ended = end(campaign)

    assert ended.status == (Status.SUCCEEDED if gift_cents else Status.REFUNDED)
    assert ended.keep_until is None


def test_days_are_those_of_the_call_and_the_clock_settles_what_is_due(
    stripe: str, officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, funding_mode=Call.FundingMode.KEEP_IT_ALL, keep_days=3, leave_days=2)
    silent, kept = (make_campaign(officer=officer, promoter=organizer, call=call) for _number in range(2))
    for campaign in (silent, kept):
        give(campaign=campaign, amount_cents=2000)
        end(campaign)
        campaign.refresh_from_db()
    assert silent.keep_until == silent.closes_at + timedelta(days=3)
    assert confirm(kept, organizer).leave_until == kept.closes_at + timedelta(days=3)
    tasks.settle_kept_campaigns()
    assert set(Campaign.objects.values_list("status", flat=True)) == {Status.KEEPING}
    past = timezone.now() - TICK
    Campaign.objects.filter(pk=silent.pk).update(keep_until=past)
    Campaign.objects.filter(pk=kept.pk).update(keep_until=past, leave_until=past)

    tasks.settle_kept_campaigns()

    silent.refresh_from_db()
    kept.refresh_from_db()
    assert (silent.status, kept.status) == (Status.FAILED, Status.SUCCEEDED)


def test_outcome_and_payout_wait_while_donors_may_leave(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign, amount_cents=1_000_000)
    now = campaign.closes_at - timedelta(days=1)
    with pytest.raises(ProjectMissing):
        let_donors_leave(campaign=campaign, reason=" ", by=officer, now=now)

    changed = let_donors_leave(campaign=campaign, reason="Il forno si sposta.", by=officer, now=now)

    close_campaign(campaign=changed, now=changed.closes_at)
    assert changed.leave_opened_by == officer
    assert settle_campaign(campaign=changed, now=changed.leave_until - TICK).status == Status.CLOSING
    assert settle_campaign(campaign=changed, now=changed.leave_until).status == Status.SUCCEEDED
    payout = owe_payout(campaign=changed, by=officer, now=changed.leave_until)
    # The project changes again before the money has left: the payout is given up, and nobody decides a new one.
    changed.refresh_from_db()
    again = let_donors_leave(
        campaign=changed, reason="Il forno non si fa.", by=officer, now=changed.leave_until
    )
    send_outgoing(outgoing=payout, now=again.leave_until - TICK)
    payout.refresh_from_db()
    assert (payout.status, Outgoing.objects.count()) == ("cancelled", 1)
    with pytest.raises(DonorsMayLeave):
        owe_payout(campaign=again, by=officer, now=again.leave_until - TICK)
    assert take_back_gift(donation=gift, now=again.leave_until - TICK).amount_cents == 1_000_000
    assert CampaignMoney.objects.to_pay_out().count() == 0
    send_all_refunds()
    call_command("audit")


def test_donors_of_gifts_outside_the_site_hear_that_the_project_changes(
    stripe: str, officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, offline_share_bp=3_000)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    gift = give_outside(campaign=campaign, officer=officer, email="lia@example.org")
    give_outside(campaign=campaign, officer=officer)
    enter_outside(campaign=campaign, email="waits@example.org")

    let_donors_leave(campaign=campaign, reason="Il forno si sposta.", by=officer, now=timezone.now())

    mail = Mail.objects.get(key__startswith="offline_donor_may_leave:")
    assert (mail.recipient, f":{gift.pk}:" in mail.key) == ("lia@example.org", True)
    assert "Il forno si sposta." in mail.body


def test_gift_that_is_not_received_or_is_with_the_promoters_bank_cannot_leave(
    campaign: Campaign, officer: User, stranger: User
) -> None:
    grant = awarded_campaign(campaign)
    pending = make_donation(campaign=campaign)
    Donation.objects.filter(pk=pending.pk).update(status="expired", expired_at=timezone.now())
    assert end(campaign).status == Status.SUCCEEDED
    payout = owe_payout(campaign=campaign, by=officer, now=timezone.now())
    send_outgoing(outgoing=payout, now=timezone.now())
    revoke(grant, first=officer, second=stranger)
    campaign.refresh_from_db()
    assert campaign.donors_may_leave(timezone.now())

    for gift in Donation.objects.all():
        with pytest.raises(NotRefundable):
            take_back_gift(donation=gift, now=timezone.now())
    with pytest.raises(WrongState):
        let_donors_leave(campaign=make_failed(campaign), reason="Tardi.", by=officer, now=timezone.now())


def make_failed(campaign: Campaign) -> Campaign:
    """Return another campaign of the same call that has failed."""
    other = make_campaign(
        officer=campaign.approved_by, promoter=campaign.organization.members.get(), call=campaign.call
    )
    return end(other)
