"""Attempts to pay, through the control API and the official library."""

import pytest
import stripe

from tests.stripe_twin.town import Town


@pytest.mark.parametrize(
    ("card", "code"),
    [("4000000000000002", "generic_decline"), ("4000000000009995", "insufficient_funds"),
     ("4000000000000069", "expired_card"), ("4000000000000127", "incorrect_cvc")],
)  # fmt: skip
def test_attempt_declined_leaves_the_session_open(town: Town, card: str, code: str) -> None:
    session = town.session()
    attempt = town.control("pay", session=session.id, card=card)
    charge = town.stripe.charges.retrieve(attempt["charge"])
    assert (attempt["outcome"], attempt["code"]) == ("declined", code)
    assert (charge.status, charge.paid, charge.outcome.reason) == ("failed", False, code)
    assert town.stripe.checkout.sessions.retrieve(session.id).status == "open"
    assert town.kinds() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert town.stripe.balance_transactions.list({"type": "charge"}).data == []


def test_attempt_with_3d_secure_passed(town: Town) -> None:
    intent = town.paid(card="4000002500003155")
    assert intent.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"


def test_attempt_with_3d_secure_failed_then_other_card(town: Town) -> None:
    session = town.session()
    failed = town.control("pay", session=session.id, card="4000000000003220", fail_3ds=True)
    assert (failed["outcome"], failed["code"]) == ("declined", "payment_intent_authentication_failure")
    assert failed["charge"] is None
    assert town.control("pay", session=session.id)["outcome"] == "paid"
    assert town.kinds().count("payment_intent.succeeded") == 1


def test_attempt_emits_the_events_of_a_gift(town: Town) -> None:
    town.paid(town.account().id)
    assert town.kinds() == [
        "account.updated", "payment_intent.created", "transfer.created", "charge.succeeded",
        "payment_intent.succeeded", "checkout.session.completed",
    ]  # fmt: skip


def test_same_card_has_the_same_fingerprint(town: Town) -> None:
    prints = [
        town.paid(card=card).latest_charge.payment_method_details.card.fingerprint
        for card in ("4242424242424242", "4242424242424242", "5555555555554444")
    ]
    assert prints[0] == prints[1] != prints[2]


def test_fingerprint_tells_the_holders_of_one_test_number_apart(town: Town) -> None:
    holders = [
        {"name": "Ada Rossi", "email": "ada@example.org"},
        {"name": " ada  ROSSI", "email": "other@example.org"},
        {"name": "Bruno Rossi", "email": "ada@example.org"},
        {"name": "", "email": "ada@example.org"},
        {"name": "", "email": "ADA@example.org"},
    ]
    prints = []
    for holder in holders:
        paid = town.control("pay", session=town.session().id, **holder)
        charge = town.stripe.charges.retrieve(paid["charge"])
        prints.append(charge.payment_method_details.card.fingerprint)
    assert prints[0] == prints[1]
    assert prints[3] == prints[4]
    assert len({prints[0], prints[2], prints[3]}) == 3


def test_cancel_is_refused_for_an_intent_of_checkout(town: Town) -> None:
    session = town.session()
    attempt = town.control("pay", session=session.id, card="4000000000000002")
    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        town.stripe.payment_intents.cancel(attempt["payment_intent"])
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.stripe.payment_intents.cancel(town.paid().id)
    assert refusal.value.code == "payment_intent_unexpected_state"


def test_charges_are_found_by_intent(town: Town) -> None:
    town.paid()
    intent = town.paid()
    charges = town.stripe.charges.list(
        {"payment_intent": intent.id, "expand": ["data.balance_transaction"]}
    ).data
    assert [one.id for one in charges] == [intent.latest_charge.id]
    assert charges[0].balance_transaction.source == charges[0].id
