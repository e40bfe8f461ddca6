"""From score sheets to a ranking: pure arithmetic on integers, exact fractions and texts; no database, no clock.

An application's score is the mean of its sheets' totals (`sheet_rules.sheet_total`), rounded once as the call says. It
passes with the pass mark in all and the lowest score, on the members' mean, in each criterion. Those that pass stand in
the order of their scores; the call's tie rules, in their order, part equal ones. The fund is then given out down that
order. What an earlier final ranking has given is kept before anything else is given.
Source: L. 241/1990 art. 12, criteria and manner are fixed and published beforehand; here they are the call's own rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from math import floor

from vetting.contenders import (
    BY_PROTOCOL,
    Contender,
    DrawNeeded,
    Outcome,
    Place,
    RankingRules,
    Reason,
    Rounding,
    Tie,
    TieRule,
    Unscored,
)
from vetting.filling import fill
from vetting.sheet_rules import HUNDREDTHS, CriterionRule, NothingApplies, highest_total, sheet_total

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Standing:
    """An application with its score and the means of its criteria, in hundredths of a point."""

    contender: Contender
    score: int
    means: Mapping[str, Fraction | None]
    short: tuple[Reason, ...]
    first: Fraction


def rank(
    contenders: Iterable[Contender], criteria: Sequence[CriterionRule], rules: RankingRules
) -> list[Place]:
    """Return the ranking: those that pass by rank, then those below the pass mark by score, then the excluded.

    The order in which the applications are given does not matter. Raise DrawNeeded, Unscored.
    """
    known = sorted(contenders, key=lambda one: one.protocol)
    standings = [_standing(one, criteria, rules) for one in known if not one.exclusion]
    passing = sorted((one for one in standings if not one.short), key=lambda one: _key(one, rules))
    below = sorted(
        (one for one in standings if one.short), key=lambda one: (-one.score, one.contender.protocol)
    )
    ties = _ties(passing, rules)
    lasting = [one.contender for one in passing if not one.contender.renounced]
    given = fill(
        [(one.protocol, one.grant_cents, one.kept_cents) for one in lasting],
        fund_cents=rules.fund_cents,
        filling=rules.fund_fill,
        partial_cents=rules.partial_cents,
    )
    places = [
        _place(number, one.contender, one.score, given, ties.get(one.contender.protocol), rules)
        for number, one in enumerate(passing, 1)
    ]
    places += [
        Place(one.contender.protocol, None, one.score, Outcome.BELOW_PASS_MARK, 0, one.short) for one in below
    ]
    places += [
        Place(one.protocol, None, None, Outcome.EXCLUDED, 0, (Reason("excluded", one.exclusion),))
        for one in known
        if one.exclusion
    ]
    return places


def rounded(score: Fraction, rounding: Rounding) -> int:
    """Return a score in hundredths of a point, rounded half up or, where the call says so, cut off."""
    if rounding == Rounding.HUNDREDTHS_DOWN:
        return floor(score)
    step = {Rounding.HUNDREDTHS: 1, Rounding.TENTHS: 10, Rounding.WHOLE: HUNDREDTHS}[rounding]
    return floor(score / step + HALF) * step


def mean_total(contender: Contender, criteria: Sequence[CriterionRule]) -> Fraction:
    """Return the exact mean of an application's sheets in hundredths; a sheet that judges nothing is left out.

    Raise Unscored when no sheet judges it.
    """
    totals = []
    for sheet in contender.sheets:
        try:
            totals.append(sheet_total(sheet.points, criteria))
        except NothingApplies:
            continue
    if not totals:
        raise Unscored(contender.protocol)
    return sum(totals, Fraction(0)) / len(totals)


def mean_points(contender: Contender, key: str) -> Fraction | None:
    """Return the exact mean that the members gave to a criterion, in hundredths; None when it applies on no sheet."""
    given = [
        points.hundredths
        for sheet in contender.sheets
        for points in sheet.points
        if points.criterion_key == key and points.hundredths is not None
    ]
    return Fraction(sum(given), len(given)) if given else None


def _standing(contender: Contender, criteria: Sequence[CriterionRule], rules: RankingRules) -> Standing:
    """Work out the score of an application and what it is short of."""
    total = mean_total(contender, criteria)
    score = rounded(total, rules.rounding)
    means = {rule.key: mean_points(contender, rule.key) for rule in criteria}
    short = []
    if score < rules.pass_mark * HUNDREDTHS:
        short.append(Reason("below_total", "", score, rules.pass_mark * HUNDREDTHS))
    for rule in criteria:
        mean, needed = means[rule.key], rule.min_points * HUNDREDTHS
        if mean is not None and mean < needed:
            # Cut off, so that a mean just below the lowest score is not shown as that score.
            short.append(Reason("below_criterion", rule.name, floor(mean), needed))
    first = means[criteria[0].key]
    if first is None:
        # It neither helps nor harms: the application's own share of all points stands for it.
        first = total / highest_total(criteria) * criteria[0].max_points * HUNDREDTHS
    return Standing(contender, score, means, tuple(short), first)


def _tie_key(standing: Standing, rule: TieRule, rules: RankingRules) -> object:
    """Return what a tie rule compares; the smaller one stands ahead."""
    contender = standing.contender
    if rule == TieRule.FIRST_CRITERION:
        return -standing.first
    if rule == TieRule.EARLIER:
        return contender.submitted_at
    if rule == TieRule.CHEAPER:
        return contender.cost_cents
    seed = rules.draw_seed
    return sha256(f"{seed}:{contender.protocol}".encode()).hexdigest() if seed else ""


def _key(standing: Standing, rules: RankingRules) -> tuple[object, ...]:
    """Return what the ranking is sorted by."""
    parted = [_tie_key(standing, rule, rules) for rule in rules.tie_rules]
    return (-standing.score, *parted, standing.contender.protocol)


def _ties(passing: Sequence[Standing], rules: RankingRules) -> dict[str, Tie]:
    """Say for each application of a tie what parted it from the one before it, for the first from the one after it."""
    ties: dict[str, Tie] = {}
    for before, after in pairwise(passing):
        if before.score != after.score:
            continue
        upper, lower = before.contender.protocol, after.contender.protocol
        rule = next(
            (
                rule
                for rule in rules.tie_rules
                if _tie_key(before, rule, rules) != _tie_key(after, rule, rules)
            ),
            BY_PROTOCOL,
        )
        if rule == BY_PROTOCOL and TieRule.DRAW in rules.tie_rules and not rules.draw_seed:
            raise DrawNeeded([one.contender.protocol for one in passing if one.score == before.score])
        ties.setdefault(upper, Tie(rule, lower, is_ahead=True))
        ties[lower] = Tie(rule, upper, is_ahead=False)
    return ties


def _place(
    number: int,
    contender: Contender,
    score: int,
    given: Mapping[str, int],
    tie: Tie | None,
    rules: RankingRules,
) -> Place:
    """Say what a passing application gets, and why not the whole."""
    protocol, due = contender.protocol, contender.grant_cents
    if contender.renounced:
        why = Reason("renounced", contender.renounced)
        return Place(protocol, number, score, Outcome.RENOUNCED, 0, (why,), tie)
    if protocol in given:
        part = (Reason("partial", "", given[protocol], due),) if given[protocol] < due else ()
        return Place(protocol, number, score, Outcome.FUNDED, given[protocol], part, tie)
    outcome = Outcome.RESERVE if rules.has_reserve else Outcome.UNFUNDED
    return Place(protocol, number, score, outcome, 0, (Reason("fund_used_up", "", None, due),), tie)
