"""What a score sheet says: pure arithmetic on integers and exact fractions; no database, no clock.

With p the points given to a criterion (in hundredths of a point), w its weight in basis points and m its highest score:

    total = sum(p * w) / sum(m * w over the criteria that apply) * sum(m * w over all criteria) / 10000

The total is in hundredths of a weighted point. A criterion that does not apply is left out of both sums it would have
weighed on, so that it neither helps nor harms: it is never counted as zero. Nothing is rounded here.
Source: the call's own criteria, frozen when it is published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from civicfund.money import FULL_BP

#: Points are kept and added in hundredths.
HUNDREDTHS = 100
#: A total this far from the median of an application's sheets, as a share of the highest total, stands out.
OUTLIER_BP = 2_000
#: Below so many sheets there is no median to stand away from.
OUTLIER_SHEETS = 3


class SheetIncomplete(ValueError):
    """Say that a criterion has neither points nor the mark that it does not apply, or one is unknown or named twice."""


class PointsOutOfRange(ValueError):
    """Say that points are below zero or above the highest score of their criterion."""


class NothingApplies(ValueError):
    """Say that a sheet leaves out every criterion: it judges nothing, so it has no total."""


@dataclass(frozen=True)
class CriterionRule:
    """What the call says of a criterion: points are whole points, the weight is in basis points."""

    key: str
    name: str
    max_points: int
    min_points: int
    weight_bp: int

    @property
    def full(self) -> int:
        """Return the highest score of the criterion, weighted, in points times basis points."""
        return self.max_points * self.weight_bp


@dataclass(frozen=True)
class Points:
    """What a member gave to a criterion, in hundredths of a point; None where the criterion does not apply."""

    criterion_key: str
    hundredths: int | None


@dataclass(frozen=True)
class Spread:
    """How far the sheets of one application lie apart; totals in hundredths of a weighted point, not rounded."""

    lowest: Fraction
    highest: Fraction
    mean: Fraction
    median: Fraction
    #: The places, in the order given, of the totals that stand out.
    outliers: tuple[int, ...]


def highest_total(criteria: Sequence[CriterionRule]) -> Fraction:
    """Return the total of a sheet that gives every criterion its highest score, in hundredths of a weighted point."""
    return Fraction(sum(rule.full for rule in criteria) * HUNDREDTHS, FULL_BP)


def sheet_total(scores: Iterable[Points], criteria: Sequence[CriterionRule]) -> Fraction:
    """Return the total of a whole sheet, in hundredths of a weighted point, exact.

    Raise SheetIncomplete, PointsOutOfRange, and NothingApplies when no criterion that weighs anything applies.
    """
    given = _by_criterion(scores, criteria)
    applicable = [rule for rule in criteria if given[rule.key] is not None]
    over = sum(rule.full for rule in applicable)
    if not over:
        raise NothingApplies
    earned = sum((given[rule.key] or 0) * rule.weight_bp for rule in applicable)
    return Fraction(earned, over) * sum(rule.full for rule in criteria) / FULL_BP


def below_minimum(scores: Iterable[Points], criteria: Sequence[CriterionRule]) -> list[str]:
    """Return the keys of the criteria whose points are below the lowest score to pass, in the call's order.

    A criterion that does not apply is not below anything.
    """
    given = {points.criterion_key: points.hundredths for points in scores}
    return [
        rule.key
        for rule in criteria
        if (hundredths := given.get(rule.key)) is not None and hundredths < rule.min_points * HUNDREDTHS
    ]


def without_points(scores: Iterable[Points], criteria: Sequence[CriterionRule]) -> list[str]:
    """Return the keys of the criteria about which a sheet says nothing yet, in the call's order."""
    given = {points.criterion_key for points in scores}
    return [rule.key for rule in criteria if rule.key not in given]


def spread_of(totals: Sequence[Fraction], highest: Fraction) -> Spread | None:
    """Return how far totals lie apart, out of the highest possible; None when there is none.

    A total stands out when it is further from the median than a fifth of the highest possible, among three or more.
    """
    if not totals:
        return None
    middle = Fraction(median(totals))
    limit = highest * OUTLIER_BP / FULL_BP
    outliers = [place for place, total in enumerate(totals) if abs(total - middle) > limit]
    return Spread(
        lowest=min(totals),
        highest=max(totals),
        mean=sum(totals, Fraction(0)) / len(totals),
        median=middle,
        outliers=tuple(outliers) if len(totals) >= OUTLIER_SHEETS else (),
    )


def _by_criterion(scores: Iterable[Points], criteria: Sequence[CriterionRule]) -> Mapping[str, int | None]:
    """Return the points by criterion; every criterion once, each within its range."""
    rules = {rule.key: rule for rule in criteria}
    given: dict[str, int | None] = {}
    for points in scores:
        if points.criterion_key not in rules or points.criterion_key in given:
            raise SheetIncomplete(points.criterion_key)
        limit = rules[points.criterion_key].max_points * HUNDREDTHS
        if points.hundredths is not None and not 0 <= points.hundredths <= limit:
            raise PointsOutOfRange(points.criterion_key)
        given[points.criterion_key] = points.hundredths
    missing = rules.keys() - given.keys()
    if missing:
        raise SheetIncomplete(*sorted(missing))
    return given
