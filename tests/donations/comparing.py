"""What tests of the comparison with Stripe do: money that is nobody's, runs, and what they find."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from donations import stripe_gateway, stripe_requests
from donations.models import (
    Difference,
    Donation,
    Reconciliation,
)
from donations.services import (
    Finding,
    begin_run,
    end_run,
    reconcile_balances,
)
from tests.factories import make_donation, pay, twin

NOW = timezone.now()
HOUR = timedelta(hours=1)
Kind = Reconciliation.Kind
What = Difference.What
Status = Difference.Status


def later(minutes: int = 60) -> datetime:
    """Return an instant after everything that a test has done."""
    return timezone.now() + timedelta(minutes=minutes)


def foreign_charge(cents: int = 1500) -> str:
    """Take money at Stripe for something that is no gift, and return the payment's id."""
    session = stripe_gateway._client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": cents,
                        "product_data": {"name": "Altro"},
                    },
                }
            ],
            "success_url": "https://x.test/",
        }
    )
    return twin("pay", session=session.id, card="4242424242424242")["payment_intent"]


def unexpected_amount(campaign: Campaign, monkeypatch: pytest.MonkeyPatch, cents: int) -> Donation:
    """Let a donor pay another amount than the one asked for."""
    params = stripe_requests.checkout_params

    def other(donation: Donation) -> Any:
        asked = params(donation)
        asked["line_items"][0]["price_data"]["unit_amount"] = cents
        return asked

    with monkeypatch.context() as patched:
        patched.setattr(stripe_requests, "checkout_params", other)
        gift = make_donation(campaign=campaign, public_id=uuid.uuid4())
    pay(gift)
    return gift


def kinds() -> list[tuple[str, str]]:
    """Return what is open, by kind and Stripe's id."""
    return sorted(Difference.objects.open().values_list("what", "stripe_id"))


def one_run(kind: Reconciliation.Kind = Kind.RECENT, now: datetime = NOW) -> Reconciliation:
    """Begin a comparison."""
    run = begin_run(kind=kind, since=now - HOUR, not_after=now, now=now)
    assert run is not None
    return run


def found(run: Reconciliation, *findings: Finding, now: datetime = NOW) -> list[Difference]:
    """End a comparison with these findings."""
    return end_run(run=run, looked_at=9, healed=0, findings=findings, now=now)


ODD = Finding(What.UNKNOWN_PAYMENT, "pi_1", "", 500, 0)


def compare_balances(now: datetime | None = None) -> Reconciliation:
    """Run the nightly comparison."""
    now = now or later()
    run = reconcile_balances(not_after=now, now=now)
    assert run is not None
    return run
