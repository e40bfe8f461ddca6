"""A sheet's total as tables and as properties: weights scale, and what does not apply is never a zero."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetting.sheet_rules import (
    CriterionRule,
    NothingApplies,
    Points,
    PointsOutOfRange,
    SheetIncomplete,
    below_minimum,
    highest_total,
    sheet_total,
    spread_of,
    without_points,
)

#: Highest score, lowest to pass, weight in basis points.
MILAN = [("use", 30, 15, 10_000), ("new", 30, 0, 10_000), ("lasts", 40, 20, 10_000)]
WEIGHTED = [("use", 10, 6, 40_000), ("new", 10, 0, 20_000), ("lasts", 5, 0, 80_000)]


def rules(rows):
    """Return criteria named by their keys."""
    return [CriterionRule(key, key, most, least, weight) for key, most, least, weight in rows]


def points(rows, given_points):
    """Return points in the order of the criteria."""
    return [Points(row[0], hundredths) for row, hundredths in zip(rows, given_points, strict=True)]


@pytest.mark.parametrize(
    ("rows", "given_points", "total"),
    [
        (MILAN, (3000, 3000, 4000), 10_000),
        (MILAN, (0, 0, 0), 0),
        (MILAN, (1550, 2000, 3025), 6575),
        # What applies is 60 of 100 points, of which 45 were given.
        (MILAN, (2500, 2000, None), 7500),
        (MILAN, (None, None, 1000), 2500),
        # A third: exact, rounded by nobody here.
        (MILAN, (1000, None, None), Fraction(10_000, 3)),
        (WEIGHTED, (1000, 1000, 500), 10_000),
        (WEIGHTED, (500, 1000, 0), 4000),
        (WEIGHTED, (500, None, 250), 5000),
    ],
)
def test_sheet_total(rows, given_points, total):
    assert sheet_total(points(rows, given_points), rules(rows)) == total


@pytest.mark.parametrize(
    ("given_points", "error"),
    [
        ((3001, 0, 0), PointsOutOfRange),
        ((-1, 0, 0), PointsOutOfRange),
        ((None, None, None), NothingApplies),
    ],
)
def test_sheet_total_of_what_is_no_sheet(given_points, error):
    with pytest.raises(error):
        sheet_total(points(MILAN, given_points), rules(MILAN))


@pytest.mark.parametrize(
    "scores",
    [
        [Points("use", 1), Points("new", 1)],
        [*points(MILAN, (1, 1, 1)), Points("use", 1)],
        [*points(MILAN, (1, 1, 1)), Points("else", 1)],
    ],
)
def test_sheet_total_asks_for_every_criterion_once(scores):
    with pytest.raises(SheetIncomplete):
        sheet_total(scores, rules(MILAN))


def test_sheet_total_of_a_criterion_that_weighs_nothing_and_no_other():
    rows = [("a", 10, 0, 0), ("b", 10, 0, 10_000)]
    with pytest.raises(NothingApplies):
        sheet_total(points(rows, (500, None)), rules(rows))
    assert sheet_total(points(rows, (0, 500)), rules(rows)) == 500


def test_below_minimum_leaves_out_what_does_not_apply():
    assert below_minimum(points(MILAN, (1499, 0, 2000)), rules(MILAN)) == ["use"]
    assert below_minimum(points(MILAN, (1500, 0, None)), rules(MILAN)) == []
    assert below_minimum([], rules(MILAN)) == []


def test_without_points_counts_what_does_not_apply_as_said():
    assert without_points([Points("new", None)], rules(MILAN)) == ["use", "lasts"]


@pytest.mark.parametrize(
    ("totals", "outliers"),
    [
        ((6000, 6100, 9000), (2,)),
        ((6000, 6100, 8100), ()),
        ((6000, 6100, 8101), (2,)),
        # Two say nothing about which of them stands out.
        ((0, 10_000), ()),
        ((1000, 6000, 6000, 6000), (0,)),
    ],
)
def test_spread_of_tells_who_stands_out(totals, outliers):
    spread = spread_of([Fraction(total) for total in totals], Fraction(10_000))
    assert spread.outliers == outliers
    assert (spread.lowest, spread.highest) == (min(totals), max(totals))
    assert spread.mean * len(totals) == sum(totals)


def test_spread_of_nothing():
    assert spread_of([], Fraction(1)) is None


@st.composite
def sheets(draw):
    """Return criteria, and points of which at least one applies."""
    rows = draw(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50_000)), min_size=1, max_size=6))
    criteria = [CriterionRule(str(place), "", most, 0, weight) for place, (most, weight) in enumerate(rows)]
    given_points = [draw(st.none() | st.integers(0, rule.max_points * 100)) for rule in criteria]
    always = draw(st.integers(0, len(criteria) - 1))
    if given_points[always] is None:
        given_points[always] = draw(st.integers(0, criteria[always].max_points * 100))
    return criteria, [Points(rule.key, one) for rule, one in zip(criteria, given_points, strict=True)]


@given(sheets(), st.integers(1, 7))
def test_weights_scale(sheet, times):
    criteria, scores = sheet
    heavier = [CriterionRule(rule.key, "", rule.max_points, 0, rule.weight_bp * times) for rule in criteria]
    assert sheet_total(scores, heavier) == sheet_total(scores, criteria) * times


@given(sheets())
def test_total_lies_between_nothing_and_the_highest_whatever_the_order(sheet):
    criteria, scores = sheet
    total = sheet_total(scores, criteria)
    assert 0 <= total <= highest_total(criteria)
    assert sheet_total(reversed(scores), list(reversed(criteria))) == total


@given(sheets())
def test_what_does_not_apply_is_never_a_zero(sheet):
    criteria, scores = sheet
    as_zeros = [Points(one.criterion_key, one.hundredths or 0) for one in scores]
    left_out, counted = sheet_total(scores, criteria), sheet_total(as_zeros, criteria)
    assert left_out >= counted
    if any(one.hundredths is None for one in scores) and counted > 0:
        assert left_out > counted


@given(sheets())
def test_full_points_where_it_applies_are_the_highest_total(sheet):
    criteria, scores = sheet
    full = [
        Points(one.criterion_key, None if one.hundredths is None else rule.max_points * 100)
        for one, rule in zip(scores, criteria, strict=True)
    ]
    assert sheet_total(full, criteria) == highest_total(criteria)
