"""A promoter withdraws: what each moment of the campaign's life asks for, and what goes back to whom."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import WrongState
from donations.models import CampaignMoney, Donation, Outgoing
from donations.services import (
    CampaignNotOpen,
    WaiverWaits,
    owe_payout,
    remind_of_returns,
    send_outgoing,
    start_donation,
    sync_payment,
)
from ledger.models import Account
from ledger.services import balance
from matching import tasks
from matching.models import Grant, GrantOffer, Withdrawal
from matching.services import (
    ActName,
    ReasonMissing,
    WaitsForAct,
    acknowledge_withdrawal,
    increase_fund,
    open_campaign,
    release_grant,
    settle_campaign,
    withdraw_campaign,
)
from matching.services.line import campaigns_in_line
from tests.factories import (
    connect_stripe,
    enter_outside,
    give,
    give_outside,
    make_application,
    make_campaign,
    make_donation,
    make_draft_campaign,
    make_organization,
    make_scheduled_campaign,
    make_user,
    pay,
)
from tests.matching.outside import return_outside
from tests.matching.short import LATER, offered, reached, release, short_call
from tests.matching.undoing import awarded_campaign, end, revoke, send_all_refunds, undo

Kind = Account.Kind
Status = Campaign.Status


def withdraw(campaign: Campaign, by: User) -> Withdrawal:
    """Withdraw a campaign with a reason."""
    return withdraw_campaign(campaign=campaign, reason=" Il locale è venduto. ", by=by, now=timezone.now())


@pytest.mark.parametrize("stage", ["draft", "scheduled"])
def test_before_the_opening_it_happens_at_once_and_the_campaign_never_opens(
    call: Call, officer: User, organizer: User, stripe: str, stage: str
) -> None:
    body = make_organization(user=organizer)
    connect_stripe(body)
    application = make_application(call=call, organization=body)
    make = make_draft_campaign if stage == "draft" else make_scheduled_campaign
    campaign = make(application=application, officer=officer)

    done = withdraw(campaign, organizer)

    campaign.refresh_from_db()
    assert (done.stage, done.state, done.acknowledged_by, bool(done.done_at)) == (
        "before",
        "done",
        None,
        True,
    )
    assert (campaign.status, campaign.opened_at, campaign.settled_at) == (Status.WITHDRAWN, None, None)
    assert campaign.withdrawal_reason == "Il locale è venduto."
    tasks.open_due_campaigns()
    assert open_campaign(campaign=campaign, now=timezone.now()).status == Status.WITHDRAWN
    assert not Grant.objects.exists()
    assert not Campaign.objects.public().filter(pk=campaign.pk).exists()
    assert Mail.objects.filter(key=f"campaign_withdrawn:{campaign.pk}:{organizer.pk}").count() == 1


def test_open_below_the_threshold_everything_goes_back_at_once(campaign: Campaign, organizer: User) -> None:
    first, second = (give(campaign=campaign, amount_cents=cents) for cents in (300_000, 2000))
    pending = make_donation(campaign=campaign)

    done = withdraw(campaign, organizer)

    campaign.refresh_from_db()
    assert (done.stage, done.state, campaign.status) == ("running", "done", Status.WITHDRAWN)
    assert (campaign.outcome_raised_cents, Grant.objects.get().state) == (302_000, "returned")
    assert balance(Kind.AVAILABLE, fund=campaign.fund) == 60_000_000
    assert balance(Kind.REFUNDS_OWED, campaign=campaign) == -302_000
    assert Mail.objects.filter(key__startswith="donation_withdrawn:").count() == 2
    # Who was on the payment page meanwhile gets the money back too.
    pay(pending)
    assert sync_payment(donation=pending, now=timezone.now()).status == Donation.Status.REFUND_DUE
    send_all_refunds()
    assert set(Donation.objects.values_list("status", flat=True)) == {Donation.Status.REFUNDED}
    assert first.campaign_id == second.campaign_id
    campaign.refresh_from_db()
    assert campaign.status == Status.WITHDRAWN
    call_command("audit")


def test_it_needs_a_reason_and_happens_once(campaign: Campaign, officer: User, organizer: User) -> None:
    with pytest.raises(ReasonMissing):
        withdraw_campaign(campaign=campaign, reason="  ", by=organizer, now=timezone.now())
    done = withdraw(campaign, organizer)

    with pytest.raises(WrongState):
        withdraw(campaign, organizer)
    with pytest.raises(WrongState):
        acknowledge_withdrawal(withdrawal=done, by=officer, now=timezone.now())
    assert Withdrawal.objects.count() == 1


def test_reached_it_waits_for_an_officer_and_meanwhile_nothing_is_decided(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    give(campaign=campaign, amount_cents=1_000_000)

    asked = withdraw(campaign, organizer)

    assert (asked.stage, asked.state) == ("reached", "asked")
    assert release_grant(campaign=campaign, now=timezone.now()) is None
    assert end(campaign).status == Status.CLOSING
    assert Mail.objects.filter(key=f"withdrawal_asked:{campaign.pk}:{organizer.pk}").count() == 1
    assert not Mail.objects.filter(key__startswith="donation_withdrawn:").exists()
    noted = acknowledge_withdrawal(withdrawal=asked, by=officer, now=timezone.now())
    campaign.refresh_from_db()
    assert (noted.state, noted.acknowledged_by, campaign.status) == ("done", officer, Status.WITHDRAWN)
    assert (Grant.objects.get().state, campaign.outcome_raised_cents) == ("returned", 1_000_000)
    assert settle_campaign(campaign=campaign, now=campaign.closes_at).status == Status.WITHDRAWN
    send_all_refunds()
    call_command("audit")


def test_what_a_withdrawal_frees_is_used_in_the_order_of_reaching(
    stripe: str, officer: User, organizer: User
) -> None:
    call = short_call(officer, 1_500_000)
    first, second, third = (reached(call, officer, organizer) for _number in range(3))
    release(first)
    offer = offered(second)
    Campaign.objects.update(reached_at=timezone.now() - LATER)
    asked = withdraw(second, organizer)

    acknowledge_withdrawal(withdrawal=asked, by=officer, now=timezone.now())
    tasks.release_due_grants()

    offer.refresh_from_db()
    assert offer.status == GrantOffer.Status.LAPSED
    assert GrantOffer.objects.get(status="open").grant.campaign == third
    assert GrantOffer.objects.get(status="open").amount_cents == 500_000
    call_command("audit")


def test_awarded_it_is_a_waiver_that_only_the_act_completes(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    grant = awarded_campaign(campaign)

    asked = withdraw(campaign, organizer)

    assert (asked.stage, asked.state) == ("awarded", "asked")
    with pytest.raises(WaitsForAct):
        acknowledge_withdrawal(withdrawal=asked, by=officer, now=timezone.now())
    second = make_user("treasurer", is_staff=True, is_superuser=True)
    revoke(grant, first=officer, second=second, cause="waiver")
    asked.refresh_from_db()
    campaign.refresh_from_db()
    assert (asked.state, asked.acknowledged_by, campaign.status) == ("done", second, Status.WITHDRAWN)
    # Everything goes back, so nobody has to use a right to leave.
    assert campaign.leave_until is None
    send_all_refunds()
    assert balance(Kind.STRIPE, campaign=campaign) == 0
    call_command("audit")


def test_paid_out_gifts_are_the_promoters_duty(campaign: Campaign, officer: User, organizer: User) -> None:
    grant = awarded_campaign(campaign)
    assert end(campaign).status == Status.SUCCEEDED
    send_outgoing(outgoing=owe_payout(campaign=campaign, by=officer, now=timezone.now()), now=timezone.now())
    withdraw(campaign, organizer)

    revoke(grant, first=officer, second=make_user("treasurer", is_staff=True), cause="waiver")

    campaign.refresh_from_db()
    assert (campaign.status, Withdrawal.objects.get().state) == (Status.SUCCEEDED, "done")
    assert balance(Kind.AVAILABLE, fund=grant.fund) == 60_000_000
    assert set(Donation.objects.values_list("status", flat=True)) == {Donation.Status.SETTLED}
    mail = Mail.objects.get(key=f"campaign_withdrawn:{campaign.pk}:{organizer.pk}")
    assert "10.000" in mail.body
    call_command("audit")


def test_after_a_payout_what_is_still_at_stripe_goes_back_and_the_rest_is_on_a_list(
    campaign: Campaign, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = awarded_campaign(campaign)
    late = give(campaign=campaign, amount_cents=30_000, email="late@example.org")
    give(campaign=campaign, amount_cents=50_000, email="later@example.org")
    assert end(campaign).status == Status.SUCCEEDED
    now = timezone.now()
    paid = Donation.objects.filter(campaign=campaign).exclude(
        email__in=["late@example.org", "later@example.org"]
    )
    # A part of the money has not left yet.
    monkeypatch.setattr("donations.services.outgoing.payable_cents", lambda _campaign: 1_040_000)
    send_outgoing(outgoing=owe_payout(campaign=campaign, by=officer, now=now), now=now)
    asked = withdraw(campaign, organizer)
    campaign.refresh_from_db()
    assert campaign.waiver_asked_at == asked.asked_at
    with pytest.raises(WaiverWaits):
        owe_payout(campaign=campaign, by=officer, now=now)
    assert not CampaignMoney.objects.to_pay_out().filter(waiver_asked_at=None).exists()

    revoke(grant, first=officer, second=make_user("treasurer", is_staff=True), cause="waiver")

    late.refresh_from_db()
    campaign.refresh_from_db()
    assert (campaign.waiver_asked_at, campaign.status) == (None, Status.SUCCEEDED)
    # The gift of 500 euro is more than the 100 euro that are left.
    assert late.status == Donation.Status.REFUND_DUE
    assert set(paid.values_list("status", flat=True)) == {Donation.Status.SETTLED}
    assert Donation.objects.get(email="later@example.org").status == Donation.Status.SETTLED
    assert Mail.objects.get(key__startswith="donation_withdrawn:").recipient == "late@example.org"
    assert list(Withdrawal.objects.gifts_left()) == [asked]
    send_all_refunds()
    assert balance(Kind.STRIPE, campaign=campaign) == 10_000
    call_command("audit")


def test_gifts_outside_the_site_are_owed_back_whatever_was_paid_out(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    counted = give_outside(campaign=campaign, officer=officer, amount_cents=100_000, email="lia@example.org")
    entered = enter_outside(campaign=campaign)
    grant = awarded_campaign(campaign)
    end(campaign, campaign.closes_at + timedelta(days=40))
    now = timezone.now()
    send_outgoing(outgoing=owe_payout(campaign=campaign, by=officer, now=now), now=now)
    withdraw(campaign, organizer)

    revoke(grant, first=officer, second=make_user("treasurer", is_staff=True), cause="waiver")

    counted.refresh_from_db()
    entered.refresh_from_db()
    assert (counted.status, counted.return_reason, counted.kept_cents) == ("return_due", "withdrawn", 0)
    assert entered.status == "lapsed"
    assert balance(Kind.OFFLINE_OWED, campaign=campaign) == -100_000
    assert Mail.objects.get(key=f"offline_gift_owed:{counted.pk}").recipient == "lia@example.org"
    mail = Mail.objects.get(key=f"offline_returns_due:{campaign.pk}:{organizer.pk}")
    assert "1.000" in mail.subject
    call_command("audit")
    remind_of_returns(campaign=campaign, now=now + timedelta(days=11))
    assert Mail.objects.filter(key__startswith="offline_returns_reminder:").count() == 1
    assert return_outside(counted, officer=officer).status == "returned"
    assert balance(Kind.OFFLINE, campaign=campaign) == balance(Kind.OFFLINE_OWED, campaign=campaign) == 0
    call_command("audit")


@pytest.mark.parametrize("is_waiting", [True, False])
def test_given_up_after_a_payout_nothing_is_awarded_any_more(
    stripe: str, officer: User, organizer: User, is_waiting: bool
) -> None:
    call = short_call(officer, 1_000_000, partial_policy="none")
    release(reached(call, officer, organizer))
    campaign = reached(call, officer, organizer)
    if is_waiting:
        assert release(campaign).state == Grant.State.WAITLISTED
    assert end(campaign).status == Status.SUCCEEDED
    now = timezone.now()
    send_outgoing(outgoing=owe_payout(campaign=campaign, by=officer, now=now), now=now)
    asked = withdraw(campaign, organizer)
    acknowledge_withdrawal(withdrawal=asked, by=officer, now=now)

    increase_fund(
        fund=campaign.fund,
        amount_cents=5_000_000,
        act=ActName(number="DD 7", day=date(2027, 3, 1), office="Bilancio"),
        reason="Nuove risorse.",
        by=officer,
        now=now + LATER,
    )
    tasks.release_due_grants()

    assert [grant.state for grant in Grant.objects.filter(campaign=campaign)] == ["returned"] * is_waiting
    assert release_grant(campaign=campaign, now=now + LATER) in (
        None,
        Grant.objects.filter(campaign=campaign).first(),
    )
    assert campaign not in campaigns_in_line(now=now + LATER)
    assert balance(Kind.AVAILABLE, fund=campaign.fund) == 5_000_000
    call_command("audit")


def test_a_payout_that_waits_is_given_up_when_the_promoter_asks_to_give_up(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    awarded_campaign(campaign)
    assert end(campaign).status == Status.SUCCEEDED
    payout = owe_payout(campaign=campaign, by=officer, now=timezone.now())
    withdraw(campaign, organizer)

    send_outgoing(outgoing=payout, now=timezone.now())

    payout.refresh_from_db()
    assert (payout.status, Outgoing.objects.count()) == ("cancelled", 1)


def test_a_threshold_that_was_undone_is_withdrawn_at_once(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    give(campaign=campaign, amount_cents=400_000)
    undo(give(campaign=campaign, amount_cents=600_000), officer)
    assert end(campaign).status == Status.CURE

    done = withdraw(campaign, organizer)

    campaign.refresh_from_db()
    assert (done.stage, campaign.status, campaign.cure.state) == ("running", Status.WITHDRAWN, "lapsed")
    with pytest.raises(CampaignNotOpen):
        start_donation(campaign=campaign, amount_cents=1000, email="a@example.org", now=timezone.now())
    call_command("audit")


def test_two_campaigns_of_one_call_do_not_touch_each_other(
    campaign: Campaign, call: Call, officer: User, organizer: User
) -> None:
    other = make_campaign(officer=officer, promoter=organizer, call=call)
    gift = give(campaign=other, amount_cents=5000)

    withdraw(campaign, organizer)

    gift.refresh_from_db()
    other.refresh_from_db()
    assert (gift.status, other.status, other.grant.state) == ("settled", Status.OPEN, "reserved")
