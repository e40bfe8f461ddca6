"""Deliveries: signed, repeated, lost, held, in any order."""

import time
from collections.abc import Callable

import pytest
import stripe

from stripe_twin.webhooks import signature
from tests.stripe_twin.town import Endpoint, Town, eventually, free_port

KINDS = {
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
}


@pytest.mark.parametrize("secret", ["whsec_old", "whsec_new"])
def test_delivery_is_signed_with_each_secret(hooked: Town, endpoint: Endpoint, secret: str) -> None:
    intent = hooked.paid()
    assert hooked.control("drain") == {"drained": True}
    assert set(endpoint.types()) == KINDS
    for header, body in endpoint.deliveries:
        event = stripe.Webhook.construct_event(body, header, secret)
        assert event.id.startswith("evt_")
    done = next(
        one for one in hooked.control("events")["data"] if one["type"] == "checkout.session.completed"
    )
    assert done["data"]["object"]["payment_intent"] == intent.id


def test_delivery_does_not_pass_with_another_secret_or_body(hooked: Town, endpoint: Endpoint) -> None:
    hooked.paid()
    hooked.control("drain")
    header, body = endpoint.deliveries[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, header, "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body.replace(b"evt_", b"evt-"), header, "whsec_old")


def test_signature_agrees_with_the_library() -> None:
    now = int(time.time())
    expected = stripe.WebhookSignature.generate_signature_header('{"a": "è"}', "whsec_a", now)
    assert signature('{"a": "è"}', ("whsec_a",), now) == expected


def test_delivery_names_the_connected_account(hooked: Town, endpoint: Endpoint) -> None:
    account = hooked.account()
    hooked.control("drain")
    event = stripe.Webhook.construct_event(endpoint.deliveries[0][1], endpoint.deliveries[0][0], "whsec_new")
    assert (event.type, event.account) == ("account.updated", account.id)


def test_delivery_is_retried_with_growing_pauses(hooked: Town, endpoint: Endpoint) -> None:
    endpoint.answers = [500, 503]
    hooked.stripe.checkout.sessions.expire(hooked.session().id)
    eventually(lambda: len(endpoint.deliveries) == 1)
    hooked.control("drain")
    assert hooked.stripe.events.list().data[0].pending_webhooks == 1
    for pause, seen in ((4, 1), (2, 2), (25, 2), (6, 3), (86400, 3)):
        hooked.control("advance", seconds=pause)
        hooked.control("drain")
        assert len(endpoint.deliveries) == seen
    assert len(set(endpoint.ids())) == 1
    row = hooked.control("deliveries")["data"][0]
    assert (row["state"], row["attempts"], row["last_status"]) == ("delivered", 3, "200")
    assert hooked.stripe.events.list().data[0].pending_webhooks == 0


def test_delivery_is_given_up_after_three_days(start: Callable[..., Town]) -> None:
    town = start(webhook_urls=(f"http://127.0.0.1:{free_port()}/",), webhook_secrets=("whsec_a",))
    town.stripe.checkout.sessions.expire(town.session().id)
    for _ in range(40):
        town.control("drain")
        town.control("advance", seconds=3 * 3600)
    row = town.control("deliveries")["data"][0]
    assert (row["state"], row["last_status"]) == ("failed", "ConnectionRefusedError")
    assert 20 < row["attempts"] < 32
    assert [one.type for one in town.stripe.events.list({"delivery_success": False}).data] == [
        "checkout.session.expired"
    ]


def test_dropped_events_are_never_delivered_but_listed(hooked: Town, endpoint: Endpoint) -> None:
    hooked.control("webhooks", mode="drop")
    hooked.paid()
    hooked.control("advance", seconds=86400)
    hooked.control("drain")
    assert endpoint.deliveries == []
    assert {one.type for one in hooked.stripe.events.list().data} == KINDS


def test_held_events_go_when_released(hooked: Town, endpoint: Endpoint) -> None:
    hooked.control("webhooks", mode="hold")
    hooked.paid()
    hooked.control("drain")
    assert endpoint.deliveries == []
    hooked.control("webhooks", mode="deliver")
    hooked.control("drain")
    assert set(endpoint.types()) == KINDS


def test_events_are_duplicated_on_request(hooked: Town, endpoint: Endpoint) -> None:
    hooked.control("webhooks", duplicate=2)
    hooked.paid()
    hooked.control("drain")
    assert sorted(endpoint.ids()) == sorted(list(set(endpoint.ids())) * 3)


def test_events_are_delayed_and_reordered_on_request(hooked: Town, endpoint: Endpoint) -> None:
    hooked.control("webhooks", delay_seconds=60, reorder=True)
    for _ in range(4):
        hooked.paid()
    hooked.control("drain")
    assert endpoint.deliveries == []
    due = [one["due_at"] for one in hooked.control("deliveries")["data"]]
    assert due != sorted(due)
    hooked.control("advance", seconds=63)
    hooked.control("drain")
    assert len(endpoint.deliveries) == 16


def test_deliver_repeats_stored_events_in_reverse(hooked: Town, endpoint: Endpoint) -> None:
    hooked.paid()
    hooked.control("drain")
    endpoint.deliveries.clear()
    hooked.control("deliver", event="all", times=2, order="reverse")
    stored = [one["id"] for one in hooked.control("events")["data"]]
    assert endpoint.ids() == stored[::-1] * 2
    endpoint.deliveries.clear()
    sent = hooked.control("deliver", event=stored[1])["sent"]
    assert sent == [{"event": stored[1], "status": "200"}]
    assert endpoint.ids() == [stored[1]]


def test_events_are_duplicated_delayed_and_lost_by_chance(hooked: Town, endpoint: Endpoint) -> None:
    hooked.control("webhooks", duplicate_up_to=2, delay_up_to_seconds=10, drop_bp=2000)
    began = hooked.control("clock")["timestamp"]
    for _ in range(15):
        hooked.paid()
    rows = hooked.control("deliveries")["data"]
    copies = [sum(row["event"] == event for row in rows) for event in {row["event"] for row in rows}]
    lost = {row["event"] for row in rows if row["state"] == "dropped"}
    assert set(copies) == {1, 2, 3}
    assert 2 <= len(lost) <= 25 and len(copies) == 60
    assert max(row["due_at"] for row in rows) > began + 5
    hooked.control("advance", seconds=11)
    hooked.control("drain")
    assert set(endpoint.ids()) == {row["event"] for row in rows} - lost
    assert len(endpoint.deliveries) == sum(row["state"] != "dropped" for row in rows)


def test_events_of_other_types_are_not_sent(hooked: Town, endpoint: Endpoint) -> None:
    hooked.control("webhooks", types=["payment_intent.succeeded"])
    hooked.paid()
    hooked.control("drain")
    assert endpoint.types() == ["payment_intent.succeeded"]
    assert {one.type for one in hooked.stripe.events.list().data} == KINDS
