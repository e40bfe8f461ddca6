"""The deadline: succeeded, or everything goes back."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import end_campaign, resume_campaign, suspend_campaign
from donations.models import Donation, Reversal
from donations.services import claim_reversals, owe_refund, send_refund
from ledger.models import Account, Entry
from ledger.services import balance
from matching.models import Grant
from matching.services import GrantAwarded, close_campaign, release_grant, settle_campaign
from tests.factories import give, make_call, make_campaign, make_donation

Kind = Account.Kind
Status = Campaign.Status


def end(campaign: Campaign, after: timedelta = timedelta(0)) -> Campaign:
    """Close a campaign at its deadline, or some days after it, and decide its outcome."""
    close_campaign(campaign=campaign, now=campaign.closes_at + after)
    return settle_campaign(campaign=campaign, now=campaign.closes_at + after)


def send_all_refunds() -> None:
    """Send every refund that is owed."""
    for reversal in claim_reversals(now=timezone.now() + timedelta(days=100)):
        send_refund(reversal=reversal, now=timezone.now())


@pytest.mark.parametrize(("seconds", "status"), [(-1, Status.OPEN), (0, Status.CLOSING), (1, Status.CLOSING)])
def test_close_campaign_keeps_its_deadline_to_the_second(
    campaign: Campaign, seconds: int, status: str
) -> None:
    instant = campaign.closes_at + timedelta(seconds=seconds)

    assert close_campaign(campaign=campaign, now=instant).status == status
    assert close_campaign(campaign=campaign, now=instant).status == status


def test_settle_campaign_succeeds_at_the_threshold(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=1_000_000)
    release_grant(campaign=campaign, now=timezone.now())

    settled = end(campaign)

    assert (settled.status, settled.settled_at) == (Status.SUCCEEDED, campaign.closes_at)
    assert settled.outcome_raised_cents == 1_000_000
    assert balance(Kind.PROMOTER, campaign=campaign) == -1_000_000
    assert balance(Kind.DONORS, campaign=campaign) == 0
    assert Donation.objects.get().status == Donation.Status.SETTLED
    assert not Reversal.objects.exists()
    assert Mail.objects.filter(key__startswith=f"campaign_succeeded:{campaign.pk}").count() == 1
    call_command("audit")


def test_settle_campaign_gives_everything_back_a_cent_below(campaign: Campaign) -> None:
    gifts = [give(campaign=campaign, amount_cents=cents) for cents in (999_799, 200)]

    settled = end(campaign)

    assert (settled.status, settled.outcome_raised_cents) == (Status.FAILED, 999_999)
    assert balance(Kind.REFUNDS_OWED, campaign=campaign) == -999_999
    assert balance(Kind.AVAILABLE, fund=campaign.fund) == 60_000_000
    grant = Grant.objects.get()
    assert (grant.state, grant.returned_at) == (Grant.State.RETURNED, campaign.closes_at)
    assert set(Reversal.objects.values_list("reason", "status")) == {("failure", "due")}
    call_command("audit")

    send_all_refunds()

    settled.refresh_from_db()
    assert settled.status == Status.REFUNDED
    assert {Donation.objects.get(pk=gift.pk).status for gift in gifts} == {Donation.Status.REFUNDED}
    assert balance(Kind.STRIPE, campaign=campaign) == 0
    call_command("audit")


@pytest.mark.parametrize("cents", [1_000_000, 5000])
def test_settle_campaign_again_changes_nothing(campaign: Campaign, cents: int) -> None:
    give(campaign=campaign, amount_cents=cents)
    settled = end(campaign)
    entries = Entry.objects.count()

    again = settle_campaign(campaign=campaign, now=campaign.closes_at + timedelta(days=1))

    assert (again.status, again.settled_at) == (settled.status, settled.settled_at)
    assert Entry.objects.count() == entries
    assert Reversal.objects.count() == (0 if cents >= 1_000_000 else 1)


def test_settle_campaign_without_gifts_has_nothing_to_give_back(campaign: Campaign) -> None:
    settled = end(campaign)

    assert (settled.status, settled.outcome_raised_cents) == (Status.REFUNDED, 0)
    assert not Reversal.objects.exists()
    assert balance(Kind.AVAILABLE, fund=campaign.fund) == 60_000_000
    assert Mail.objects.filter(key__startswith=f"campaign_failed:{campaign.pk}").count() == 1
    call_command("audit")


def test_settle_campaign_before_the_deadline_changes_nothing(campaign: Campaign) -> None:
    assert settle_campaign(campaign=campaign, now=timezone.now()).status == Status.OPEN


def test_settle_campaign_waits_while_a_payment_is_under_way(campaign: Campaign) -> None:
    make_donation(campaign=campaign)

    assert end(campaign).status == Status.CLOSING


def test_settle_campaign_succeeds_whatever_is_refunded_after_the_award(
    campaign: Campaign, officer: User
) -> None:
    gift = give(campaign=campaign, amount_cents=600_000)
    give(campaign=campaign, amount_cents=400_000)
    release_grant(campaign=campaign, now=timezone.now())
    owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=timezone.now())
    campaign.refresh_from_db()
    assert campaign.reached_at is None

    settled = end(campaign)

    assert (settled.status, settled.outcome_raised_cents) == (Status.SUCCEEDED, 400_000)
    assert Grant.objects.get().state == Grant.State.AWARDED
    assert balance(Kind.AWARDED, fund=campaign.fund, campaign=campaign) == 1_000_000
    call_command("audit")


def test_settle_campaign_succeeds_even_when_every_gift_was_refunded_after_the_award(
    campaign: Campaign, officer: User
) -> None:
    gift = give(campaign=campaign, amount_cents=1_000_000)
    release_grant(campaign=campaign, now=timezone.now())
    owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=timezone.now())

    settled = end(campaign)

    assert (settled.status, settled.outcome_raised_cents) == (Status.SUCCEEDED, 0)
    call_command("audit")


def test_settle_campaign_fails_when_a_refund_before_the_award_drops_it(
    campaign: Campaign, officer: User
) -> None:
    gift = give(campaign=campaign, amount_cents=600_000)
    give(campaign=campaign, amount_cents=400_000)
    owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=timezone.now())

    assert end(campaign).status == Status.CURE
    settled = end(campaign, after=timedelta(days=10))

    assert (settled.status, settled.outcome_raised_cents) == (Status.FAILED, 400_000)
    send_all_refunds()
    settled.refresh_from_db()
    assert settled.status == Status.REFUNDED
    call_command("audit")


def test_settle_campaign_leaves_a_suspended_one_to_the_officer(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=1_000_000)
    suspend_campaign(campaign=campaign, by=officer, reason="Verifica in corso", now=timezone.now())

    assert end(campaign).status == Status.SUSPENDED

    resume_campaign(campaign=campaign, by=officer, now=timezone.now())
    assert end(campaign).status == Status.SUCCEEDED


def stop(campaign: Campaign) -> None:
    """Suspend a campaign and end it for good, as an officer does."""
    officer = campaign.approved_by
    assert officer
    suspend_campaign(campaign=campaign, by=officer, reason="Permesso ritirato", now=timezone.now())
    end_campaign(campaign=campaign, by=officer)


def test_settle_campaign_gives_everything_back_of_one_an_officer_has_ended(campaign: Campaign) -> None:
    gifts = [give(campaign=campaign, amount_cents=cents) for cents in (1_000_000, 5000)]
    stop(campaign)
    now = timezone.now()

    settled = settle_campaign(campaign=campaign, now=now)

    assert (settled.status, settled.outcome_raised_cents) == (Status.FAILED, 1_005_000)
    assert settled.suspension_reason == "Permesso ritirato"
    assert balance(Kind.REFUNDS_OWED, campaign=campaign) == -1_005_000
    assert balance(Kind.AVAILABLE, fund=campaign.fund) == 60_000_000
    grant = Grant.objects.get()
    assert (grant.state, grant.returned_at) == (Grant.State.RETURNED, now)
    send_all_refunds()
    settled.refresh_from_db()
    assert settled.status == Status.REFUNDED
    assert {Donation.objects.get(pk=gift.pk).status for gift in gifts} == {Donation.Status.REFUNDED}
    call_command("audit")


def test_settle_campaign_leaves_an_award_to_a_reasoned_act(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=1_000_000)
    release_grant(campaign=campaign, now=timezone.now())
    stop(campaign)

    with pytest.raises(GrantAwarded, match=campaign.slug):
        settle_campaign(campaign=campaign, now=timezone.now())

    campaign.refresh_from_db()
    assert campaign.status == Status.CLOSING
    assert Grant.objects.get().state == Grant.State.AWARDED
    assert not Reversal.objects.exists()
    call_command("audit")


def test_settle_campaign_awards_what_was_set_aside_when_nobody_has(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign, amount_cents=1_000_000)

    settled = end(campaign)

    grant = Grant.objects.get()
    assert settled.status == Status.SUCCEEDED
    assert (grant.state, grant.amount_cents) == (Grant.State.AWARDED, 1_000_000)
    assert (grant.awarded_at, grant.raised_cents) == (campaign.closes_at, 1_000_000)
    assert balance(Kind.AWARDED, fund=campaign.fund, campaign=campaign) == 1_000_000
    assert balance(Kind.RESERVED, fund=campaign.fund, campaign=campaign) == 0
    assert Mail.objects.filter(key__startswith=f"grant_awarded:{campaign.pk}").count() == 1
    # A gift given back afterwards takes nothing of it.
    owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=timezone.now())
    assert release_grant(campaign=campaign, now=timezone.now()) == grant
    call_command("audit")


def test_settle_campaign_takes_a_failed_one_off_the_waiting_list(
    stripe: str, officer: User, organizer: User
) -> None:
    mode = Call.ReservationMode.FIRST_REACHED
    call = make_call(officer=officer, fund_cents=5_000_000, reservation_mode=mode, partial_policy="none")
    first = make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=10_000_000)
    waiting = make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=2_000_000)
    give(campaign=first, amount_cents=5_000_000)
    gift = give(campaign=waiting, amount_cents=1_000_000)
    for campaign in (first, waiting):
        release_grant(campaign=campaign, now=timezone.now())
    owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=timezone.now())

    end(waiting)
    assert Grant.objects.get(campaign=waiting).state == Grant.State.WAITLISTED
    end(waiting, after=timedelta(days=10))

    grant = Grant.objects.get(campaign=waiting)
    assert (grant.state, grant.amount_cents) == (Grant.State.RETURNED, 0)
    call_command("audit")


def test_settle_campaign_decides_nothing_when_its_mail_cannot_be_written(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(campaign=campaign)
    close_campaign(campaign=campaign, now=campaign.closes_at)

    def fail(**fields: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("matching.services.campaign.queue_mail_to_members", fail)
        with pytest.raises(RuntimeError):
            settle_campaign(campaign=campaign, now=campaign.closes_at)

    campaign.refresh_from_db()
    assert campaign.status == Status.CLOSING
    assert not Reversal.objects.exists()
    assert balance(Kind.RESERVED, fund=campaign.fund, campaign=campaign) == 1_000_000
    assert balance(Kind.DONORS, campaign=campaign) == -2000
