"""Page through objects, newest first, with Stripe's cursors."""

import json
from typing import Any

from stripe_twin.call import Call
from stripe_twin.errors import bad_param, missing
from stripe_twin.store import Json

NAMES = ("created", "ending_before", "limit", "starting_after")
BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(
    call: Call,
    kind: str,
    url: str,
    filters: dict[str, Any] | None = None,
    extra: tuple[str, tuple[Any, ...]] | None = None,
) -> Json:
    """Return one page of the caller's objects of a kind whose fields have the values of `filters`.

    `extra` is a further SQL condition with its values. Raises StripeRefusal for a bad limit or cursor.
    """
    params = call.params
    limit = _limit(params)
    clauses = ["kind = ?", "account = ?"]
    values: list[Any] = [kind, call.account]
    for path, value in (filters or {}).items():
        clauses.append(f"json_extract(body, '$.{path}') = ?")
        values.append(value)
    _add_created(params.get("created"), clauses, values)
    if extra:
        clauses.append(extra[0])
        values.extend(extra[1])
    backwards = "ending_before" in params
    for name, sign in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            clauses.append(f"seq {sign} ?")
            values.append(_position(call, kind, params[name], name))
    found = call.twin.store.rows(
        f"select body from objects where {' and '.join(clauses)} order by seq {'asc' if backwards else 'desc'} limit ?",  # noqa: S608
        *values, limit + 1,
    )  # fmt: skip
    bodies = [json.loads(row[0]) for row in found[:limit]]
    if backwards:
        bodies.reverse()
    return {"object": "list", "data": bodies, "has_more": len(found) > limit, "url": url}


def _limit(params: dict[str, Any]) -> int:
    """Return how many objects a page holds. Raises StripeRefusal for a bad limit or two cursors at once."""
    limit: int = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise bad_param("Limit must be between 1 and 100.", "limit")
    if "starting_after" in params and "ending_before" in params:
        raise bad_param(
            "You may only specify one of these parameters: starting_after, ending_before.", "starting_after"
        )
    return limit


def _add_created(created: Any, clauses: list[str], values: list[Any]) -> None:
    if isinstance(created, int):
        clauses.append("created = ?")
        values.append(created)
    for name, value in (created or {}).items() if isinstance(created, dict) else ():
        clauses.append(f"created {BOUNDS[name]} ?")
        values.append(value)


def _position(call: Call, kind: str, object_id: str, param: str) -> int:
    found = call.twin.store.rows(
        "select seq from objects where id = ? and kind = ? and account = ?", object_id, kind, call.account
    )
    if not found:
        raise missing(kind, object_id, param, status=400)
    return int(found[0][0])
