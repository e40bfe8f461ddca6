"""The contract of every request: what the site asks of Stripe is what the installed library's types allow, to the last key."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from donations import services, stripe_gateway, stripe_requests
from donations.models import Donation
from donations.stripe_answers import StripeRefused
from stripe_twin.params import checked
from stripe_twin.routes import ROUTES
from tests.contract import Contract
from tests.factories import make_donation


def started(campaign: Campaign) -> Donation:
    """Write a gift that Stripe has not heard of."""
    return services.start_donation(
        campaign=campaign, amount_cents=500, email="a@example.org", now=timezone.now()
    )


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"ui_mode": "hosted"}, "ui_mode"),
        ({"payment_intent_data": {"colour": "red"}}, "payment_intent_data[colour]"),
        ({"expires_at": 1.5}, "expires_at"),
    ],
)
def test_a_request_beside_the_contract_is_refused_and_noticed(
    campaign: Campaign,
    contract: Contract,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    param: str,
) -> None:
    right: Callable[[Donation], Any] = stripe_requests.checkout_params
    monkeypatch.setattr(stripe_requests, "checkout_params", lambda donation: {**right(donation), **change})

    with pytest.raises(StripeRefused):
        stripe_gateway.create_checkout(started(campaign))

    assert [violation.param for violation in contract.violations] == [param]
    contract.forgive()


def test_a_right_request_is_looked_at_and_breaks_nothing(campaign: Campaign, contract: Contract) -> None:
    before = contract.looked_at
    make_donation(campaign=campaign)

    assert contract.looked_at > before
    assert contract.violations == []


def test_every_way_of_asking_has_a_contract() -> None:
    for route in ROUTES:
        with pytest.raises(Exception, match="unknown parameter"):
            checked({"nobody_knows_this": "1"}, route.schema)
