"""How a campaign's money is drawn and told, how long it may be held, and who has a word when: no database, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

#: The bar is the whole cost of the project, in parts of a thousand.
BAR = 1000
NEARLY_THERE_PERCENT = 90
#: Stripe pays an account out by itself, or gives the money back, when it was held for so many days.
HOLDING_DAYS = 90
#: The days kept after the deadline for closing a campaign and deciding its payout or refunds.
DECISION_DAYS = 20
#: From so many days after the first gift on, money still held is an alarm.
HOLDING_ALARM_DAYS = 80
#: A project that did not make it may say thank you and explain itself for so long after its outcome.
LAST_WORDS_DAYS = 30
#: The longest word that tells links of a campaign apart.
LONGEST_SOURCE = 24


@dataclass(frozen=True)
class Gate:
    """The gate bar: the citizens' share up to the gate, the municipality's share behind it. Amounts in cents."""

    state: str
    raised_cents: int
    threshold_cents: int
    grant_cents: int
    own_cents: int
    cost_cents: int
    missing_cents: int
    percent: int
    fill: int
    gate: int
    city: int
    own: int
    beyond: int


@dataclass(frozen=True)
class GiftPromise:
    """What one more gift does, in cents: what is missing after it, and whether it opens the gate."""

    amount_cents: int
    missing_after_cents: int
    reaches: bool
    was_reached: bool


@dataclass(frozen=True)
class Surplus:
    """What gifts above the threshold do, in cents: first they take the place of the promoter's own share."""

    #: Of the promoter's own share, what gifts have covered and what is left to the promoter.
    covered_cents: int
    own_left_cents: int
    #: Gifts and grant together above the cost.
    beyond_cents: int


def gate(
    *,
    cost_cents: int,
    threshold_cents: int,
    grant_cents: int,
    raised_cents: int,
    ended: str = "",
    grant_state: str = "",
) -> Gate:
    """Return the bar of a campaign.

    `ended` names a campaign that is not simply running or succeeded ("failed", "suspended", "withdrawn", "cure",
    "keeping", "kept"), `grant_state` that of the municipality's share: "reserved",
    "waitlisted", "offered", "awarded", "returned", "refused", "revoked" or nothing.
    """
    fill = _part(min(raised_cents, threshold_cents), cost_cents)
    edge = _part(threshold_cents, cost_cents)
    city = _part(grant_cents, cost_cents)
    percent = raised_cents * 100 // threshold_cents
    return Gate(
        state=ended or _state(percent, raised_cents, threshold_cents, grant_state),
        raised_cents=raised_cents,
        threshold_cents=threshold_cents,
        grant_cents=grant_cents,
        own_cents=cost_cents - threshold_cents - grant_cents,
        cost_cents=cost_cents,
        missing_cents=max(threshold_cents - raised_cents, 0),
        percent=percent,
        fill=fill if fill or not raised_cents else 1,
        gate=edge,
        city=city,
        own=max(BAR - edge - city, 0) if cost_cents - threshold_cents - grant_cents else 0,
        beyond=min(_part(raised_cents, cost_cents), BAR) if raised_cents > threshold_cents else 0,
    )


def surplus(received_cents: int, threshold_cents: int, own_cents: int) -> Surplus:
    """Return what gifts above the threshold do for a promoter who adds an own share; amounts in cents."""
    above = max(received_cents - threshold_cents, 0)
    covered = min(above, own_cents)
    return Surplus(covered, own_cents - covered, above - covered)


def after_gift(amount_cents: int, raised_cents: int, threshold_cents: int) -> GiftPromise:
    """Return what a gift of this amount would do now."""
    missing = max(threshold_cents - raised_cents, 0)
    return GiftPromise(
        amount_cents=amount_cents,
        missing_after_cents=max(missing - amount_cents, 0),
        reaches=0 < missing <= amount_cents,
        was_reached=missing == 0,
    )


def is_reached(raised_cents: int, threshold_cents: int, donors: int, min_donors: int) -> bool:
    """Say whether citizens have given their share and are enough: "at least", so equal is enough."""
    return raised_cents >= threshold_cents and donors >= min_donors


def holding_limit(first_gift_at: datetime) -> datetime:
    """Return the instant until which Stripe may hold a gift. Source: Stripe's rules for payouts by hand, 90 days."""
    return first_gift_at + timedelta(days=HOLDING_DAYS)


def latest_deadline(first_gift_at: datetime) -> datetime:
    """Return the latest deadline that leaves the days needed to decide before the first gift's limit."""
    return holding_limit(first_gift_at) - timedelta(days=DECISION_DAYS)


def fits_holding(opens_at: datetime, closes_at: datetime) -> bool:
    """Say whether a campaign, which may get its first gift as soon as it opens, ends early enough."""
    return closes_at <= latest_deadline(opens_at)


def _part(cents: int, whole_cents: int) -> int:
    """Return how many thousandths of the whole an amount is, rounded down."""
    return cents * BAR // whole_cents


def _state(percent: int, raised_cents: int, threshold_cents: int, grant_state: str) -> str:
    """Return the word for how far a living campaign is."""
    if grant_state == "awarded":
        return "above" if raised_cents > threshold_cents else "released"
    if raised_cents >= threshold_cents:
        waiting = {"waitlisted": "waiting", "offered": "waiting", "refused": "without", "revoked": "without"}
        return waiting.get(grant_state, "reached")
    if raised_cents == 0:
        return "empty"
    return "near" if percent >= NEARLY_THERE_PERCENT else "filling"


def may_tell(*, status: str, settled_at: datetime | None, now: datetime) -> bool:
    """Say whether a promoter publishes updates at an instant: while the campaign runs, and for good once it has succeeded.

    One that has not been reached has thirty days for last words; one that is suspended or withdrawn has none.
    """
    if status in ("open", "closing", "cure", "keeping", "succeeded"):
        return True
    fresh = settled_at is not None and now < settled_at + timedelta(days=LAST_WORDS_DAYS)
    return status in ("failed", "refunded") and fresh


def may_ask(*, status: str) -> bool:
    """Say whether citizens ask a campaign's promoter, who answers, in public: while it runs and once it has succeeded."""
    return status in ("open", "closing", "cure", "keeping", "succeeded")


def may_show(*, status: str) -> bool:
    """Say whether a promoter adds pictures, videos and documents: while the page is written and as long as it tells."""
    return status in ("draft", "scheduled", "open", "closing", "cure", "keeping", "succeeded")


def source_word(text: str) -> str:
    """Return the word a link was given to tell where gifts come from; nothing for what is no such word."""
    word = text.strip().lower()
    is_plain = word.isascii() and word.replace("-", "").isalnum()
    return word if is_plain and len(word) <= LONGEST_SOURCE else ""
