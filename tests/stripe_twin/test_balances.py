"""Where the money is after each movement."""

import pytest

from stripe_twin.balances import card_fee
from tests.stripe_twin.town import Town

FLOAT = 1_000_000


def have(town: Town, account: str | None = None) -> int:
    options = {"stripe_account": account} if account else {}
    return town.stripe.balance.retrieve(options=options).available[0].amount


@pytest.mark.parametrize(
    ("amount", "fee"),
    [(50, 26), (100, 27), (200, 28), (500, 33), (1000, 40), (2000, 55), (5000, 100), (8000, 145)],
)
def test_card_fee(amount: int, fee: int) -> None:
    assert card_fee(amount) == fee


def test_gross_goes_to_the_account_and_the_fee_is_the_platforms(town: Town) -> None:
    account = town.account().id
    intent = town.paid(account, 5000)
    transfer = town.stripe.transfers.retrieve(intent.latest_charge.transfer)
    there = town.stripe.charges.retrieve(transfer.destination_payment, options={"stripe_account": account})
    assert (have(town), have(town, account)) == (FLOAT - 100, 5000)
    assert (transfer.amount, transfer.source_transaction, transfer.destination) == (
        5000, intent.latest_charge.id, account,
    )  # fmt: skip
    assert (there.id[:3], there.amount, there.source_transfer) == ("py_", 5000, transfer.id)
    mine = town.stripe.balance_transactions.list({"limit": 100}).data
    theirs = town.stripe.balance_transactions.list(options={"stripe_account": account}).data
    assert [(one.type, one.amount, one.fee, one.net) for one in mine] == [
        ("transfer", -5000, 0, -5000), ("charge", 5000, 100, 4900), ("topup", FLOAT, 0, FLOAT),
    ]  # fmt: skip
    assert [(one.type, one.net) for one in theirs] == [("payment", 5000)]


def test_a_refund_with_reversal_brings_everything_back_but_the_fee(town: Town) -> None:
    account = town.account().id
    intent = town.paid(account, 5000)
    refund = town.stripe.refunds.create({"payment_intent": intent.id, "reverse_transfer": True})
    transfer = town.stripe.transfers.retrieve(intent.latest_charge.transfer)
    assert (refund.status, transfer.reversed, transfer.amount_reversed) == ("succeeded", True, 5000)
    assert refund.transfer_reversal == transfer.reversals.data[0].id
    assert (have(town), have(town, account)) == (FLOAT - 100, 0)
    assert town.control("truth")["adds_up"]


def test_a_refund_without_reversal_is_paid_by_the_platform(town: Town) -> None:
    account = town.account().id
    town.stripe.refunds.create({"payment_intent": town.paid(account, 5000).id})
    assert (have(town), have(town, account)) == (FLOAT - 5100, 5000)


def test_part_of_a_charge_reverses_the_same_part_of_its_transfer(town: Town) -> None:
    account = town.account().id
    intent = town.paid(account, 1001)
    for _ in range(2):
        town.stripe.refunds.create({"payment_intent": intent.id, "amount": 333, "reverse_transfer": True})
    assert have(town, account) == 335


def test_the_truth_adds_up_after_a_busy_day(town: Town) -> None:
    account = town.account().id
    intents = [town.paid(account, amount) for amount in (50, 1999, 12345, 700)]
    town.stripe.refunds.create({"payment_intent": intents[1].id, "amount": 999, "reverse_transfer": True})
    town.control("next_refunds", status="failed", count=1, at_once=True)
    town.stripe.refunds.create({"payment_intent": intents[2].id, "reverse_transfer": True})
    dispute = town.control("dispute", charge=intents[3].latest_charge.id)
    truth = town.control("truth")
    assert truth["adds_up"]
    assert truth["charges"] == {"count": 4, "amount": 50 + 1999 + 12345 + 700}
    assert truth["refunds"] == {
        "failed": {"count": 1, "amount": 12345},
        "succeeded": {"count": 1, "amount": 999},
    }
    assert truth["payment_intents"][intents[3].id]["disputed"] == dispute["amount"] == 700
    assert truth["balances"][account] == {"eur": 50 + 1999 + 700 - 999}
    fees = sum(card_fee(one.amount) for one in intents)
    assert truth["balances"]["platform"]["eur"] == FLOAT - fees + 12345 - 700 - 2000
