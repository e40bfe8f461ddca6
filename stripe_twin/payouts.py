"""Pay what an account has to its owner's bank: under way for a moment, then there, or back again."""

from stripe_twin import accounts, balances, events, lists, rules
from stripe_twin.call import Call
from stripe_twin.errors import bad_param, missing, refused
from stripe_twin.params import check_metadata
from stripe_twin.store import Json
from stripe_twin.twin import Twin

ARRIVES_AFTER = 2
CREATE = ("amount", "currency", "description", "metadata", "method", "statement_descriptor")
OUTCOMES = ("paid", "failed", "canceled")
NOTHING = ("application_fee", "application_fee_amount", "failure_balance_transaction", "failure_code",
           "failure_message", "original_payout", "payout_method", "reversed_by", "trace_id")  # fmt: skip


def create(call: Call) -> Json:
    """Pay cents of the caller's balance to its bank; `POST /v1/payouts`."""
    params, twin = call.params, call.twin
    rules.modelled(params, CREATE)
    amount, currency = params["amount"], params["currency"]
    if amount < 1:
        raise bad_param("Invalid positive integer", "amount", "parameter_invalid_integer")
    if params.get("method", "standard") != "standard":
        raise bad_param("The local Stripe models only method=standard.", "method", "not_modelled")
    if call.account and not accounts.find(twin, call.account)["payouts_enabled"]:
        raise refused("Payouts are not enabled for this account.", "payouts_not_allowed")
    if amount > balances.available(twin, currency, call.account):
        raise refused("You have insufficient funds in your Stripe account.", "balance_insufficient")
    return _new_payout(call, amount, currency)


def _new_payout(call: Call, amount: int, currency: str) -> Json:
    params, twin = call.params, call.twin
    payout_id = twin.new_id("po_")
    moved = balances.post(twin, "payout", -amount, currency, source=payout_id, account=call.account)
    payout: Json = {
        "id": payout_id,
        "object": "payout",
        **dict.fromkeys(NOTHING),
        "amount": amount,
        "arrival_date": twin.now() + 86400,
        "automatic": False,
        "balance_transaction": moved["id"],
        "created": twin.now(),
        "currency": currency,
        "description": params.get("description"),
        "destination": twin.scramble(f"bank:{call.account}", 24),
        "livemode": False,
        "metadata": check_metadata(params.get("metadata")),
        "method": "standard",
        "reconciliation_status": "not_applicable",
        "source_type": "card",
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "pending",
        "type": "bank_account",
        "_account": call.account,
    }
    twin.store.add(payout, call.account)
    events.emit(twin, "payout.created", payout, account=call.account)
    outcome = _next_outcome(twin)
    if outcome:
        twin.later(ARRIVES_AFTER, "payout.settle", payout_id, outcome)
    return payout


def _next_outcome(twin: Twin) -> str:
    """Return how the next payout ends, as the control API asked; nothing leaves it under way."""
    wish = twin.store.setting("next_payouts")
    if wish and wish["count"] > 0:
        twin.store.set_setting("next_payouts", {**wish, "count": wish["count"] - 1})
        return "" if wish["status"] == "pending" else str(wish["status"])
    return "paid"


def settle(twin: Twin, payout_id: str, status: str) -> Json:
    """Bring a payout to its outcome and tell; money that does not arrive comes back to the account."""
    payout = find(twin, payout_id)
    if payout["status"] in ("failed", "canceled") or payout["status"] == status:
        return payout
    payout["status"] = status
    if status in ("failed", "canceled"):
        kind = "payout_failure" if status == "failed" else "payout_cancel"
        back = balances.post(
            twin, kind, payout["amount"], payout["currency"], source=payout_id, account=payout["_account"]
        )
        payout.update(failure_balance_transaction=back["id"], failure_code="account_closed",
                      failure_message="The bank account has been closed")  # fmt: skip
    twin.store.save(payout)
    events.emit(twin, f"payout.{status}", payout, account=payout["_account"])
    return payout


def find(twin: Twin, payout_id: str) -> Json:
    """Return a payout by id, or raise the 404 refusal."""
    payout = twin.store.get(payout_id, "payout")
    if payout is None:
        raise missing("payout", payout_id)
    return payout


def list_all(call: Call) -> Json:
    """List the caller's payouts; `GET /v1/payouts`."""
    names = ("status",)
    rules.modelled(call.params, (*lists.NAMES, *names))
    return lists.page(
        call, "payout", "/v1/payouts", {name: call.params[name] for name in names if name in call.params}
    )
