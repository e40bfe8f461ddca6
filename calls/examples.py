"""Worked examples of a call's rules, computed by the functions that release the money; the same on every page that shows some."""

from typing import Any, NamedTuple

from calls.models import Call
from calls.rules import Promise
from calls.services.eligibility import cost_fault


class Example(NamedTuple):
    """What a call says to a cost in cents: its promise, or why it does not admit it, in the reader's language."""

    cost_cents: int
    promise: Promise | None
    fault: str = ""

    @property
    def bar(self) -> dict[str, Any]:
        """Return what the gate bar draws: everything given, each share in thousandths of the cost."""
        if self.promise is None:
            return {}
        gate, city = (
            cents * 1000 // self.cost_cents
            for cents in (self.promise.threshold_cents, self.promise.grant_cents)
        )
        own = 1000 - gate - city if self.promise.own_cents else 0
        # What rounding leaves belongs to the last share that is there.
        city = 1000 - gate - own
        return {"uid": "example", "state": "released", "gate": gate, "fill": gate, "city": city, "own": own}


def example_of(call: Call, cost_cents: int) -> Example:
    """Work one cost out."""
    fault = cost_fault(call, cost_cents)
    return Example(cost_cents, None if fault else call.promise(cost_cents), fault)


def worked_examples(call: Call) -> list[Example]:
    """Work out costs that show the rules: the limits, where the cap binds, and one beyond the ceiling."""
    costs = call.example_costs()
    if call.cost_max_cents:
        costs.append(call.cost_max_cents * 6 // 5)
    return [example_of(call, cost) for cost in costs]
