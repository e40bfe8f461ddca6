"""What PostgreSQL refuses about gifts, refunds, events, receipts and accounts, and the small facts of one gift."""

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations.models import ConnectedAccount, Donation, Reversal, StripeEvent
from donations.services import claim_reversals, issue_receipt, owe_refund, send_refund
from tests.factories import give, make_donation

NOW = timezone.now()

OPEN_GIFT = [
    ("donation_session_matches_status", {"status": "created"}),
    ("donation_session_matches_status", {"stripe_session_id": None}),
    ("donation_settled_at_matches_status", {"status": "settled"}),
    ("donation_settled_at_matches_status", {"charged_at": NOW}),
    ("donation_settled_at_matches_status", {"settled_at": NOW}),
    ("donation_settled_at_matches_status", {"stripe_charge_id": "ch_1"}),
    ("donation_settled_at_matches_status", {"charged_cents": 2000}),
    ("donation_expired_at_matches_status", {"status": "expired"}),
    ("donation_expired_at_matches_status", {"expired_at": NOW}),
    ("donation_refund_due_at_matches_status", {"refund_due_at": NOW}),
    ("donation_refunded_at_matches_status", {"refunded_at": NOW}),
]
SETTLED_GIFT = [
    ("donation_settled_at_matches_status", {"status": "open", "counted_cents": 0}),
    ("donation_settled_at_matches_status", {"settled_at": None}),
    ("donation_settled_at_matches_status", {"charged_at": None}),
    ("donation_settled_at_matches_status", {"stripe_charge_id": None}),
    ("donation_settled_at_matches_status", {"charged_cents": None}),
    ("donation_settled_in_full", {"charged_cents": 2001}),
    ("donation_accepted_by_officer_is_signed", {"accepted_at": NOW}),
    ("donation_accepted_by_officer_is_signed", {"acceptance_reason": "Va bene."}),
    ("donation_quarantine_has_reason", {"status": "quarantined", "counted_cents": 0}),
    ("donation_refund_due_at_matches_status", {"status": "refund_due", "counted_cents": 0}),
    (
        "donation_refund_due_at_matches_status",
        {"status": "refunded", "refunded_at": NOW, "counted_cents": 0},
    ),
    (
        "donation_refunded_at_matches_status",
        {"status": "refunded", "refund_due_at": NOW, "counted_cents": 0},
    ),
    ("donation_disputed_at_matches_status", {"status": "disputed", "counted_cents": 0}),
    ("donation_disputed_at_matches_status", {"disputed_at": NOW}),
    ("donation_lost_at_matches_status", {"status": "lost", "counted_cents": 0}),
    ("donation_lost_at_matches_status", {"lost_at": NOW}),
    ("donation_counts_only_settled", {"counted_cents": 2001}),
    ("donation_counts_only_settled", {"uncounted_cents": 1}),
    ("donation_counts_only_settled", {"status": "refund_due", "refund_due_at": NOW}),
    ("donation_of_public_body_not_counted", {"party": "public_body"}),
]
DUE_REFUND = [
    ("reversal_times_match_status", {"status": "sent"}),
    ("reversal_times_match_status", {"status": "succeeded", "stripe_refund_id": "re_1"}),
    ("reversal_times_match_status", {"status": "failed", "ended_at": NOW}),
    ("reversal_times_match_status", {"stripe_refund_id": "re_1"}),
    ("reversal_times_match_status", {"ended_at": NOW}),
]


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift of 20 euro that counts."""
    return give(campaign=campaign)


@pytest.fixture
def due(gift: Donation, officer: User) -> Reversal:
    """Return a refund of it that is due."""
    return owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=NOW)


def refuse(row: models.Model, changes: list[tuple[str, dict[str, Any]]]) -> None:
    """Check that each change of a row is refused by the constraint that is named."""
    for constraint, change in changes:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**change)


def new_gift(like: Donation, **changes: Any) -> Donation:
    """Write a gift like another one, but for what changes."""
    fields: dict[str, Any] = {
        "campaign": like.campaign,
        "email": like.email,
        "amount_cents": 2000,
        "stripe_account_id": like.stripe_account_id,
        "created_at": NOW,
        "session_expires_at": NOW,
        **changes,
    }
    return Donation.objects.create(**fields)


def new_refund(donation: Donation, **changes: Any) -> Reversal:
    """Write a refund that somebody made at Stripe, but for what changes."""
    fields: dict[str, Any] = {
        "donation": donation,
        "amount_cents": 1,
        "reason": Reversal.Reason.EXTERNAL,
        "created_at": NOW,
        "next_attempt_at": NOW,
        **changes,
    }
    return Reversal.objects.create(**fields)


def test_donation_in_waiting_has_the_times_of_its_state(campaign: Campaign) -> None:
    refuse(make_donation(campaign=campaign), OPEN_GIFT)


def test_donation_that_counts_has_the_times_of_its_state(gift: Donation) -> None:
    refuse(gift, SETTLED_GIFT)


def test_donation_is_at_least_what_stripe_can_charge(gift: Donation) -> None:
    with pytest.raises(IntegrityError, match="donation_amount_payable"), transaction.atomic():
        new_gift(gift, amount_cents=49)

    assert new_gift(gift, amount_cents=50).pk


@pytest.mark.parametrize(
    "field", ["public_id", "stripe_session_id", "stripe_payment_intent_id", "stripe_charge_id"]
)
def test_donation_shares_no_name_with_another(gift: Donation, field: str) -> None:
    other = give(campaign=gift.campaign)
    taken = {field: getattr(gift, field)}
    if field == "public_id":
        with pytest.raises(IntegrityError, match="donations_donation_public_id"), transaction.atomic():
            new_gift(gift, **taken)
    else:
        refuse(other, [(f"donations_donation_{field}", taken)])


@pytest.mark.parametrize(
    "change",
    [
        {"amount_cents": 2001},
        {"public_id": uuid.uuid4()},
        {"stripe_account_id": "acct_other"},
        {"campaign_id": 0},
    ],
)
def test_donation_stays_what_was_given(gift: Donation, change: dict[str, Any]) -> None:
    with (
        pytest.raises(DatabaseError, match="Cannot update rows from donations_donation"),
        transaction.atomic(),
    ):
        Donation.objects.filter(pk=gift.pk).update(**change)


@pytest.mark.parametrize("name", ["gift", "due"])
def test_donation_and_reversal_are_kept(request: pytest.FixtureRequest, name: str) -> None:
    row = request.getfixturevalue(name)

    with pytest.raises(DatabaseError, match="Cannot delete rows"), transaction.atomic():
        type(row).objects.filter(pk=row.pk)._raw_delete("default")


def test_reversal_has_the_times_of_its_state(due: Reversal) -> None:
    refuse(due, DUE_REFUND)


def test_reversal_of_one_gift_is_one_at_a_time(due: Reversal, officer: User) -> None:
    signed = {"reason": Reversal.Reason.OFFICER, "note": "Ancora", "actor": officer}
    for reason in ({"reason": Reversal.Reason.FAILURE}, {"reason": Reversal.Reason.LATE}, signed):
        with pytest.raises(IntegrityError, match="reversal_one_at_a_time"), transaction.atomic():
            new_refund(due.donation, **reason)

    assert new_refund(due.donation, reason=Reversal.Reason.EXTERNAL).pk


def test_reversal_is_of_money(gift: Donation) -> None:
    with pytest.raises(IntegrityError, match="reversal_amount_positive"), transaction.atomic():
        new_refund(gift, amount_cents=0)


def test_reversal_by_an_officer_is_signed_and_reasoned(gift: Donation, officer: User) -> None:
    for half in ({"note": "Richiesta"}, {"actor": officer}):
        with pytest.raises(IntegrityError, match="reversal_by_officer_is_signed"), transaction.atomic():
            new_refund(gift, reason=Reversal.Reason.OFFICER, **half)


def test_reversal_shares_no_refund_with_another(due: Reversal) -> None:
    (claimed,) = claim_reversals(now=NOW)
    send_refund(reversal=claimed, now=NOW)
    claimed.refresh_from_db()
    other = new_refund(give(campaign=due.donation.campaign))

    taken = {"stripe_refund_id": claimed.stripe_refund_id, "status": "succeeded", "ended_at": NOW}
    refuse(other, [("donations_reversal_stripe_refund_id", taken)])


@pytest.mark.parametrize(
    "change", [{"amount_cents": 1}, {"reason": "late"}, {"note": "x"}, {"actor": None}, {"donation_id": 0}]
)
def test_reversal_stays_what_was_decided(due: Reversal, change: dict[str, Any]) -> None:
    with (
        pytest.raises(DatabaseError, match="Cannot update rows from donations_reversal"),
        transaction.atomic(),
    ):
        Reversal.objects.filter(pk=due.pk).update(**change)


@pytest.mark.django_db
def test_stripe_event_is_kept_once_with_an_outcome_when_processed() -> None:
    fields = {"stripe_id": "evt_1", "type": "x", "received_at": NOW, "next_attempt_at": NOW}
    event = StripeEvent.objects.create(**fields)

    refuse(event, [("event_outcome_matches_processed_at", {"processed_at": NOW})])
    refuse(event, [("event_outcome_matches_processed_at", {"outcome": "applied"})])
    with pytest.raises(IntegrityError, match="donations_stripeevent_stripe_id"), transaction.atomic():
        StripeEvent.objects.create(**fields)


def test_connected_account_is_one_per_body_and_stripe_account(campaign: Campaign) -> None:
    account = ConnectedAccount.objects.get()

    with pytest.raises(IntegrityError, match="organization_id"), transaction.atomic():
        ConnectedAccount.objects.create(
            organization=account.organization, stripe_account_id="acct_other", created_at=NOW
        )


def test_public_name_is_the_donors_own_only_when_the_donor_chose_so() -> None:
    shown = Donation(name="Ada", show_name=True)
    hidden = Donation(name="Ada", show_name=False)
    nameless = Donation(name="", show_name=True)

    assert shown.public_name == "Ada"
    assert hidden.public_name == nameless.public_name != "Ada"
    assert hidden.public_name


def test_by_token_finds_the_gift_of_its_own_link_only(gift: Donation) -> None:
    token = gift.access_token

    assert Donation.objects.by_token(token).get() == gift
    for wrong in ("", str(gift.public_id), token[:-1], token + "x", token.replace("-", "_", 1), "à:b"):
        assert not Donation.objects.by_token(wrong).exists()


def test_receipt_due_keeps_settled_gifts_without_a_receipt(campaign: Campaign, officer: User) -> None:
    waiting = give(campaign=campaign)
    issue_receipt(donation=give(campaign=campaign), now=NOW)
    make_donation(campaign=campaign)
    owe_refund(donation=give(campaign=campaign), by=officer, reason="Richiesta", now=NOW)

    assert list(Donation.objects.receipt_due()) == [waiting]
