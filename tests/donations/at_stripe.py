"""What happens at Stripe without the site: refunds from its dashboard, and its events on their way to the site."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
import stripe
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from donations import stripe_gateway
from donations.models import Donation
from tests.factories import twin

SECRET = "whsec_only_for_tests"


def refund_at_stripe(
    donation: Donation, amount_cents: int | None = None, *, reverse_transfer: bool = True
) -> str:
    """Give a gift back in Stripe's dashboard, in whole or in part, and return the refund's id."""
    params: dict[str, Any] = {
        "payment_intent": donation.stripe_payment_intent_id,
        "reverse_transfer": reverse_transfer,
    }
    if amount_cents:
        params["amount"] = amount_cents
    return stripe_gateway._client().v1.refunds.create(params).id


def refunds_at_stripe(donation: Donation) -> list[Any]:
    """Return the refunds Stripe has of a gift, the newest first."""
    query: Any = {"payment_intent": donation.stripe_payment_intent_id}
    return list(stripe_gateway._client().v1.refunds.list(query).data)


def answer_otherwise(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Let Stripe's answer about a payment differ from what it really has."""
    truth = stripe_gateway.retrieve_payment
    monkeypatch.setattr(
        stripe_gateway, "retrieve_payment", lambda donation: replace(truth(donation), **changes)
    )


def events() -> list[dict[str, Any]]:
    """Return every event Stripe has made, the oldest first."""
    return twin("events")["data"]


def signature(body: bytes, secret: str = SECRET, timestamp: int | None = None) -> str:
    """Return the header Stripe would send with a body."""
    return stripe.WebhookSignature.generate_signature_header(
        body.decode("utf-8", "surrogateescape"), secret, timestamp or int(time.time())
    )


def deliver(client: Client, event: Any, **changes: Any) -> HttpResponse:
    """Post an event to the site as Stripe does; a header that is given replaces the right one."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    fields = {"data": body, "content_type": "application/json", "HTTP_STRIPE_SIGNATURE": None, **changes}
    if fields["HTTP_STRIPE_SIGNATURE"] is None:
        fields["HTTP_STRIPE_SIGNATURE"] = signature(body)
    return client.post(reverse("donations:stripe_webhook"), **fields)
