"""Reversals before the award: what falls, what is kept, and the days to restore the threshold."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import WrongState
from donations.models import Donation
from donations.services import CampaignNotOpen, start_donation
from ledger.models import Account
from ledger.services import balance, raised_cents
from matching.models import Cure, CurePayment, Grant
from matching.services import (
    EvidenceMissing,
    NotAllowed,
    OtherSum,
    OwnBody,
    close_campaign,
    record_cure_payment,
    release_grant,
    settle_campaign,
)
from tests.donations.at_stripe import answer_otherwise
from tests.factories import give, make_call, make_campaign
from tests.matching.undoing import end, send_all_refunds, undo, waiting_campaign

Kind = Account.Kind
Status = Campaign.Status


def cured(campaign: Campaign, officer: User) -> Campaign:
    """Take a campaign to the days in which it may restore its threshold: 600,000 cents of 1,000,000 went back."""
    give(campaign=campaign, amount_cents=400_000)
    undo(give(campaign=campaign, amount_cents=600_000), officer)
    campaign = end(campaign)
    assert campaign.status == Status.CURE
    return campaign


def test_refund_before_the_threshold_only_lowers_what_is_raised(campaign: Campaign, officer: User) -> None:
    undo(give(campaign=campaign, amount_cents=300_000), officer)
    give(campaign=campaign, amount_cents=200_000)

    campaign.refresh_from_db()

    assert (raised_cents(campaign), campaign.reached_at, campaign.first_reached_at) == (200_000, None, None)
    assert end(campaign).status == Status.FAILED
    assert not Cure.objects.exists()


def test_refund_while_open_and_reserved_keeps_the_reservation_and_gives_reached_anew(
    campaign: Campaign, officer: User
) -> None:
    give(campaign=campaign, amount_cents=400_000)
    gift = give(campaign=campaign, amount_cents=600_000)
    campaign.refresh_from_db()
    first = campaign.reached_at

    undo(gift, officer)

    campaign.refresh_from_db()
    assert (campaign.reached_at, campaign.first_reached_at) == (None, first)
    assert release_grant(campaign=campaign, now=timezone.now()) is None
    assert balance(Kind.RESERVED, fund=campaign.fund, campaign=campaign) == 1_000_000
    give(campaign=campaign, amount_cents=600_000)
    campaign.refresh_from_db()
    assert campaign.reached_at > first
    assert campaign.first_reached_at == first
    call_command("audit")


def test_refund_in_a_first_reached_call_loses_the_claim_and_a_new_gift_takes_the_last_place(
    stripe: str, officer: User, organizer: User
) -> None:
    campaign = waiting_campaign(officer, organizer)
    first = campaign.reached_at
    undo(Donation.objects.get(campaign=campaign), officer)

    assert release_grant(campaign=campaign, now=timezone.now()) is None

    give(campaign=campaign, amount_cents=1_000_000)
    campaign.refresh_from_db()
    assert campaign.reached_at > first
    call_command("audit")


def test_settle_campaign_gives_days_to_restore_what_refunds_undid(campaign: Campaign, officer: User) -> None:
    campaign = cured(campaign, officer)

    cure = Cure.objects.get()
    assert campaign.cure_until == campaign.closes_at + timedelta(days=10)
    assert (cure.state, cure.missing_cents, cure.until) == ("open", 600_000, campaign.cure_until)
    assert balance(Kind.RESERVED, fund=campaign.fund, campaign=campaign) == 1_000_000
    assert Mail.objects.filter(key__startswith=f"campaign_cure:{campaign.pk}").count() == 1
    # Asked again within the days, nothing happens.
    assert end(campaign, campaign.closes_at + timedelta(days=1)).status == Status.CURE
    call_command("audit")


def test_new_gifts_in_the_days_restore_the_threshold_and_the_grant(campaign: Campaign, officer: User) -> None:
    campaign = cured(campaign, officer)
    within = campaign.closes_at + timedelta(days=3)
    start = {"campaign": campaign, "amount_cents": 1000, "email": "a@example.org"}
    assert start_donation(now=campaign.cure_until - timedelta(seconds=1), **start).pk
    with pytest.raises(CampaignNotOpen):
        start_donation(now=campaign.cure_until, **start)
    Donation.objects.pending().update(status="expired", expired_at=within)

    give(campaign=campaign, amount_cents=600_000)
    campaign.refresh_from_db()
    assert campaign.reached_at
    settled = end(campaign, within)

    grant = Grant.objects.get()
    assert (settled.status, grant.state, grant.amount_cents) == (Status.SUCCEEDED, "awarded", 1_000_000)
    assert (Cure.objects.get().state, Cure.objects.get().ended_at) == ("restored", within)
    call_command("audit")


def test_days_that_pass_without_the_threshold_give_everything_back(campaign: Campaign, officer: User) -> None:
    campaign = cured(campaign, officer)

    settled = end(campaign, campaign.cure_until)

    assert (settled.status, settled.outcome_raised_cents) == (Status.FAILED, 400_000)
    assert (Cure.objects.get().state, Grant.objects.get().state) == ("lapsed", "returned")
    assert balance(Kind.AVAILABLE, fund=campaign.fund) == 60_000_000
    send_all_refunds()
    settled.refresh_from_db()
    assert settled.status == Status.REFUNDED
    call_command("audit")


def test_days_are_counted_once(campaign: Campaign, officer: User) -> None:
    campaign = cured(campaign, officer)
    gift = give(campaign=campaign, amount_cents=600_000)
    later = campaign.closes_at + timedelta(days=4)
    close_campaign(campaign=campaign, now=later)
    undo(gift, officer)

    again = settle_campaign(campaign=campaign, now=later)

    assert (again.status, again.cure_until) == (Status.CURE, campaign.cure_until)
    assert (Cure.objects.get().state, Cure.objects.get().ended_at) == ("open", None)
    assert end(again, again.cure_until).status == Status.FAILED


def test_call_without_days_fails_at_once(stripe: str, officer: User, organizer: User) -> None:
    campaign = make_campaign(
        officer=officer, promoter=organizer, call=make_call(officer=officer, cure_days=0)
    )
    undo(give(campaign=campaign, amount_cents=1_000_000), officer)

    assert end(campaign).status == Status.FAILED
    assert not Cure.objects.exists()


@pytest.fixture
def topped_up(stripe: str, officer: User, organizer: User) -> Campaign:
    """Return a campaign in its days, of a call that lets the promoter pay what is missing."""
    call = make_call(officer=officer, promoter_may_cure=True)
    return cured(make_campaign(officer=officer, promoter=organizer, call=call), officer)


def pay_missing(campaign: Campaign, by: User, **changes: Any) -> CurePayment:
    """Record that the promoter has paid the 6,000 euro that are missing, two days after the deadline."""
    told = {
        "amount_cents": 600_000,
        "evidence": "Bonifico CRO 123",
        "now": campaign.closes_at + timedelta(days=2),
        **changes,
    }
    return record_cure_payment(cure=campaign.cure, by=by, **told)


def test_record_cure_payment_restores_the_threshold(topped_up: Campaign, officer: User) -> None:
    now = topped_up.closes_at + timedelta(days=2)

    payment = pay_missing(topped_up, officer, now=now)

    assert (payment.amount_cents, raised_cents(topped_up)) == (600_000, 1_000_000)
    assert balance(Kind.OFFLINE, campaign=topped_up) == 600_000
    assert end(topped_up, now).status == Status.SUCCEEDED
    assert Grant.objects.get().state == "awarded"
    call_command("audit")


def test_record_cure_payment_stops_counting_when_the_campaign_fails_after_all(
    topped_up: Campaign, officer: User
) -> None:
    pay_missing(topped_up, officer)
    undo(Donation.objects.settled().get(), officer)

    settled = end(topped_up, topped_up.cure_until)

    assert (settled.status, settled.outcome_raised_cents) == (Status.FAILED, 0)
    assert balance(Kind.OFFLINE, campaign=topped_up) == 0
    assert balance(Kind.REFUNDS_OWED, campaign=topped_up) == -1_000_000
    call_command("audit")


def test_record_cure_payment_is_refused(
    topped_up: Campaign, campaign: Campaign, officer: User, organizer: User
) -> None:
    with pytest.raises(EvidenceMissing):
        pay_missing(topped_up, officer, evidence=" ")
    with pytest.raises(WrongState):
        pay_missing(topped_up, officer, now=topped_up.cure_until)
    with pytest.raises(NotAllowed):
        pay_missing(cured(campaign, officer), officer)
    # Nobody vouches for the own body, or for a sum that was not on the page.
    with pytest.raises(OwnBody):
        pay_missing(topped_up, organizer)
    for cents in (599_999, 600_001):
        with pytest.raises(OtherSum):
            pay_missing(topped_up, officer, amount_cents=cents)
    assert not CurePayment.objects.exists()


def test_cure_is_what_postgresql_lets_it_be(topped_up: Campaign, officer: User) -> None:
    now = timezone.now()
    pay_missing(topped_up, officer)
    for constraint, change in [
        ("cure_ended_at_matches_state", {"ended_at": now}),
        ("cure_ended_at_matches_state", {"state": "lapsed"}),
        ("cure_lasts", {"until": now - timedelta(days=400)}),
    ]:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Cure.objects.update(**change)
    fields = {"cure": topped_up.cure, "recorded_by": officer, "recorded_at": now}
    for broken in ({"amount_cents": 0, "evidence": "CRO"}, {"amount_cents": 1, "evidence": ""}):
        with pytest.raises(IntegrityError, match="cure_payment_has_evidence"), transaction.atomic():
            CurePayment.objects.create(**fields, **broken)
    for kept in (CurePayment.objects.all(), Cure.objects.all()):
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            kept._raw_delete("default")
    with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        CurePayment.objects.update(amount_cents=1)


def test_threshold_needs_enough_people(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Everybody in the tests pays with one card, which makes one donor of all of them.
    answer_otherwise(monkeypatch, card_fingerprint="")
    call = make_call(officer=officer, min_donors=2)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    give(campaign=campaign, amount_cents=500_000, email="ada@example.org")
    give(campaign=campaign, amount_cents=600_000, email="ADA@example.org")
    campaign.refresh_from_db()
    assert campaign.reached_at is None
    assert release_grant(campaign=campaign, now=timezone.now()) is None

    second = give(campaign=campaign, amount_cents=2000, email="bea@example.org")

    campaign.refresh_from_db()
    assert campaign.reached_at
    undo(second, officer)
    campaign.refresh_from_db()
    assert campaign.reached_at is None
    assert end(campaign).status == Status.CURE
    call_command("audit")


def test_campaign_that_covers_its_cost_ends_early_where_the_call_says_so(
    stripe: str, officer: User, organizer: User
) -> None:
    rules = {"stops_when_covered": True, "cap_cents": 500_000}
    campaign = make_campaign(officer=officer, promoter=organizer, call=make_call(officer=officer, **rules))
    give(campaign=campaign, amount_cents=1_499_000)
    now = timezone.now()
    assert close_campaign(campaign=campaign, now=now).status == Status.OPEN

    give(campaign=campaign, amount_cents=1000)
    closed = close_campaign(campaign=campaign, now=now)

    assert (closed.status, closed.covered_at) == (Status.CLOSING, now)
    assert settle_campaign(campaign=campaign, now=now).status == Status.SUCCEEDED
    assert Grant.objects.get().amount_cents == 500_000
    call_command("audit")


def test_gifts_above_the_target_are_taken_and_the_grant_does_not_grow(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=2_500_000)
    now = timezone.now()

    assert close_campaign(campaign=campaign, now=now).status == Status.OPEN
    release_grant(campaign=campaign, now=now)
    give(campaign=campaign, amount_cents=1_000_000)

    assert raised_cents(campaign) == 3_500_000
    assert Grant.objects.get().amount_cents == 1_000_000
    assert campaign.call.funding_mode == Call.FundingMode.ALL_OR_NOTHING
    call_command("audit")
