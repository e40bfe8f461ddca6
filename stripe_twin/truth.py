"""Add everything up from the bottom: the oracle that tests compare the platform's books with."""

import json
from collections import Counter
from typing import Any

from stripe_twin.clock import iso
from stripe_twin.store import Json
from stripe_twin.twin import Twin

PLATFORM = "platform"


def truth(twin: Twin) -> Json:
    """Return balances, charges, refunds, disputes, intents and sessions in one object; amounts in cents."""
    with twin.store.lock:
        balances = _balances(twin, "select account, currency, amount from balances")
        summed = _balances(
            twin,
            "select account, json_extract(body, '$.currency'), sum(json_extract(body, '$.net')) from objects"
            " where kind = 'balance_transaction' group by 1, 2",
        )
        intents = _intents(twin)
        return {
            "now": iso(twin.clock.now()),
            "balances": balances,
            "transactions": summed,
            "adds_up": balances == summed and all(one["adds_up"] for one in intents.values()),
            "charges": _sum(one for one in _bodies(twin, "charge") if one["status"] == "succeeded"),
            "refunds": _by_status(_bodies(twin, "refund")),
            "disputes": _by_status(_bodies(twin, "dispute")),
            "payment_intents": intents,
            "sessions": dict(Counter(one["status"] for one in _bodies(twin, "checkout.session"))),
            "events": dict(Counter(one["type"] for one in _bodies(twin, "event", None))),
            "deliveries": dict(twin.store.rows("select state, count(*) from deliveries group by state")),
        }


def _bodies(twin: Twin, kind: str, account: str | None = "") -> list[Json]:
    found = twin.store.rows(
        "select body from objects where kind = ? and (account = ? or ?) order by seq",
        kind,
        account,
        account is None,
    )
    return [json.loads(row[0]) for row in found]


def _balances(twin: Twin, sql: str) -> dict[str, dict[str, int]]:
    result: dict[str, dict[str, int]] = {}
    for account, currency, amount in sorted(twin.store.rows(sql)):
        result.setdefault(account or PLATFORM, {})[currency] = amount
    return result


def _sum(bodies: Any) -> Json:
    amounts = [body["amount"] for body in bodies]
    return {"count": len(amounts), "amount": sum(amounts)}


def _by_status(bodies: list[Json]) -> dict[str, Json]:
    return {
        status: _sum(one for one in bodies if one["status"] == status)
        for status in sorted({b["status"] for b in bodies})
    }


def _intents(twin: Twin) -> dict[str, Json]:
    sessions = {one["id"]: one for one in _bodies(twin, "checkout.session")}
    refunds, disputes = _bodies(twin, "refund"), _bodies(twin, "dispute")
    refunded: Counter[str] = Counter()
    disputed: Counter[str] = Counter()
    for one in refunds:
        refunded[one["charge"]] += one["amount"] if one["status"] not in ("failed", "canceled") else 0
    for one in disputes:
        disputed[one["charge"]] += one["amount"] if one["status"] != "won" else 0
    charges = {one["id"]: one for one in _bodies(twin, "charge")}
    result = {}
    for intent in _bodies(twin, "payment_intent"):
        charge = charges.get(intent["latest_charge"])
        session = sessions[intent["_session"]]
        result[intent["id"]] = {
            "amount": intent["amount"],
            "currency": intent["currency"],
            "status": intent["status"],
            "received": intent["amount_received"],
            "charge": intent["latest_charge"],
            "refunded": refunded[intent["latest_charge"]],
            "disputed": disputed[intent["latest_charge"]],
            "destination": (intent["transfer_data"] or {}).get("destination"),
            "session": session["id"],
            "client_reference_id": session["client_reference_id"],
            "metadata": intent["metadata"],
            "adds_up": charge is None or charge["amount_refunded"] == refunded[charge["id"]],
        }
    return result
