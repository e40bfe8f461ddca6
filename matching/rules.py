"""What a fund awards, offers, completes and settles: pure arithmetic on integer cents, basis points and instants.

    A     = min(G, AV)                                       the award; less than G only as the call's policy says
    final = min(A, E - ceil(E * t), max(0, E - D))           what is kept at the final report

with G the grant due that the call promised for the cost, AV the fund's available money, the campaign's own reservation
included, E the cost that was reported and approved, t the citizens' share and D the gifts the promoter kept. Gifts above
the threshold never raise A. Source: the Milan calls of 2015 ("up to 50,000 euro per project and until the fund is used
up") and of 2016 (the municipality pays "the remaining part, not covered").
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from calls.rules import threshold_cents
from civicfund.money import FULL_BP

#: Kept on every grant, so that anyone can recompute it with the formula of its day.
RULE_VERSION = "2026-2"


class Outcome(StrEnum):
    """What a fund does for a campaign that has reached its threshold."""

    #: The amount is awarded.
    AWARD = "award"
    #: The amount is set aside until the promoter accepts it or not.
    OFFER = "offer"
    #: The campaign waits, and everybody behind it in the line.
    WAIT = "wait"
    #: The campaign keeps its place, but it has declined as much already: the next one is served.
    SKIP = "skip"


@dataclass(frozen=True)
class Share:
    """What a fund does for a campaign now, and with how much; amount in cents."""

    outcome: Outcome
    amount_cents: int = 0


@dataclass(frozen=True)
class Settlement:
    """What of a grant is final after the report; amounts in cents."""

    final_cents: int
    #: Still to be paid to the promoter.
    balance_cents: int
    #: Paid in advance and more than what is final: the promoter gives it back.
    recovered_cents: int
    #: Awarded and not needed: it leaves the award.
    returned_cents: int


def has_reached(raised_cents: int, threshold_cents: int) -> bool:
    """Say whether citizens have given their share: "at least", so equal is enough."""
    return raised_cents >= threshold_cents


def order_key(
    reached_at: datetime, ranking_position: int | None, protocol_number: str
) -> tuple[datetime, bool, int, str]:
    """Return what orders two campaigns that have reached: the second, then the ranking, then the protocol number.

    A campaign without a place in a ranking comes after those with one. Source: L. 241/1990 art. 12, criteria decided
    beforehand and verifiable.
    """
    unranked = ranking_position is None
    return reached_at.replace(microsecond=0), unranked, ranking_position or 0, protocol_number


def share(
    due_cents: int, available_cents: int, *, policy: str, min_partial_cents: int = 1, declined_cents: int = 0
) -> Share:
    """Return what a fund does for a campaign with this grant due.

    `policy` is "auto", "offer" or "none"; a part below `min_partial_cents` is not worth giving. `declined_cents` is the
    largest part its promoter has declined or let expire: only more than that is offered again.
    """
    if available_cents >= due_cents:
        return Share(Outcome.AWARD, due_cents)
    if policy == "offer" and 0 < available_cents <= declined_cents:
        return Share(Outcome.SKIP)
    if policy == "none" or available_cents < max(min_partial_cents, 1):
        return Share(Outcome.WAIT)
    return Share(Outcome.AWARD if policy == "auto" else Outcome.OFFER, available_cents)


def completion_cents(due_cents: int, awarded_cents: int, available_cents: int) -> int:
    """Return what a partial award gets when there is money again: what is missing, as far as it goes."""
    return max(min(due_cents - awarded_cents, available_cents), 0)


def advance_cents(award_cents: int, advance_bp: int) -> int:
    """Return the largest advance of an award, rounded down."""
    return award_cents * advance_bp // FULL_BP


def final_cents(
    award_cents: int, eligible_cents: int, threshold_bp: int, kept_cents: int, policy: str
) -> int:
    """Return the grant that is final for an approved cost.

    `kept_cents` are the gifts the promoter kept, gross and net of what went back. With the policy "remaining" citizens'
    and municipality's money together never exceed the cost; with "fixed_half" the promised share stays whatever was given.
    """
    public = eligible_cents - threshold_cents(eligible_cents, threshold_bp)
    final = min(award_cents, public)
    if policy == "remaining":
        final = min(final, eligible_cents - kept_cents)
    return max(final, 0)


def settlement(award_cents: int, advance_cents: int, final_cents: int) -> Settlement:
    """Return what is still paid, recovered from the advance, and left of the award, once the final grant is known."""
    return Settlement(
        final_cents=final_cents,
        balance_cents=max(final_cents - advance_cents, 0),
        recovered_cents=max(advance_cents - final_cents, 0),
        returned_cents=award_cents - final_cents,
    )


def pace_cents(raised_cents: int, elapsed_seconds: int, whole_seconds: int) -> int:
    """Return what a campaign raises until its deadline if it goes on as it has gone so far, rounded down."""
    if elapsed_seconds <= 0:
        return raised_cents
    return raised_cents * max(whole_seconds, elapsed_seconds) // elapsed_seconds


@dataclass(frozen=True)
class Forecast:
    """What a fund would owe in three cases, and what it has for it; amounts in cents."""

    fund_cents: int
    if_none_cents: int
    at_pace_cents: int
    if_all_cents: int
    #: Live campaigns that have not reached, and those of them that would at today's pace.
    live: int
    live_at_pace: int

    @property
    def short_cents(self) -> int:
        """Return what would be missing if every live campaign got there."""
        return max(self.if_all_cents - self.fund_cents, 0)


@dataclass(frozen=True)
class Runner:
    """A live campaign as a forecast sees it: its shares in cents and its time in seconds."""

    due_cents: int
    threshold_cents: int
    raised_cents: int
    elapsed_seconds: int
    whole_seconds: int
    #: How many people have given, where the call asks for a number of them.
    donors: int = 0
    min_donors: int = 0

    @property
    def gets_there(self) -> bool:
        """Say whether the threshold will be reached, by enough people, at the pace so far."""
        projected = pace_cents(self.raised_cents, self.elapsed_seconds, self.whole_seconds)
        people = pace_cents(self.donors, self.elapsed_seconds, self.whole_seconds)
        return has_reached(projected, self.threshold_cents) and people >= self.min_donors


def forecast(fund_cents: int, owed_cents: int, runners: list[Runner]) -> Forecast:
    """Return what a fund would owe: `owed_cents` already, and the grants due of those who get there."""
    arriving = [runner for runner in runners if runner.gets_there]
    return Forecast(
        fund_cents=fund_cents,
        if_none_cents=owed_cents,
        at_pace_cents=owed_cents + sum(runner.due_cents for runner in arriving),
        if_all_cents=owed_cents + sum(runner.due_cents for runner in runners),
        live=len(runners),
        live_at_pace=len(arriving),
    )
