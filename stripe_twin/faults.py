"""Make chosen requests fail, as the control API asked."""

from dataclasses import dataclass

from stripe_twin.store import Json
from stripe_twin.twin import Twin

STATUSES = (400, 402, 403, 404, 409, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Fault:
    """Say how one request fails: with a status, by a lost connection before or after the work, or late."""

    status: int | None = None
    drop: str | None = None
    delay_seconds: float = 0
    work: bool = False


def plan(twin: Twin, order: Json) -> Json:
    """Store an order of the control API; raises ValueError when it makes no sense."""
    status = order.get("status")
    if status not in (None, "drop_before", "drop_after", *STATUSES):
        raise ValueError(f"status must be drop_before, drop_after or one of {STATUSES}.")
    if status is None and not order.get("delay_seconds"):
        raise ValueError("Give a status or delay_seconds.")
    rule: Json = {
        "path": str(order["path"]),
        "method": str(order.get("method", "POST")).upper(),
        "status": status,
        "delay_seconds": float(order.get("delay_seconds", 0)),
        "work": bool(order.get("work", False)),
        "count": int(order.get("count", 1)),
    }
    with twin.store.transaction():
        twin.store.set_setting("faults", [*twin.store.setting("faults", []), rule])
    return rule


def take(twin: Twin, method: str, path: str) -> Fault:
    """Return the fault of this request and use it up; a fault without anything in it is a healthy request."""
    with twin.store.transaction():
        rules = twin.store.setting("faults", [])
        for rule in rules:
            if rule["path"] in path and rule["method"] in (method, "ANY") and rule["count"] > 0:
                rule["count"] -= 1
                twin.store.set_setting("faults", [one for one in rules if one["count"] > 0])
                status = rule["status"]
                drop = status.removeprefix("drop_") if isinstance(status, str) else None
                return Fault(status if drop is None else None, drop, rule["delay_seconds"], rule["work"])
    return Fault()
