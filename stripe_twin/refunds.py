"""Give money back: at once, later, or not at all, as the card and the balance decide."""

from stripe_twin import balances, events, lists, rules, transfers
from stripe_twin.call import Call
from stripe_twin.cards import KNOWN
from stripe_twin.errors import bad_param, missing, refused
from stripe_twin.params import check_metadata
from stripe_twin.store import Json
from stripe_twin.twin import Twin

SETTLES_AFTER = 3
LOOK_AGAIN_AFTER = 1
FIELDS = (
    "amount",
    "charge",
    "metadata",
    "payment_intent",
    "reason",
    "refund_application_fee",
    "reverse_transfer",
)
OPEN = ("pending", "requires_action")


def create(call: Call) -> Json:
    """Refund a charge in whole or in part, amounts in cents; `POST /v1/refunds`."""
    params, twin = call.params, call.twin
    rules.modelled(params, FIELDS)
    metadata = check_metadata(params.get("metadata"))
    if params.get("amount", 1) < 1:
        raise bad_param("Invalid positive integer", "amount", "parameter_invalid_integer")
    charge = _charge(call)
    amount = _refundable(charge, params.get("amount"))
    if params.get("refund_application_fee"):
        raise refused("The charge has no application fee to refund.", param="refund_application_fee")
    refund = _new_refund(twin, charge, amount, metadata, params.get("reason"))
    if params.get("reverse_transfer"):
        if not charge["transfer"]:
            raise refused(
                f"Charge {charge['id']} has no associated transfer to reverse.", param="reverse_transfer"
            )
        transfer = twin.store.load(charge["transfer"])
        refund["_reverse"] = _share(transfer, charge, amount)
        transfers.check_reversible(twin, transfer, refund["_reverse"])
    twin.store.add(refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    twin.store.save(charge)
    _begin(twin, refund, charge)
    events.emit(twin, "refund.created", refund)
    events.emit(twin, "charge.refunded", twin.store.load(charge["id"]))
    if refund["status"] == "failed":
        events.emit(twin, "refund.failed", refund)
    return refund


def _charge(call: Call) -> Json:
    params, store = call.params, call.twin.store
    if ("charge" in params) == ("payment_intent" in params):
        raise bad_param("One of the following params should be provided for this request: payment_intent or charge.",
                        "payment_intent", "parameter_missing")  # fmt: skip
    charge_id = params.get("charge")
    if charge_id is None:
        intent = store.get(params["payment_intent"], "payment_intent", "")
        if intent is None:
            raise missing("payment_intent", params["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise refused(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
        charge_id = intent["latest_charge"]
    charge = store.get(charge_id, "charge", "")
    if charge is None:
        raise missing("charge", charge_id, "charge")
    return charge


def _refundable(charge: Json, wished: int | None) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise refused(
            f"Charge {charge['id']} did not succeed and cannot be refunded.", "charge_not_refundable"
        )
    if charge.get("_dispute") in ("open", "lost"):
        raise refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", "charge_disputed"
        )
    if left == 0:
        raise refused(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    if wished is not None and wished > left:
        raise refused(
            f"Refund amount ({_money(wished)}) is greater than unrefunded amount on charge ({_money(left)})",
            param="amount",
        )
    return left if wished is None else wished


def _money(cents: int) -> str:
    return f"€{cents // 100}.{cents % 100:02}"


def _share(transfer: Json, charge: Json, amount: int) -> int:
    return int((2 * transfer["amount"] * amount + charge["amount"]) // (2 * charge["amount"]))


def _new_refund(twin: Twin, charge: Json, amount: int, metadata: Json, reason: str | None) -> Json:
    nothing = ("balance_transaction", "customer", "description", "failure_balance_transaction", "failure_reason",
               "next_action", "pending_reason", "receipt_number", "source_transfer_reversal",
               "transfer_reversal")  # fmt: skip
    return {
        "id": twin.new_id("re_"),
        "object": "refund",
        **dict.fromkeys(nothing),
        "amount": amount,
        "charge": charge["id"],
        "created": twin.now(),
        "currency": charge["currency"],
        "destination_details": {"card": {"reference_status": "pending", "reference_type": "acquirer_reference_number",
                                         "type": "refund"}, "type": "card"},
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "status": "pending",
        "_reverse": 0,
    }  # fmt: skip


def _begin(twin: Twin, refund: Json, charge: Json) -> None:
    """Move the money if there is enough, and decide how the refund starts and what becomes of it."""
    if not _move_money(twin, refund):
        refund["pending_reason"] = "insufficient_funds"
        twin.store.save(refund)
        twin.later(LOOK_AGAIN_AFTER, "refund.fund", refund["id"])
        return
    start, end = _script(twin, charge)
    if start == "failed":
        fail(twin, refund)
        return
    refund.update(status=start, pending_reason="processing" if start == "pending" else None)
    twin.store.save(refund)
    if end and end != start:
        twin.later(SETTLES_AFTER, "refund.settle", refund["id"], end)


def _script(twin: Twin, charge: Json) -> tuple[str, str | None]:
    """Return the status a refund starts with and the one it ends with; None is open until the control API says."""
    wish = twin.store.setting("next_refunds")
    if wish and wish["count"] > 0:
        twin.store.set_setting("next_refunds", {**wish, "count": wish["count"] - 1})
        if wish["at_once"] or wish["status"] in OPEN:
            return wish["status"], None
        return "pending", wish["status"]
    behaviour = KNOWN[charge["_card"]].refund
    return {"fails_later": ("succeeded", "failed"), "succeeds_later": ("pending", "succeeded")}.get(
        behaviour or "", ("succeeded", None)
    )


def _move_money(twin: Twin, refund: Json) -> bool:
    """Reverse the transfer and debit the platform; False, and nothing moved, when the platform cannot cover it."""
    amount, currency = refund["amount"], refund["currency"]
    if balances.available(twin, currency) + refund["_reverse"] < amount:
        return False
    if refund["_reverse"]:
        transfer = twin.store.load(twin.store.load(refund["charge"])["transfer"])
        reversal = transfers.reverse(twin, transfer, refund["_reverse"], refund["id"])
        refund["transfer_reversal"] = reversal["id"]
    paid = balances.post(twin, "refund", -amount, currency, source=refund["id"])
    refund["balance_transaction"] = paid["id"]
    return True


def fund_due(twin: Twin, refund_id: str) -> None:
    """Pay a refund that waited for money, or look again later."""
    refund = twin.store.load(refund_id)
    if refund["status"] != "pending" or refund["pending_reason"] != "insufficient_funds":
        return
    if balances.available(twin, refund["currency"]) + refund["_reverse"] < refund["amount"]:
        twin.later(LOOK_AGAIN_AFTER, "refund.fund", refund_id)
        return
    settle(twin, refund_id, "succeeded")


def settle(twin: Twin, refund_id: str, status: str) -> Json:
    """Bring a refund to its outcome and tell; the same outcome twice changes nothing."""
    refund = twin.store.load(refund_id)
    if refund["status"] in (status, "failed", "canceled"):
        return refund
    if status in ("failed", "canceled"):
        fail(twin, refund, status)
    else:
        if status == "succeeded" and not refund["balance_transaction"] and not _move_money(twin, refund):
            raise refused("The platform's balance cannot cover this refund.", "balance_insufficient")
        refund.update(status=status, pending_reason="processing" if status == "pending" else None)
        twin.store.save(refund)
    events.emit(twin, "refund.updated", refund)
    if status == "failed":
        events.emit(twin, "refund.failed", refund)
    return refund


def fail(twin: Twin, refund: Json, status: str = "failed") -> None:
    """Return the money of a refund that did not arrive; it comes back to the platform, not to the connected account."""
    charge = twin.store.load(refund["charge"])
    if refund["balance_transaction"]:
        back = balances.post(
            twin, "refund_failure", refund["amount"], refund["currency"], source=refund["id"]
        )
        refund["failure_balance_transaction"] = back["id"]
    reason = "expired_or_canceled_card" if status == "failed" else "merchant_request"
    refund.update(status=status, failure_reason=reason, pending_reason=None, next_action=None)
    twin.store.save(refund)
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    twin.store.save(charge)


def cancel(call: Call) -> Json:
    """Take back a refund that waits for the donor; `POST /v1/refunds/:id/cancel`."""
    refund = find(call.twin, call.args[0])
    if refund["status"] != "requires_action":
        raise refused(f"Refund {refund['id']} cannot be canceled: its status is {refund['status']}.")
    return settle(call.twin, refund["id"], "canceled")


def find(twin: Twin, refund_id: str) -> Json:
    """Return a refund by id, or raise the 404 refusal."""
    refund = twin.store.get(refund_id, "refund")
    if refund is None:
        raise missing("refund", refund_id)
    return refund


def list_all(call: Call) -> Json:
    """List refunds; `GET /v1/refunds`."""
    filters: Json = {name: call.params[name] for name in ("charge", "payment_intent") if name in call.params}
    return lists.page(call, "refund", "/v1/refunds", filters)
