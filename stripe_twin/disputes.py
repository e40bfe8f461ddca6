"""Let a cardholder contest a charge; the fee of a dispute is not given back."""

from stripe_twin import balances, events, lists
from stripe_twin.call import Call
from stripe_twin.errors import missing, refused
from stripe_twin.store import Json
from stripe_twin.twin import Twin

ANSWER_WITHIN = 9 * 86400


def open_dispute(twin: Twin, charge_id: str, part: int | None = None) -> Json:
    """Contest what is left of a charge, or a part of it in cents: the bank takes it and a fee from the platform at once."""
    charge = twin.store.get(charge_id, "charge", "")
    if charge is None:
        raise missing("charge", charge_id, "charge")
    left = charge["amount"] - charge["amount_refunded"]
    amount = min(left, part or left)
    if charge["status"] != "succeeded" or charge["disputed"] or amount == 0:
        raise refused(f"Charge {charge_id} cannot be disputed.")
    dispute_id = twin.new_id("du_")
    taken = balances.post(
        twin, "adjustment", -amount, charge["currency"], source=dispute_id, fee=balances.DISPUTE_FEE,
        description=f"Chargeback withdrawal for {charge_id}", category="dispute",
    )  # fmt: skip
    dispute = _new_dispute(twin, dispute_id, charge, amount, taken)
    twin.store.add(dispute)
    charge.update(disputed=True, _dispute="open")
    twin.store.save(charge)
    events.emit(twin, "charge.dispute.created", dispute)
    events.emit(twin, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def _new_dispute(twin: Twin, dispute_id: str, charge: Json, amount: int, taken: Json) -> Json:
    return {
        "id": dispute_id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [taken],
        "charge": charge["id"],
        "created": twin.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {"due_by": twin.now() + ANSWER_WITHIN, "has_evidence": False, "past_due": False,
                             "submission_count": 0},
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "network_reason_code": "10.4",
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"card": {"brand": charge["payment_method_details"]["card"]["brand"],
                                            "case_type": "chargeback", "network_reason_code": "10.4"}, "type": "card"},
        "reason": "fraudulent",
        "status": "needs_response",
    }  # fmt: skip


def answer(twin: Twin, dispute_id: str) -> Json:
    """Hand evidence in: the bank looks at it."""
    dispute = find(twin, dispute_id)
    if dispute["status"] != "needs_response":
        raise refused(f"Dispute {dispute_id} is {dispute['status']}.")
    dispute["status"] = "under_review"
    twin.store.save(dispute)
    events.emit(twin, "charge.dispute.updated", dispute)
    return dispute


def close_dispute(twin: Twin, dispute_id: str, status: str) -> Json:
    """End a dispute as "won" (the money comes back) or "lost"; one that was lost may still be won."""
    dispute = find(twin, dispute_id)
    if dispute["status"] == "won" or dispute["status"] == status:
        raise refused(f"Dispute {dispute_id} is already closed.")
    charge = twin.store.load(dispute["charge"])
    dispute["status"] = status
    if status == "won":
        back = balances.post(
            twin, "adjustment", dispute["amount"], dispute["currency"], source=dispute_id,
            description=f"Chargeback reversal for {charge['id']}", category="dispute_reversal",
        )  # fmt: skip
        dispute["balance_transactions"].append(back)
        dispute["is_charge_refundable"] = True
    twin.store.save(dispute)
    charge["_dispute"] = status
    twin.store.save(charge)
    if status == "won":
        events.emit(twin, "charge.dispute.funds_reinstated", dispute)
    events.emit(twin, "charge.dispute.closed", dispute)
    return dispute


def find(twin: Twin, dispute_id: str) -> Json:
    """Return a dispute by id, or raise the 404 refusal."""
    dispute = twin.store.get(dispute_id, "dispute")
    if dispute is None:
        raise missing("dispute", dispute_id, "dispute")
    return dispute


def accept(call: Call) -> Json:
    """Give a dispute up; `POST /v1/disputes/:id/close`."""
    return close_dispute(call.twin, call.args[0], "lost")


def list_all(call: Call) -> Json:
    """List disputes; `GET /v1/disputes`."""
    filters: Json = {name: call.params[name] for name in ("charge", "payment_intent") if name in call.params}
    return lists.page(call, "dispute", "/v1/disputes", filters)
