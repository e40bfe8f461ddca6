"""Put whole objects where ids stand, as `expand[]` asks."""

import json
from typing import Any

from stripe_twin.errors import bad_param
from stripe_twin.store import Json
from stripe_twin.twin import Twin, public

DEEPEST = 4
EXPANDABLE = {
    "checkout.session": {"payment_intent", "line_items"},
    "payment_intent": {"latest_charge", "on_behalf_of", "transfer_data.destination"},
    "charge": {"balance_transaction", "failure_balance_transaction", "on_behalf_of", "payment_intent", "refunds",
               "source_transfer", "transfer", "transfer_data.destination"},
    "refund": {"balance_transaction", "charge", "failure_balance_transaction", "payment_intent",
               "source_transfer_reversal", "transfer_reversal"},
    "transfer": {"balance_transaction", "destination", "destination_payment", "source_transaction"},
    "transfer_reversal": {"balance_transaction", "destination_payment_refund", "source_refund", "transfer"},
    "balance_transaction": {"source"},
    "dispute": {"charge", "payment_intent"},
}  # fmt: skip


def expanded(twin: Twin, body: Json, paths: list[str]) -> Json:
    """Return the public form of an answer with every asked path expanded.

    Raises StripeRefusal for a path that Stripe does not expand or that is over four levels deep.
    """
    result = _public_answer(body)
    for index, path in enumerate(paths):
        steps = path.split(".")
        if len(steps) > DEEPEST + (steps[0] == "data"):
            raise bad_param("You cannot expand more than 4 levels of a property.", f"expand[{index}]")
        _expand(twin, result, steps, path, index)
    return result


def _public_answer(body: Json) -> Json:
    if body.get("object") == "list":
        return {**body, "data": [public(one) for one in body["data"]]}
    return public(body)


def _expand(twin: Twin, node: Any, steps: list[str], path: str, index: int) -> None:
    if not steps or node is None:
        return
    if node.get("object") == "list":
        if steps[0] != "data":
            raise _refusal(path, index)
        for one in node["data"]:
            _expand(twin, one, steps[1:], path, index)
        return
    step, rest = steps[0], steps[1:]
    known = EXPANDABLE.get(node["object"], set())
    if rest and f"{step}.{rest[0]}" in known:
        inner = node[step]
        step, rest = rest[0], rest[1:]
        if inner is None:
            return
    elif step in known:
        inner = node
    else:
        raise _refusal(path, index)
    inner[step] = _whole(twin, node, step, inner.get(step))
    _expand(twin, inner[step], rest, path, index)


def _refusal(path: str, index: int) -> Exception:
    return bad_param(f"This property cannot be expanded ({path}).", f"expand[{index}]")


def _whole(twin: Twin, node: Json, step: str, value: Any) -> Any:
    if (node["object"], step) == ("charge", "refunds") and value is None:
        found = twin.store.rows(
            "select body from objects where kind = 'refund' and json_extract(body, '$.charge') = ? order by seq desc",
            node["id"],
        )
        bodies = [public(json.loads(row[0])) for row in found]
        return _list(bodies, f"/v1/charges/{node['id']}/refunds")
    if step == "line_items" and value is None:
        session = twin.store.load(node["id"])
        return _list(
            [public(item) for item in session["_line_items"]],
            f"/v1/checkout/sessions/{node['id']}/line_items",
        )
    if isinstance(value, str):
        body = twin.store.get(value)
        return public(body) if body else value
    return value


def _list(bodies: list[Json], url: str) -> Json:
    return {"object": "list", "data": bodies, "has_more": False, "url": url}
