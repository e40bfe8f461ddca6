"""Stripe's door: signed events are kept once, everything else is turned away without a fuss."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from civicfund.wakes import begin_to_look
from donations import tasks
from donations.models import StripeEvent
from donations.views.webhook import LARGEST_BODY_BYTES
from tests.donations.at_stripe import SECRET, deliver, signature

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count how often the worker is woken, instead of waking one."""
    woken: list[str] = []
    monkeypatch.setattr(tasks.apply_events, "delay_on_commit", lambda: woken.append("woken"))
    begin_to_look(tasks.apply_events.name)
    return woken


def event(**changes: Any) -> dict[str, Any]:
    """Return an event as Stripe writes it."""
    thing = {
        "id": "cs_test_1",
        "object": "checkout.session",
        "client_reference_id": "0b5f4f5a-6d7b-4a37-9d55-0c8f5a2f9f11",
        "payment_intent": "pi_1",
        "metadata": {},
    }
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": 1_790_000_000,
        "livemode": False,
        "type": "checkout.session.completed",
        "data": {"object": thing},
        **changes,
    }


def test_stripe_webhook_keeps_the_ids_of_an_event(client: Client, no_worker: list[str]) -> None:
    response = deliver(client, event())

    stored = StripeEvent.objects.get()
    assert response.status_code == 200
    assert (stored.stripe_id, stored.type) == ("evt_1", "checkout.session.completed")
    assert (stored.object_id, stored.payment_intent_id) == ("cs_test_1", "pi_1")
    assert stored.reference == "0b5f4f5a-6d7b-4a37-9d55-0c8f5a2f9f11"
    assert (stored.processed_at, stored.outcome, stored.attempts) == (None, "", 0)
    assert no_worker == ["woken"]


def test_stripe_webhook_keeps_an_event_once(client: Client) -> None:
    answers = [deliver(client, event()).status_code for _turn in range(3)]

    assert answers == [200, 200, 200]
    assert StripeEvent.objects.count() == 1


def test_stripe_webhook_wakes_the_worker_once_until_it_looks(
    client: Client, no_worker: list[str], stripe: str
) -> None:
    for number in range(3):
        deliver(client, event(id=f"evt_{number}"))
    assert no_worker == ["woken"]

    tasks.apply_events()
    deliver(client, event(id="evt_4"))
    assert no_worker == ["woken", "woken"]


def test_stripe_webhook_keeps_an_event_although_no_worker_can_be_woken(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.apply_events, "delay_on_commit", fail)

    assert deliver(client, event()).status_code == 200
    assert StripeEvent.objects.count() == 1


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        "t=1,v1=",
        "t=abc,v1=00",
        "v1=00",
        f"t={int(time.time())}",
        f"t={int(time.time())},v0=00",
        "à",
    ],
    ids=["empty", "nonsense", "no digest", "no time", "no instant", "time only", "old scheme", "not ASCII"],
)
def test_stripe_webhook_turns_a_bad_signature_away(client: Client, header: str) -> None:
    response = deliver(client, event(), HTTP_STRIPE_SIGNATURE=header)

    assert response.status_code == 400
    assert not StripeEvent.objects.exists()


def test_stripe_webhook_turns_a_missing_signature_away(client: Client) -> None:
    response = client.post(
        reverse("donations:stripe_webhook"), json.dumps(event()), content_type="application/json"
    )

    assert response.status_code == 400


def test_stripe_webhook_turns_an_old_signature_away(client: Client) -> None:
    body = json.dumps(event()).encode()
    header = signature(body, timestamp=int(time.time()) - 301)

    assert deliver(client, body, HTTP_STRIPE_SIGNATURE=header).status_code == 400


def test_stripe_webhook_turns_another_secret_away(client: Client) -> None:
    body = json.dumps(event()).encode()

    assert deliver(client, body, HTTP_STRIPE_SIGNATURE=signature(body, "whsec_other")).status_code == 400


def test_stripe_webhook_turns_a_changed_body_away(client: Client) -> None:
    body = json.dumps(event()).encode()
    header = signature(body)

    for place in range(0, len(body), 7):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert deliver(client, changed, HTTP_STRIPE_SIGNATURE=header).status_code == 400
    assert not StripeEvent.objects.exists()


def test_stripe_webhook_accepts_both_secrets_of_a_rotation(client: Client, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]

    for number, secret in enumerate(["whsec_new", SECRET]):
        body = json.dumps(event(id=f"evt_{number}")).encode()
        assert deliver(client, body, HTTP_STRIPE_SIGNATURE=signature(body, secret)).status_code == 200
    assert StripeEvent.objects.count() == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\xfa",
        b"not json",
        b"[]",
        b'[{"id": "evt_1"}]',
        b"null",
        b"5",
        b'"evt_1"',
        b"{}",
        b'{"object": "event"}',
        b'{"object": "event", "id": "evt_1", "livemode": false}',
        b'{"object": "event", "id": "evt_1", "livemode": false, "type": 7, "data": {"object": {}}}',
        b'{"object": "event", "id": null, "livemode": false, "type": "x", "data": {"object": {}}}',
        b'{"object": "v2.core.event", "id": "evt_1", "type": "v2.core.account.updated"}',
        b'{"object": "event", "id": "evt_1", "livemode": false, "type": "x\\u0000", "data": {"object": {}}}',
        b'{"object": "event", "id": "' + b"e" * 65 + b'", "livemode": false, "type": "x", '
        b'"data": {"object": {}}}',
    ],
)
def test_stripe_webhook_turns_a_signed_body_away_that_is_no_event(client: Client, body: bytes) -> None:
    header = signature(body) if body[:1] != b"\xff" else bytes_signature(body)

    response = deliver(client, body, HTTP_STRIPE_SIGNATURE=header)

    assert response.status_code == 400
    assert not StripeEvent.objects.exists()


def test_stripe_webhook_keeps_the_account_of_a_capability(client: Client) -> None:
    capability = {"id": "transfers", "object": "capability", "account": "acct_1", "status": "active"}

    deliver(client, event(type="capability.updated", data={"object": capability}))

    assert StripeEvent.objects.get().object_id == "acct_1"


def test_stripe_webhook_keeps_the_payment_an_event_is_about(client: Client) -> None:
    intent = {"id": "pi_7", "object": "payment_intent", "metadata": {"donation": "a-gift"}}

    deliver(client, event(type="payment_intent.succeeded", data={"object": intent}))

    stored = StripeEvent.objects.get()
    assert (stored.payment_intent_id, stored.reference) == ("pi_7", "a-gift")


@pytest.mark.parametrize("data", [None, {}, [], {"object": None}, {"object": []}, {"object": {"id": 7}}])
def test_stripe_webhook_keeps_an_event_about_nothing_without_ids(client: Client, data: object) -> None:
    assert deliver(client, event(data=data)).status_code == 200

    stored = StripeEvent.objects.get()
    assert (stored.object_id, stored.reference, stored.payment_intent_id) == ("", "", "")


@pytest.mark.parametrize("livemode", [True, None, "false"])
def test_stripe_webhook_turns_the_other_mode_away(client: Client, livemode: object) -> None:
    assert deliver(client, event(livemode=livemode)).status_code == 400
    assert not StripeEvent.objects.exists()


def test_stripe_webhook_does_not_read_a_body_that_is_too_large(client: Client) -> None:
    padded = {**event(), "padding": "x" * LARGEST_BODY_BYTES}

    assert deliver(client, padded).status_code == 413
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("length", ["abc", "-1", "1e9"])
def test_stripe_webhook_survives_a_nonsense_length(client: Client, length: str) -> None:
    assert deliver(client, event(), CONTENT_LENGTH=length).status_code in (400, 413)


@pytest.mark.parametrize("method", ["get", "put", "delete", "head", "options"])
def test_stripe_webhook_only_takes_posts(client: Client, method: str) -> None:
    assert getattr(client, method)(reverse("donations:stripe_webhook")).status_code == 405


def test_stripe_webhook_needs_no_session_token() -> None:
    strict = Client(enforce_csrf_checks=True)

    assert deliver(strict, event()).status_code == 200


def bytes_signature(body: bytes) -> str:
    """Sign bytes that are no text, as only somebody with the secret could."""
    now = int(time.time())
    signed = hmac.new(SECRET.encode(), f"{now}.".encode() + body, hashlib.sha256)
    return f"t={now},v1={signed.hexdigest()}"


def test_a_process_for_messages_alone_keeps_them_and_has_nothing_else(settings: Any) -> None:
    settings.ROOT_URLCONF = "matching.message_urls"
    settings.MIDDLEWARE = ["civicfund.operation.logs.name_requests"]
    client, body = Client(), json.dumps(event()).encode()

    answer = client.post(
        "/stripe/webhook/", body, content_type="application/json", HTTP_STRIPE_SIGNATURE=signature(body)
    )

    assert (answer.status_code, StripeEvent.objects.count()) == (200, 1)
    assert answer["X-Request-ID"]
    assert [client.get(page).status_code for page in ("/healthz", "/", "/account/login/")] == [200, 404, 404]
