"""Checkout Sessions through the official library."""

from typing import Any

import pytest
import stripe

from tests.stripe_twin.town import Town

DAY = 24 * 3600


def test_create_and_pay_a_destination_charge(town: Town) -> None:
    account = town.account()
    session = town.session(
        account.id, 2000, client_reference_id="gift-1", customer_email="anna@example.org",
        payment_intent_data={"metadata": {"donation": "gift-1"}, "transfer_group": "campaign_1"},
    )  # fmt: skip
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)

    town.control("pay", session=session.id)

    paid = town.stripe.checkout.sessions.retrieve(
        session.id,
        {
            "expand": [
                "payment_intent.latest_charge.balance_transaction",
                "payment_intent.latest_charge.refunds",
            ]
        },
    )
    intent = paid.payment_intent
    charge = intent.latest_charge
    assert (paid.status, paid.payment_status, paid.client_reference_id) == ("complete", "paid", "gift-1")
    assert paid.customer_details.email == "anna@example.org"
    assert (intent.status, intent.amount_received, intent.metadata["donation"]) == (
        "succeeded",
        2000,
        "gift-1",
    )
    assert (intent.on_behalf_of, intent.transfer_data.destination) == (account.id, account.id)
    assert (charge.paid, charge.transfer_group, charge.livemode) == (True, "campaign_1", False)
    assert (charge.payment_method_details.card.brand, charge.payment_method_details.card.last4) == (
        "visa",
        "4242",
    )
    assert charge.balance_transaction.fee == 55
    assert charge.balance_transaction.net == 1945
    assert charge.refunds.data == []


def test_create_makes_no_intent_before_the_first_attempt(town: Town) -> None:
    session = town.session()
    assert town.stripe.payment_intents.list().data == []

    town.control("pay", session=session.id, card="4000000000000002")

    retried = town.stripe.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert retried.status == "open"
    assert retried.payment_intent.status == "requires_payment_method"
    assert retried.payment_intent.last_payment_error.decline_code == "generic_decline"
    assert town.control("pay", session=session.id)["payment_intent"] == retried.payment_intent.id


@pytest.mark.parametrize(
    ("seconds", "works"), [(1700, False), (1805, True), (DAY - 5, True), (DAY + 60, False)]
)
def test_create_bounds_the_expiry(town: Town, seconds: int, works: bool) -> None:
    expires_at = town.control("clock")["timestamp"] + seconds
    if works:
        assert town.session(expires_at=expires_at).expires_at == expires_at
    else:
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            town.session(expires_at=expires_at)
        assert refusal.value.param == "expires_at"


@pytest.mark.parametrize(("amount", "works"), [(49, False), (50, True)])
def test_create_has_a_minimum(town: Town, amount: int, works: bool) -> None:
    if works:
        assert town.session(amount=amount).amount_total == amount
    else:
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            town.session(amount=amount)
        assert refusal.value.code == "amount_too_small"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"success_url": "nowhere"}, "success_url"),
        ({"customer_email": "anna"}, "customer_email"),
        ({"mode": "setup"}, "mode"),
        ({"client_reference_id": "x" * 201}, "client_reference_id"),
        ({"payment_intent_data": {"statement_descriptor_suffix": "12345"}},
         "payment_intent_data[statement_descriptor_suffix]"),
        ({"payment_intent_data": {"statement_descriptor_suffix": "GARDEN*"}},
         "payment_intent_data[statement_descriptor_suffix]"),
        ({"payment_intent_data": {"transfer_data": {"destination": "acct_nobody"}}},
         "payment_intent_data[transfer_data][destination]"),
        ({"payment_intent_data": {"application_fee_amount": 10}}, "payment_intent_data[application_fee_amount]"),
        ({"line_items": [{"price_data": {"currency": "xxx", "unit_amount": 500, "product_data": {"name": "x"}}}]},
         "line_items[0][price_data][currency]"),
    ],
)  # fmt: skip
def test_create_refuses_what_stripe_refuses(town: Town, change: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.session(**change)
    assert refusal.value.param == param
    assert town.stripe.checkout.sessions.list().data == []


def test_create_needs_an_account_that_may_receive(town: Town) -> None:
    account = town.account(onboarded=False)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.session(account.id)
    assert refusal.value.code == "insufficient_capabilities_for_transfer"


def test_expire_closes_an_open_session_only(town: Town) -> None:
    session = town.session()
    assert town.stripe.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        town.stripe.checkout.sessions.expire(session.id)
    assert town.kinds() == ["checkout.session.expired"]


def test_sessions_expire_by_the_clock(town: Town) -> None:
    waiting, paid = town.session(), town.session()
    town.control("pay", session=waiting.id, card="4000000000000002")
    town.control("pay", session=paid.id)
    town.control("advance", seconds=DAY - 60)
    assert town.stripe.checkout.sessions.retrieve(waiting.id).status == "open"

    town.control("advance", seconds=61)

    expired = town.stripe.checkout.sessions.retrieve(waiting.id, {"expand": ["payment_intent"]})
    assert (expired.status, expired.url, expired.payment_intent.status) == ("expired", None, "canceled")
    assert town.stripe.checkout.sessions.retrieve(paid.id).status == "complete"
    assert town.kinds().count("checkout.session.expired") == 1
    assert town.kinds().count("payment_intent.canceled") == 1


def test_list_finds_the_session_of_an_intent(town: Town) -> None:
    town.session()
    intent = town.paid()
    found = town.stripe.checkout.sessions.list(
        {"payment_intent": intent.id, "expand": ["data.payment_intent"]}
    ).data
    assert [one.payment_intent.id for one in found] == [intent.id]


def test_retrieve_expands_the_line_items_on_request(town: Town) -> None:
    session = town.session(amount=700)
    assert town.stripe.checkout.sessions.retrieve(session.id).to_dict().get("line_items") is None
    whole = town.stripe.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert [(line.description, line.amount_total) for line in whole.line_items.data] == [
        ("Shared garden", 700)
    ]


def test_retrieve_refuses_an_unknown_expansion(town: Town) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        town.stripe.checkout.sessions.retrieve(town.session().id, {"expand": ["amount_total"]})


def test_answers_hold_no_private_notes(town: Town) -> None:
    town.paid(town.account().id)
    for noun in (
        town.stripe.checkout.sessions,
        town.stripe.payment_intents,
        town.stripe.charges,
        town.stripe.events,
    ):
        assert '"_' not in str(noun.list({"limit": 100}))
