"""Refunds: whole, in part, too much, late, failed, unfunded."""

from collections.abc import Callable

import pytest
import stripe

from tests.stripe_twin.town import Town


def refund(town: Town, intent: str, **params: object) -> stripe.Refund:
    return town.stripe.refunds.create({"payment_intent": intent, **params})


def test_create_whole(town: Town) -> None:
    intent = town.paid()
    made = refund(town, intent.id, metadata={"intent": "r1"}, reason="requested_by_customer")
    charge = town.stripe.charges.retrieve(intent.latest_charge.id, {"expand": ["refunds"]})
    assert (made.status, made.amount, made.charge, made.metadata["intent"]) == (
        "succeeded",
        2000,
        charge.id,
        "r1",
    )
    assert (charge.refunded, charge.amount_refunded) == (True, 2000)
    assert [one.id for one in charge.refunds.data] == [made.id]
    assert town.kinds()[-2:] == ["refund.created", "charge.refunded"]


def test_create_in_parts_until_nothing_is_left(town: Town) -> None:
    intent = town.paid()
    refund(town, intent.id, amount=500)
    with pytest.raises(
        stripe.InvalidRequestError, match=r"greater than unrefunded amount on charge \(€15.00\)"
    ) as over:
        refund(town, intent.id, amount=1501)
    assert over.value.param == "amount"
    refund(town, intent.id, amount=1500)
    with pytest.raises(stripe.InvalidRequestError) as done:
        refund(town, intent.id)
    assert done.value.code == "charge_already_refunded"
    assert [one.amount for one in town.stripe.refunds.list({"payment_intent": intent.id}).data] == [1500, 500]


def test_create_refuses_an_unpaid_intent(town: Town) -> None:
    attempt = town.control("pay", session=town.session().id, card="4000000000000002")
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        refund(town, attempt["payment_intent"])


def test_create_refuses_to_reverse_a_transfer_that_is_not_there(town: Town) -> None:
    intent = town.paid()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refund(town, intent.id, reverse_transfer=True)
    assert refusal.value.param == "reverse_transfer"
    assert town.stripe.charges.retrieve(intent.latest_charge.id).amount_refunded == 0


def test_create_refuses_a_disputed_charge(town: Town) -> None:
    intent = town.paid(card="4000000000000259")
    town.control("advance", seconds=5)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refund(town, intent.id)
    assert refusal.value.code == "charge_disputed"


def test_card_whose_refund_fails_later(town: Town) -> None:
    account = town.account().id
    intent = town.paid(account, card="4000000000005126")
    made = refund(town, intent.id, reverse_transfer=True)
    assert made.status == "succeeded"
    town.control("advance", seconds=10)
    failed = town.stripe.refunds.retrieve(made.id, {"expand": ["failure_balance_transaction", "charge"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert failed.failure_balance_transaction.net == 2000
    assert (failed.charge.amount_refunded, failed.charge.refunded) == (0, False)
    assert town.kinds()[-2:] == ["refund.updated", "refund.failed"]
    assert town.control("truth")["balances"][account] == {"eur": 0}


def test_card_whose_refund_takes_time(town: Town) -> None:
    made = refund(town, town.paid(card="4000000000007726").id)
    assert (made.status, made.pending_reason) == ("pending", "processing")
    town.control("advance", seconds=10)
    assert town.stripe.refunds.retrieve(made.id).status == "succeeded"
    assert town.kinds()[-1] == "refund.updated"


def test_refund_outcome_decides_a_pending_refund_once(town: Town) -> None:
    town.control("next_refunds", status="pending", count=1)
    first, second = refund(town, town.paid().id), refund(town, town.paid().id)
    assert (first.status, second.status) == ("pending", "succeeded")
    for _ in range(2):
        town.control("refund_outcome", refund=first.id, status="failed")
    assert town.stripe.refunds.retrieve(first.id).status == "failed"
    assert town.kinds().count("refund.failed") == 1
    assert town.control("truth")["adds_up"]


def test_refund_waits_until_the_platform_can_pay(start: Callable[..., Town]) -> None:
    town = start(platform_float=0)
    account = town.account().id
    intent = town.paid(account, 2000)
    made = refund(town, intent.id, reverse_transfer=True)
    assert (made.status, made.pending_reason, made.balance_transaction) == (
        "pending",
        "insufficient_funds",
        None,
    )
    assert town.stripe.transfers.list().data[0].amount_reversed == 0
    town.control("advance", seconds=86400)
    assert town.stripe.refunds.retrieve(made.id).status == "pending"
    town.control("topup", amount=55)
    town.control("advance", seconds=5)
    assert town.stripe.refunds.retrieve(made.id).status == "succeeded"
    assert town.control("truth")["balances"] == {"platform": {"eur": 0}, account: {"eur": 0}}


def test_cancel_only_while_the_donor_has_to_act(town: Town) -> None:
    intent = town.paid()
    with pytest.raises(stripe.InvalidRequestError, match="cannot be canceled"):
        town.stripe.refunds.cancel(refund(town, intent.id, amount=100).id)
    town.control("next_refunds", status="requires_action", count=1)
    waiting = refund(town, intent.id, amount=200)
    assert town.stripe.refunds.cancel(waiting.id).status == "canceled"
    assert town.stripe.charges.retrieve(intent.latest_charge.id).amount_refunded == 100
