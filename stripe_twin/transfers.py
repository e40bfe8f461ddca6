"""Move money from the platform to a connected account, with a charge or by itself, and back."""

from typing import Any

from stripe_twin import accounts, balances, events, lists, rules
from stripe_twin.call import Call
from stripe_twin.errors import bad_param, missing, refused
from stripe_twin.params import check_metadata
from stripe_twin.store import Json
from stripe_twin.twin import Twin

CREATE = ("amount", "currency", "description", "destination", "metadata", "transfer_group")


def create(call: Call) -> Json:
    """Transfer cents of the platform's own balance; `POST /v1/transfers`."""
    params, twin = call.params, call.twin
    rules.modelled(params, CREATE)
    amount = _positive(params)
    accounts.check_destination(twin, params["destination"], "destination", "transfers")
    if amount > balances.available(twin, params["currency"]):
        raise refused("You have insufficient available funds in your Stripe account.", "balance_insufficient")
    return _transfer(
        twin,
        params["destination"],
        amount,
        params["currency"],
        group=params.get("transfer_group"),
        description=params.get("description"),
        metadata=check_metadata(params.get("metadata")),
    )


def create_reversal(call: Call) -> Json:
    """Take cents of a transfer back to the platform; `POST /v1/transfers/:id/reversals`."""
    params, twin = call.params, call.twin
    rules.modelled(params, ("amount", "description", "metadata"))
    transfer = _find(call)
    amount = _positive(params) if "amount" in params else transfer["amount"] - transfer["amount_reversed"]
    check_reversible(twin, transfer, amount)
    return reverse(twin, transfer, amount, None, check_metadata(params.get("metadata")))


def list_reversals(call: Call) -> Json:
    """List what was taken back of a transfer; `GET /v1/transfers/:id/reversals`."""
    transfer = _find(call)
    path = f"/v1/transfers/{transfer['id']}/reversals"
    return lists.page(call, "transfer_reversal", path, {"transfer": transfer["id"]})


def _find(call: Call) -> Json:
    transfer = call.twin.store.get(call.args[0], "transfer", "")
    if transfer is None:
        raise missing("transfer", call.args[0])
    return transfer


def _positive(params: dict[str, Any]) -> int:
    amount: int = params.get("amount", 0)
    if amount < 1:
        raise bad_param("Invalid positive integer", "amount", "parameter_invalid_integer")
    return amount


def pay_out_charge(twin: Twin, charge: Json, destination: str, amount: int) -> Json:
    """Transfer so many cents of a charge to its destination, and return the transfer."""
    group = charge["transfer_group"] or f"group_{charge['payment_intent']}"
    return _transfer(twin, destination, amount, charge["currency"], group=group, charge=charge["id"])


def _transfer(
    twin: Twin, destination: str, amount: int, currency: str, *, group: str | None, charge: str | None = None,
    description: str | None = None, metadata: Json | None = None,
) -> Json:  # fmt: skip
    """Move cents to a connected account and describe the transfer."""
    transfer_id, payment_id = twin.new_id("tr_"), twin.new_id("py_")
    moved = balances.post(twin, "transfer", -amount, currency, source=transfer_id)
    received = balances.post(twin, "payment", amount, currency, source=payment_id, account=destination)
    transfer: Json = {
        "id": transfer_id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": moved["id"],
        "created": twin.now(),
        "currency": currency,
        "description": description,
        "destination": destination,
        "destination_payment": payment_id,
        "livemode": False,
        "metadata": metadata or {},
        "reversals": _page([], transfer_id),
        "reversed": False,
        "source_transaction": charge,
        "source_type": "card",
        "transfer_group": group,
    }
    twin.store.add(transfer)
    twin.store.add(_payment(twin, transfer, received["id"]), destination)
    events.emit(twin, "transfer.created", transfer)
    return transfer


def _payment(twin: Twin, transfer: Json, transaction: str) -> Json:
    """Describe the transfer as the connected account sees it: a payment without a card."""
    return {
        "id": transfer["destination_payment"],
        "object": "charge",
        "amount": transfer["amount"],
        "amount_captured": transfer["amount"],
        "amount_refunded": 0,
        "application": None,
        "balance_transaction": transaction,
        "captured": True,
        "created": twin.now(),
        "currency": transfer["currency"],
        "disputed": False,
        "livemode": False,
        "metadata": {},
        "paid": True,
        "payment_intent": None,
        "refunded": False,
        "source_transfer": transfer["id"],
        "status": "succeeded",
        "transfer_group": transfer["transfer_group"],
    }


def _page(reversals: list[Json], transfer_id: str) -> Json:
    return {
        "object": "list",
        "data": reversals,
        "has_more": False,
        "total_count": len(reversals),
        "url": f"/v1/transfers/{transfer_id}/reversals",
    }


def check_reversible(twin: Twin, transfer: Json, amount: int) -> None:
    """Refuse to take back more cents than were transferred, or than the connected account still has."""
    if amount > transfer["amount"] - transfer["amount_reversed"]:
        raise refused(f"Transfer {transfer['id']} has less left to reverse than {amount}.", param="amount")
    if amount > balances.available(twin, transfer["currency"], transfer["destination"]):
        raise refused(
            f"The connected account {transfer['destination']} has insufficient funds to reverse the transfer.",
            "balance_insufficient",
        )


def reverse(
    twin: Twin, transfer: Json, amount: int, refund_id: str | None, metadata: Json | None = None
) -> Json:
    """Take so many cents of a transfer back to the platform, and return the reversal."""
    currency, account = transfer["currency"], transfer["destination"]
    reversal_id, payment_refund_id = twin.new_id("trr_"), twin.new_id("pyr_")
    back = balances.post(twin, "transfer_refund", amount, currency, source=reversal_id)
    taken = balances.post(
        twin, "payment_refund", -amount, currency, source=payment_refund_id, account=account
    )
    reversal: Json = {
        "id": reversal_id,
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": back["id"],
        "created": twin.now(),
        "currency": currency,
        "destination_payment_refund": payment_refund_id,
        "metadata": metadata or {},
        "source_refund": refund_id,
        "transfer": transfer["id"],
    }
    twin.store.add(reversal)
    payment = twin.store.load(transfer["destination_payment"])
    payment["amount_refunded"] += amount
    payment["refunded"] = payment["amount_refunded"] == payment["amount"]
    twin.store.save(payment)
    twin.store.add(_payment_refund(twin, reversal, payment["id"], taken["id"]), account)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"] = _page([reversal, *transfer["reversals"]["data"]], transfer["id"])
    twin.store.save(transfer)
    events.emit(twin, "transfer.reversed", transfer)
    return reversal


def _payment_refund(twin: Twin, reversal: Json, payment_id: str, transaction: str) -> Json:
    """Describe the reversal as the connected account sees it: a refund of the payment."""
    return {
        "id": reversal["destination_payment_refund"],
        "object": "refund",
        "amount": reversal["amount"],
        "balance_transaction": transaction,
        "charge": payment_id,
        "created": twin.now(),
        "currency": reversal["currency"],
        "metadata": {},
        "payment_intent": None,
        "reason": None,
        "source_transfer_reversal": reversal["id"],
        "status": "succeeded",
    }
