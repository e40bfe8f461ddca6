"""Stripe's door: one body with the right signature comes in, and nothing that differs from it anywhere."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from donations import tasks
from donations.models import ConnectedAccount, StripeEvent
from tests.donations.at_stripe import SECRET, deliver, signature
from tests.factories import connect_stripe, make_organization, twin

pytestmark = pytest.mark.django_db

THING = {"id": "cs_test_1", "object": "checkout.session", "payment_intent": "pi_1", "metadata": {}}
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "api_version": "2026-10-28.endive",
    "created": 1_790_000_000,
    "livemode": False,
    "type": "checkout.session.completed",
    "data": {"object": THING},
}
BODY = json.dumps(EVENT).encode()


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wake no worker."""
    monkeypatch.setattr(tasks.apply_events, "delay_on_commit", lambda: None)


def signed(body: bytes, secret: str = SECRET, ahead: int = 0, scheme: str = "v1") -> str:
    """Sign a body by hand, as Stripe's manual describes it, so many seconds from now."""
    instant = int(time.time()) + ahead
    digest = hmac.new(secret.encode(), f"{instant}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={instant},{scheme}={digest}"


def unsigned(body: bytes) -> None:
    """Sign nothing."""


def changed(**changes: Any) -> bytes:
    """Return the event with some of it different."""
    return json.dumps({**EVENT, **changes}).encode()


def answer(client: Client, body: bytes, header: str | None) -> int:
    """Return what the door says to a body and a header; a header of None is not sent."""
    if header is None:
        return client.post("/stripe/webhook/", body, content_type="application/json").status_code
    return deliver(client, body, HTTP_STRIPE_SIGNATURE=header).status_code


def test_every_byte_of_body_and_signature_counts(client: Client) -> None:
    header = signed(BODY)
    bodies = [
        BODY[:place] + bytes([BODY[place] ^ (1 << bit)]) + BODY[place + 1 :]
        for place in range(len(BODY))
        for bit in (0, 5)
    ]
    bodies += [BODY[:place] for place in range(0, len(BODY), 9)] + [BODY + b" ", b" " + BODY, BODY + BODY]
    digest = header.partition("v1=")[2]
    headers = [
        header.replace(digest, digest[:place] + ("0" if digest[place] != "0" else "1") + digest[place + 1 :])
        for place in range(len(digest))
    ]

    answers = [answer(client, body, header) for body in bodies]
    answers += [answer(client, BODY, other) for other in headers]

    assert len(BODY) >= 200 and len(answers) > 500
    assert set(answers) == {400}
    assert not StripeEvent.objects.exists()
    assert answer(client, BODY, header) == 200
    assert StripeEvent.objects.count() == 1


def two(*headers: str) -> str:
    """Return one header with the signatures of two, as Stripe sends while a secret is changed."""
    return headers[0] + "," + headers[1].partition(",")[2]


#: Each is a body, how its header is made, and what the door says.
WITHIN: dict[str, tuple[bytes, Callable[[bytes], str | None], int]] = {
    "right": (BODY, signed, 200),
    "signed five minutes ago, less the way": (BODY, lambda body: signed(body, ahead=-200), 200),
    "signed by a clock that is a little fast": (BODY, lambda body: signed(body, ahead=100), 200),
    "old and new secret": (BODY, lambda body: two(signed(body, "whsec_old"), signed(body)), 200),
    "new and old secret": (BODY, lambda body: two(signed(body), signed(body, "whsec_old")), 200),
    "a scheme of the past beside the right one": (
        BODY,
        lambda body: two(signed(body, scheme="v0"), signed(body)),
        200,
    ),
    "a time with something behind it": (BODY, lambda body: signed(body).replace(",", "=x,", 1), 200),
    "another secret": (BODY, lambda body: signed(body, "whsec_other"), 400),
    "two other secrets": (BODY, lambda body: two(signed(body, "whsec_a"), signed(body, "whsec_b")), 400),
    "an empty secret": (BODY, lambda body: signed(body, ""), 400),
    "the secret without its beginning": (BODY, lambda body: signed(body, SECRET.removeprefix("whsec_")), 400),
    "signed an hour ago": (BODY, lambda body: signed(body, ahead=-3600), 400),
    "signed in an hour": (BODY, lambda body: signed(body, ahead=3600), 400),
    "signed in a million years": (BODY, lambda body: signed(body, ahead=31_556_952_000_000), 400),
    "signed before there were clocks": (BODY, lambda body: signed(body, ahead=-10_000_000_000), 400),
    "no header": (BODY, unsigned, 400),
    "an empty header": (BODY, lambda body: "", 400),
    "the scheme of the past alone": (BODY, lambda body: signed(body, scheme="v0"), 400),
    "a scheme nobody knows": (BODY, lambda body: signed(body, scheme="v9"), 400),
    "a digest of ones": (BODY, lambda body: f"t={int(time.time())},v1={'1' * 64}", 400),
    "ten thousand signatures": (BODY, lambda body: f"t={int(time.time())}" + ",v1=00" * 10_000, 400),
    "a body that is no UTF-8": (b"\xff\xfe" + BODY, signed, 400),
    "a body in UTF-16": (BODY.decode().encode("utf-16"), signed, 400),
    "300 kB": (changed(padding="x" * 300_000), signed, 413),
    "300 kB without a signature": (b"x" * 300_000, unsigned, 413),
    "a list": (b"[" + BODY + b"]", signed, 400),
    "a number": (b"1e999", signed, 400),
    "a body of brackets": (b"[" * 100_000, signed, 400),
    "a thin event": (changed(object="v2.core.event"), signed, 400),
    "real money": (changed(livemode=True), signed, 400),
    "no word about the money": (changed(livemode=None), signed, 400),
    "an account that is none of ours": (changed(account="acct_x"), signed, 400),
    "an account that is no text": (changed(account=["acct_x"]), signed, 400),
    "no id": (changed(id=""), signed, 400),
}


@pytest.mark.parametrize(("body", "header", "status"), WITHIN.values(), ids=WITHIN)
def test_only_what_stripe_signed_for_us_comes_in(
    client: Client, body: bytes, header: Callable[[bytes], str | None], status: int
) -> None:
    assert answer(client, body, header(body)) == status
    assert StripeEvent.objects.count() == (1 if status == 200 else 0)


def test_an_event_of_an_account_of_ours_comes_in(client: Client, stripe: str, organizer: Any) -> None:
    account = connect_stripe(make_organization(user=organizer))
    body = changed(account=account.stripe_account_id, type="account.updated")

    assert answer(client, body, signature(body)) == 200
    assert StripeEvent.objects.count() == 1


def test_every_event_of_the_local_stripe_comes_in(client: Client, stripe: str, organizer: Any) -> None:
    connect_stripe(make_organization(user=organizer))

    made = twin("events")["data"]

    assert {event.get("account") for event in made} >= {ConnectedAccount.objects.get().stripe_account_id}
    assert {deliver(client, event).status_code for event in made} == {200}
    assert StripeEvent.objects.count() == len(made)
