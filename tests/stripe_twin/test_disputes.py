"""Disputes: opened, won, lost."""

import pytest
import stripe

from tests.stripe_twin.town import Town


@pytest.mark.parametrize(("status", "back"), [("won", 2000), ("lost", 0)])
def test_dispute_and_its_end(town: Town, status: str, back: int) -> None:
    intent = town.paid()
    before = town.control("truth")["balances"]["platform"]["eur"]
    opened = town.control("dispute", charge=intent.latest_charge.id)
    assert town.stripe.charges.retrieve(intent.latest_charge.id).disputed
    assert town.stripe.disputes.list({"payment_intent": intent.id}).data[0].status == "needs_response"
    assert town.control("truth")["balances"]["platform"]["eur"] == before - 2000 - 2000
    town.control("dispute_close", dispute=opened["id"], status=status)
    assert town.stripe.disputes.retrieve(opened["id"]).status == status
    assert town.control("truth")["balances"]["platform"]["eur"] == before - 4000 + back
    reinstated = ["charge.dispute.funds_reinstated"] if status == "won" else []
    assert town.kinds()[-3 - len(reinstated) :] == [
        "charge.dispute.created", "charge.dispute.funds_withdrawn", *reinstated, "charge.dispute.closed",
    ]  # fmt: skip


def test_close_accepts_a_dispute(town: Town) -> None:
    opened = town.control("dispute", charge=town.paid().latest_charge.id)
    assert town.stripe.disputes.close(opened["id"]).status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        town.stripe.disputes.close(opened["id"])


def test_a_won_charge_can_be_refunded(town: Town) -> None:
    intent = town.paid()
    opened = town.control("dispute", charge=intent.latest_charge.id)
    town.control("dispute_close", dispute=opened["id"], status="won")
    assert town.stripe.refunds.create({"payment_intent": intent.id}).status == "succeeded"
