"""What PostgreSQL refuses about disputes and warnings of fraud."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from campaigns.models import Campaign
from donations.models import Dispute, FraudWarning
from donations.services import heed_fraud_warnings, sync_payment
from tests.factories import give, twin

NOW = timezone.now()


@pytest.fixture
def dispute(campaign: Campaign) -> Dispute:
    """Return an open dispute of a gift of 20 euro."""
    gift = give(campaign=campaign)
    twin("dispute", charge=gift.stripe_charge_id)
    sync_payment(donation=gift, now=NOW)
    return Dispute.objects.get()


@pytest.fixture
def warning(campaign: Campaign) -> FraudWarning:
    """Return a warning that was heeded."""
    gift = give(campaign=campaign)
    twin("warn", charge=gift.stripe_charge_id)
    heed_fraud_warnings(donation=gift, now=NOW)
    return FraudWarning.objects.get()


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("dispute_closed_at_matches_status", {"status": "won"}),
        ("dispute_closed_at_matches_status", {"closed_at": NOW}),
        ("dispute_recovered_only_when_lost", {"recovered_cents": 1}),
        ("dispute_recovered_only_when_lost", {"status": "lost", "closed_at": NOW, "recovered_cents": 2001}),
    ],
)
def test_a_dispute_keeps_its_promises(dispute: Dispute, constraint: str, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Dispute.objects.filter(pk=dispute.pk).update(**change)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("dispute_amount_positive", {"amount_cents": 0}),
        ("dispute_owed_within_held", {"owed_cents": 2001}),
        ("stripe_dispute_id", {"stripe_dispute_id": None}),
    ],
)
def test_a_dispute_is_born_with_its_promises(
    dispute: Dispute, constraint: str, values: dict[str, Any]
) -> None:
    fields = {
        "donation": dispute.donation,
        "stripe_dispute_id": values.get("stripe_dispute_id", "du_2") or dispute.stripe_dispute_id,
        "amount_cents": 2000,
        "held_cents": 2000,
        "opened_at": NOW,
        "booked_at": NOW,
    }
    given = {name: value for name, value in values.items() if value is not None}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Dispute.objects.create(**{**fields, **given})


@pytest.mark.parametrize("name", ["amount_cents", "held_cents", "owed_cents"])
def test_a_dispute_is_what_was_booked(dispute: Dispute, name: str) -> None:
    with pytest.raises(DatabaseError, match="dispute_is_what_was_booked"), transaction.atomic():
        Dispute.objects.filter(pk=dispute.pk).update(**{name: 1})


def test_disputes_and_warnings_are_kept(dispute: Dispute, warning: FraudWarning) -> None:
    for row in (dispute, warning):
        with pytest.raises(DatabaseError, match="is_kept"), transaction.atomic():
            row.delete()


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("warning_decided_at_matches_outcome", {"outcome": "waiting"}),
        ("warning_decided_at_matches_outcome", {"decided_at": None}),
        ("warning_kept_is_signed", {"outcome": "kept"}),
    ],
)
def test_a_warning_keeps_its_promises(warning: FraudWarning, constraint: str, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        FraudWarning.objects.filter(pk=warning.pk).update(**change)
