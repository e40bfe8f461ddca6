"""What a call promises for a cost: pure arithmetic on integer cents and basis points.

With C the admitted cost, t and g the threshold and grant shares and CAP the cap per project:

    T   = ceil(C * t)              the citizens' share, the threshold that unlocks the grant
    G   = min(floor(C * g), C - T, CAP)    the grant due, if the fund allows
    own = C - T - G                what the promoter adds when the cap binds

T rounds up and G rounds down, so the public share never exceeds its percentage and T + G + own = C to the cent.
Source: the Milan calls of 2015 to 2024 ("at least 50 % of the estimated cost", "the remaining part, up to ...").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from civicfund.money import CENTS, FULL_BP

#: What a card payment costs, and how large a gift is, when a fee is proposed for a budget.
FEE_BP = 150
FEE_CENTS = 25
MEAN_GIFT_CENTS = 7500


def end_of_day(instant: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the midnight of a zone that ends the day so many days after an aware instant's own."""
    last = instant.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime(last.year, last.month, last.day, tzinfo=zone)


@dataclass(frozen=True)
class Promise:
    """The shares of a cost, in cents: threshold, grant due and the promoter's own share."""

    cost_cents: int
    threshold_cents: int
    grant_cents: int
    own_cents: int


def threshold_cents(cost_cents: int, threshold_bp: int) -> int:
    """Return the citizens' share of a cost, rounded up to the cent: "at least" is never missed by a fraction."""
    return -(-cost_cents * threshold_bp // FULL_BP)


def grant_due_cents(cost_cents: int, threshold_bp: int, grant_bp: int, cap_cents: int) -> int:
    """Return the municipality's share of a cost, rounded down, never above its cap nor above what is left."""
    left = cost_cents - threshold_cents(cost_cents, threshold_bp)
    return min(cost_cents * grant_bp // FULL_BP, left, cap_cents)


def promise(cost_cents: int, threshold_bp: int, grant_bp: int, cap_cents: int) -> Promise:
    """Return what a call with these shares (basis points) and this cap (cents) promises for a cost."""
    threshold = threshold_cents(cost_cents, threshold_bp)
    grant = grant_due_cents(cost_cents, threshold_bp, grant_bp, cap_cents)
    return Promise(cost_cents, threshold, grant, cost_cents - threshold - grant)


def cost_is_admitted(cost_cents: int, cost_min_cents: int, cost_max_cents: int | None) -> bool:
    """Say whether a cost lies within the limits of the call; a call without a ceiling admits any larger cost."""
    return cost_min_cents <= cost_cents and (cost_max_cents is None or cost_cents <= cost_max_cents)


def proposed_fee_cents(threshold_cents: int) -> int:
    """Return what Stripe's fees on gifts of the size usual in Milan would take of a threshold, rounded up to the euro.

    1.5 % and 25 cents a gift for cards of the European Economic Area; the mean gift of the 2020 edition was 75 euro.
    """
    gifts = -(-threshold_cents // MEAN_GIFT_CENTS)
    fee = -(-threshold_cents * FEE_BP // FULL_BP) + gifts * FEE_CENTS
    return -(-fee // CENTS) * CENTS


def kind_is_admitted(kind: str, eligible_kinds: Sequence[str]) -> bool:
    """Say whether bodies of a kind may apply."""
    return kind in eligible_kinds


def borough_is_admitted(borough: int, excluded_boroughs: Sequence[int]) -> bool:
    """Say whether projects in a borough may apply."""
    return borough not in excluded_boroughs


def duration_is_admitted(months: int, months_max: int) -> bool:
    """Say whether a project lasts at least one month and not too long."""
    return 1 <= months <= months_max


def seat_is_admitted(city: str, seat_city: str, promised: bool) -> bool:
    """Say whether a body has its seat where the call asks for it, or may promise to open one and does."""
    return not seat_city or promised or _plain(city) == _plain(seat_city)


def _plain(name: str) -> str:
    """Return a name of a place without what people write differently."""
    return " ".join(name.split()).casefold()


def example_costs(
    cost_min_cents: int, cost_max_cents: int | None, grant_bp: int, cap_cents: int
) -> list[int]:
    """Return some admitted costs in cents that show a call's rules: its limits, and around where the cap binds."""
    binding = cap_cents * FULL_BP // grant_bp
    wanted = {cost_min_cents, binding // 2, binding, cost_max_cents or binding * 3 // 2}
    return sorted(
        cost for cost in wanted if cost > 0 and cost_is_admitted(cost, cost_min_cents, cost_max_cents)
    )
