"""Who may ask, in which version, with which parameters."""

from typing import Any

import pytest
import stripe

from stripe_twin.schemas import API_VERSION, schema_for
from tests.stripe_twin.town import KEY, Town, session_params

SESSIONS = "/v1/checkout/sessions"


def test_the_pinned_version_is_the_librarys() -> None:
    assert stripe.api_version == API_VERSION


def test_another_version_is_refused(town: Town) -> None:
    status, body = town.api("GET", "/v1/charges", Stripe_Version="2024-06-20")
    assert (status, body["error"]["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize("key", ["", "sk_live_abc", "pk_test_abc", "sk_test_", "nonsense"])
def test_a_key_that_is_no_test_key_is_refused(town: Town, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    assert town.http("GET", "/v1/charges", headers=headers)[0] == 401


def test_a_restricted_test_key_works(town: Town) -> None:
    client = stripe.StripeClient("rk_test_reader", base_addresses={"api": town.address})
    assert client.v1.charges.list().data == []


def test_an_unknown_address_is_a_404(town: Town) -> None:
    status, body = town.api("GET", "/v1/unicorns")
    assert (status, "Unrecognized request URL" in body["error"]["message"]) == (404, True)
    assert town.api("POST", "/v1/charges")[0] == 404


@pytest.mark.parametrize(
    "noun", ["payment_intents", "charges", "refunds", "events", "disputes", "transfers", "accounts"]
)
def test_an_unknown_id_is_a_404(town: Town, noun: str) -> None:
    status, body = town.api("GET", f"/v1/{noun}/xx_unknown")
    assert (status, body["error"]["code"]) == (404, "resource_missing")


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"ui_mode": "hosted"}, "ui_mode"),
        ({"payment_intent_data": {"transfer_data": {"account": "acct_x"}}},
         "payment_intent_data[transfer_data][account]"),
        ({"payment_intent_data": {"colour": "red"}}, "payment_intent_data[colour]"),
        ({"line_items": [{"quantity": "two"}]}, "line_items[0][quantity]"),
        ({"line_items": [{"price_data": {"currency": "eur", "unit_amount": 1.5}}]},
         "line_items[0][price_data][unit_amount]"),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]"),
        ({"metadata": {"k" * 41: "v"}}, f"metadata[{'k' * 41}]"),
        ({"allow_promotion_codes": "maybe"}, "allow_promotion_codes"),
    ],
)  # fmt: skip
def test_a_parameter_that_does_not_fit_is_named(town: Town, change: dict[str, Any], param: str) -> None:
    params: Any = session_params(**change)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.stripe.checkout.sessions.create(params)
    assert (refusal.value.http_status, refusal.value.param) == (400, param)


def test_a_known_parameter_that_is_not_acted_on_is_refused(town: Town) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.session(allow_promotion_codes=True)
    assert (refusal.value.code, refusal.value.param) == ("not_modelled", "allow_promotion_codes")


def test_writing_for_a_connected_account_is_refused(town: Town) -> None:
    account = town.account()
    with pytest.raises(stripe.InvalidRequestError, match="direct charges"):
        town.stripe.checkout.sessions.create(session_params(), {"stripe_account": account.id})
    with pytest.raises(stripe.PermissionError):
        town.stripe.balance.retrieve(options={"stripe_account": "acct_stranger"})


def test_every_schema_of_a_route_is_closed() -> None:
    schema = schema_for("checkout.SessionCreateParams")
    nested = schema["properties"]["payment_intent_data"]
    assert schema["additionalProperties"] is nested["additionalProperties"] is False
    assert "stripe_account" not in schema["properties"]
    assert set(schema["properties"]["ui_mode"]["enum"]) == {
        "elements",
        "embedded_page",
        "form",
        "hosted_page",
    }


def test_connections_are_kept_open(town: Town) -> None:
    _, headers, _ = town.http("GET", "/v1/charges", headers={"Authorization": f"Bearer {KEY}"})
    assert "close" not in headers.get("connection", "")
    assert headers["request-id"].startswith("req_")
