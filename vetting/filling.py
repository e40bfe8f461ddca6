"""How a fund is given out down a ranking: pure arithmetic on integer cents."""

from collections.abc import Sequence
from enum import StrEnum


class Filling(StrEnum):
    """What happens at a place whose grant the fund does not cover; the values are those of the call's column."""

    #: The giving ends there: nobody further down is preferred because the project is smaller.
    IN_ORDER = "in_order"
    #: It is passed over, and the next ones that fit are given theirs.
    SKIP = "skip"
    #: Every project that passes may collect; the order of reaching the threshold shares out the fund later.
    ALL = "all"


def fill(
    places: Sequence[tuple[str, int, int]], *, fund_cents: int, filling: Filling, partial_cents: int | None
) -> dict[str, int]:
    """Return what each place that gets something is given, in cents: places are (name, grant due, kept) in order.

    What is kept from before is given first, so that nobody loses what a final ranking gave; then the rest goes down the
    order. A part is given where the call gives parts, from `partial_cents` on; it ends the giving.
    """
    given = {name: kept for name, _due, kept in places if kept}
    if filling == Filling.ALL:
        return {name: due for name, due, _kept in places}
    left = max(0, fund_cents - sum(given.values()))
    for name, due, kept in places:
        missing = due - kept
        if missing <= left:
            given[name] = max(due, kept)
            left -= max(0, missing)
        elif partial_cents is not None and left >= partial_cents:
            given[name] = kept + left
            return given
        elif filling == Filling.IN_ORDER:
            return given
    return given
