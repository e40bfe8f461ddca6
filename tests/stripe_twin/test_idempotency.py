"""Idempotency keys as Stripe keeps them."""

import threading
from typing import Any

import pytest
import stripe

from tests.stripe_twin.town import Town, session_params

PATH = "/v1/refunds"


def create(town: Town, key: str, amount: int = 2000) -> stripe.checkout.Session:
    return town.stripe.checkout.sessions.create(session_params(amount=amount), {"idempotency_key": key})


def test_same_key_same_parameters_gives_the_same_answer(town: Town) -> None:
    first, again = create(town, "k1"), create(town, "k1")
    assert first.id == again.id
    assert first.last_response.headers.get("idempotent-replayed") is None
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert again.last_response.headers["original-request"] == first.last_response.headers["request-id"]
    assert again.last_response.body == first.last_response.body
    assert len(town.stripe.checkout.sessions.list().data) == 1


def test_same_key_other_parameters_is_refused(town: Town) -> None:
    create(town, "k1")
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        create(town, "k1", amount=3000)


def test_same_key_other_endpoint_is_refused(town: Town) -> None:
    create(town, "k1")
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        town.stripe.refunds.create({"payment_intent": "pi_x"}, {"idempotency_key": "k1"})


def test_same_key_while_the_first_request_runs_is_refused(town: Town) -> None:
    town.control("fail", path="/v1/checkout/sessions", delay_seconds=0.5, count=6)
    made: list[str] = []
    refused: list[Any] = []

    def press() -> None:
        try:
            made.append(create(town, "k1").id)
        except stripe.APIError as error:
            refused.append(error)

    presses = [threading.Thread(target=press) for _ in range(6)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert {(one.http_status, one.error.code) for one in refused} == {(409, "idempotency_key_in_use")}
    assert {create(town, "k1").id} == set(made)
    assert len(town.stripe.checkout.sessions.list().data) == 1


def test_a_refusal_by_state_is_kept_and_one_by_validation_is_not(town: Town) -> None:
    intent = town.paid()
    form = {"payment_intent": intent.id, "amount": "9999"}
    assert town.api("POST", PATH, form, Idempotency_Key="over")[0] == 400
    _, headers, _ = town.http("POST", PATH, f"payment_intent={intent.id}&amount=9999",
                              {"Authorization": "Bearer sk_test_x", "Idempotency-Key": "over"})  # fmt: skip
    assert headers["idempotent-replayed"] == "true"
    assert town.api("POST", PATH, {**form, "colour": "red"}, Idempotency_Key="typing")[0] == 400
    assert town.api("POST", PATH, {"payment_intent": intent.id}, Idempotency_Key="typing")[0] == 200


def test_a_500_is_kept(town: Town) -> None:
    town.control("fail", path="/v1/checkout/sessions", status=500, work=True)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            create(town, "k1")
    assert len(town.stripe.checkout.sessions.list().data) == 1, "the work was done, once"
    assert create(town, "k2").status == "open"


def test_a_429_is_not_kept(town: Town) -> None:
    town.control("fail", path="/v1/checkout/sessions", status=429)
    with pytest.raises(stripe.RateLimitError):
        create(town, "k1")
    assert create(town, "k1").status == "open"


def test_keys_are_forgotten_after_a_day(town: Town) -> None:
    first = create(town, "k1")
    town.control("advance", seconds=24 * 3600 - 60)
    assert create(town, "k1").id == first.id
    town.control("advance", seconds=120)
    second = create(town, "k1")
    assert second.id != first.id
    assert create(town, "k1").id == second.id
