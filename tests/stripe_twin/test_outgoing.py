"""Transfers by themselves, payouts of connected accounts, and warnings of fraud."""

import pytest
import stripe

from tests.stripe_twin.town import Town


def balance(town: Town, account: str = "platform") -> int:
    """Return what an account has, in cents."""
    return town.control("truth")["balances"].get(account, {}).get("eur", 0)


def test_transfer_moves_the_platforms_money_and_back(town: Town) -> None:
    account = town.account().id
    before = balance(town)
    made = town.stripe.transfers.create(
        {"amount": 3000, "currency": "eur", "destination": account, "metadata": {"outgoing": "1"}}
    )
    assert (balance(town), balance(town, account)) == (before - 3000, 3000)
    assert town.stripe.transfers.list({"destination": account}).data[0].metadata["outgoing"] == "1"
    back = town.stripe.transfers.reversals.create(made.id, {"amount": 1000, "metadata": {"outgoing": "2"}})
    assert (balance(town), balance(town, account)) == (before - 2000, 2000)
    assert [one.id for one in town.stripe.transfers.reversals.list(made.id).data] == [back.id]
    with pytest.raises(stripe.InvalidRequestError, match="less left"):
        town.stripe.transfers.reversals.create(made.id, {"amount": 2001})
    assert town.control("truth")["adds_up"]


def test_transfer_refuses_what_the_platform_does_not_have(town: Town) -> None:
    account = town.account().id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.stripe.transfers.create({"amount": 99_999_999, "currency": "eur", "destination": account})
    assert refusal.value.code == "balance_insufficient"
    waiting = town.account(onboarded=False).id
    with pytest.raises(stripe.InvalidRequestError, match="capabilities"):
        town.stripe.transfers.create({"amount": 1, "currency": "eur", "destination": waiting})


@pytest.mark.parametrize(("outcome", "left"), [("paid", 500), ("failed", 2000), ("canceled", 2000)])
def test_payout_of_a_connected_account_and_its_end(town: Town, outcome: str, left: int) -> None:
    account = town.account().id
    town.paid(account)
    on = {"stripe_account": account}
    made = town.stripe.payouts.create({"amount": 1500, "currency": "eur"}, on)
    assert (made.status, balance(town, account)) == ("pending", 500)
    town.control("payout_outcome", payout=made.id, status=outcome)
    assert town.stripe.payouts.retrieve(made.id, None, on).status == outcome
    assert [one.id for one in town.stripe.payouts.list({"status": outcome}, on).data] == [made.id]
    assert balance(town, account) == left
    event = town.control("events")["data"][-1]
    assert (event["type"], event["account"]) == (f"payout.{outcome}", account)
    assert town.control("truth")["adds_up"]


def test_payout_arrives_by_itself_and_may_still_come_back(town: Town) -> None:
    account = town.account().id
    town.paid(account)
    on = {"stripe_account": account}
    made = town.stripe.payouts.create({"amount": 1500, "currency": "eur"}, on)
    town.control("advance", seconds=3)
    assert town.stripe.payouts.retrieve(made.id, None, on).status == "paid"
    town.control("payout_outcome", payout=made.id, status="failed")
    assert balance(town, account) == 2000


def test_payout_refuses_what_the_account_does_not_have_or_may_not(town: Town) -> None:
    account = town.account().id
    town.paid(account)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.stripe.payouts.create({"amount": 2001, "currency": "eur"}, {"stripe_account": account})
    assert refusal.value.code == "balance_insufficient"
    waiting = town.account(onboarded=False).id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.stripe.payouts.create({"amount": 1, "currency": "eur"}, {"stripe_account": waiting})
    assert refusal.value.code == "payouts_not_allowed"


def test_next_payouts_end_as_ordered(town: Town) -> None:
    account = town.account().id
    town.paid(account)
    town.control("next_payouts", status="failed")
    made = town.stripe.payouts.create({"amount": 1500, "currency": "eur"}, {"stripe_account": account})
    town.control("advance", seconds=3)
    assert town.stripe.payouts.retrieve(made.id, None, {"stripe_account": account}).status == "failed"


def test_warning_of_fraud(town: Town) -> None:
    intent = town.paid()
    made = town.control("warn", charge=intent.latest_charge.id)
    (found,) = town.stripe.radar.early_fraud_warnings.list({"payment_intent": intent.id}).data
    assert (found.id, found.actionable, found.charge) == (made["id"], True, intent.latest_charge.id)
    assert town.stripe.radar.early_fraud_warnings.retrieve(made["id"]).fraud_type == "made_with_stolen_card"
    assert town.kinds()[-1] == "radar.early_fraud_warning.created"
    town.stripe.refunds.create({"payment_intent": intent.id})
    assert not town.control("warn", charge=intent.latest_charge.id)["actionable"]


def test_dispute_is_answered_lost_and_won_after_all(town: Town) -> None:
    intent = town.paid()
    opened = town.control("dispute", charge=intent.latest_charge.id, amount=500)
    assert opened["amount"] == 500
    assert town.control("dispute_answer", dispute=opened["id"])["status"] == "under_review"
    town.control("dispute_close", dispute=opened["id"], status="lost")
    town.control("dispute_close", dispute=opened["id"], status="won")
    assert town.stripe.disputes.retrieve(opened["id"]).status == "won"
    assert "charge.dispute.updated" in town.kinds()


def test_descriptor_is_at_most_22_characters_with_the_accounts_prefix(town: Town) -> None:
    prefix = {"card_payments": {"statement_descriptor_prefix": "MILANO"}}
    account = town.account(settings=prefix).id
    fits = {"statement_descriptor_suffix": "FORNO DI QUART"}
    session = town.session(account, payment_intent_data=fits)
    town.control("pay", session=session.id)
    (charge,) = town.stripe.charges.list().data
    assert charge.calculated_statement_descriptor == "MILANO* FORNO DI QUART"
    with pytest.raises(stripe.InvalidRequestError, match="longer than 22"):
        town.session(account, payment_intent_data={"statement_descriptor_suffix": "FORNO DI QUARTI"})
