"""A ranking as tables and as properties: the order of input does not matter, ties have a stated reason, money goes down."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from io import StringIO
from itertools import pairwise
from random import Random

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from vetting.contenders import (
    Contender,
    DrawNeeded,
    Outcome,
    RankingRules,
    Reason,
    Rounding,
    Sheet,
    Tie,
    TieRule,
    Unscored,
)
from vetting.filling import Filling, fill
from vetting.ranking_csv import InputUnreadable, digest_of_input, read_input, write_input, write_places
from vetting.ranking_rules import rank, rounded
from vetting.sheet_rules import CriterionRule, Points

DAY = datetime(2026, 11, 1, 9, tzinfo=UTC)
USE = CriterionRule("1", "Utilità", 60, 30, 10_000)
NEW = CriterionRule("2", "Novità", 40, 0, 10_000)
RULES = RankingRules(
    pass_mark=60,
    rounding=Rounding.HUNDREDTHS,
    tie_rules=(TieRule.FIRST_CRITERION, TieRule.CHEAPER, TieRule.EARLIER),
    fund_fill=Filling.IN_ORDER,
    fund_cents=100,
    has_reserve=True,
)


def contender(name, *pairs, **changes):
    """Return an application with one sheet per pair of points for the two criteria, in hundredths."""
    sheets = tuple(
        Sheet(f"commissario {chr(65 + number)}", (Points("1", use), Points("2", new)))
        for number, (use, new) in enumerate(pairs)
    )
    fields = {"cost_cents": 100, "grant_cents": 50, "submitted_at": DAY, "sheets": sheets, **changes}
    return Contender(name, f"Progetto {name}", f"Ente {name}", **fields)


def told(places):
    """Return rank, protocol, score, outcome and grant of each place."""
    return [(one.rank, one.protocol, one.score, one.outcome.value, one.grant_cents) for one in places]


def ranked(*contenders, **changes):
    """Return the ranking of some applications under changed rules."""
    return rank(contenders, [USE, NEW], replace(RULES, **changes))


def test_rank_gives_the_fund_down_the_order_and_says_why_others_get_nothing():
    places = ranked(
        contender("P1", (4000, 3000), (5000, 3000)),
        contender("P2", (6000, 4000)),
        contender("P3", (3500, 3000), grant_cents=40),
        contender("P4", (3000, 2000)),
        contender("P5", (2999, 4000), (2999, 4000)),
        contender("P6", exclusion="Fuori termine."),
    )

    assert told(places) == [
        (1, "P2", 10_000, "funded", 50),
        (2, "P1", 7500, "funded", 50),
        (3, "P3", 6500, "reserve", 0),
        (None, "P5", 6999, "below_pass_mark", 0),
        (None, "P4", 5000, "below_pass_mark", 0),
        (None, "P6", None, "excluded", 0),
    ]
    assert [place.reasons for place in places[2:]] == [
        (Reason("fund_used_up", "", None, 40),),
        (Reason("below_criterion", "Utilità", 2999, 3000),),
        (Reason("below_total", "", 5000, 6000),),
        (Reason("excluded", "Fuori termine."),),
    ]


@pytest.mark.parametrize(
    ("score", "rounding", "hundredths"),
    [
        (Fraction(7_000_5, 10), "hundredths", 7001),
        (Fraction(7_000_49, 100), "hundredths", 7000),
        (Fraction(7_000_99, 100), "hundredths_down", 7000),
        (Fraction(7_005), "tenths", 7010),
        (Fraction(7_004_99, 100), "tenths", 7000),
        (Fraction(7_050), "whole", 7100),
        (Fraction(7_049), "whole", 7000),
    ],
)
def test_rounded(score, rounding, hundredths):
    assert rounded(score, Rounding(rounding)) == hundredths


def test_rank_rounds_before_it_asks_for_the_pass_mark():
    almost = contender("P1", (3000, 2999), (3000, 3000), (3000, 3000))

    assert ranked(almost)[0].outcome == Outcome.FUNDED
    assert ranked(almost, rounding=Rounding.HUNDREDTHS_DOWN)[0].outcome == Outcome.BELOW_PASS_MARK


def test_rank_leaves_out_what_does_not_apply():
    left_out = contender("P1", (4800, None), (6000, 2400))
    silent = contender("P2", (4500, 3000), (None, None))

    assert told(ranked(left_out, silent)) == [(1, "P1", 8200, "funded", 50), (2, "P2", 7500, "funded", 50)]
    with pytest.raises(Unscored, match="P3"):
        ranked(contender("P3", (None, None)))


@pytest.mark.parametrize(
    ("first", "second", "rules", "rule"),
    [
        ({"pairs": [(5000, 2000)]}, {"pairs": [(4000, 3000)]}, {}, "first_criterion"),
        ({"cost_cents": 90}, {"cost_cents": 91}, {}, "cheaper"),
        ({"submitted_at": DAY}, {"submitted_at": DAY + timedelta(microseconds=1)}, {}, "earlier"),
        ({}, {}, {}, "protocol"),
    ],
)
def test_rank_parts_equal_scores_by_the_rules_in_their_order(first, second, rules, rule):
    def made(name, pairs=((5000, 2000),), **fields):
        return contender(name, *pairs, **fields)

    places = ranked(made("P1", **first), made("P2", **second), **rules)

    assert [place.protocol for place in places] == ["P1", "P2"]
    assert [place.tie for place in places] == [Tie(rule, "P2", True), Tie(rule, "P1", False)]


def test_rank_draws_by_the_published_seed_and_each_order_can_come_out():
    equal = [contender(name, (5000, 2000)) for name in ("P1", "P2")]

    def drawn(seed):
        places = ranked(*equal, tie_rules=(TieRule.DRAW,), draw_seed=seed)
        assert {place.tie.rule for place in places} == {"draw"}
        return places[0].protocol

    assert {drawn(f"Lotto Milano 26.11.2026: {number}") for number in range(9)} == {"P1", "P2"}
    assert drawn("4 8 15") == drawn("4 8 15")


def test_rank_asks_for_the_draw_only_where_a_tie_reaches_it():
    equal = [contender(name, (5000, 2000)) for name in ("P1", "P2")]
    rules = {"tie_rules": (TieRule.CHEAPER, TieRule.DRAW)}

    with pytest.raises(DrawNeeded, match="P1, P2"):
        ranked(*equal, **rules)
    assert ranked(equal[0], replace(equal[1], cost_cents=1), **rules)[0].protocol == "P2"


def test_rank_compares_the_first_criterion_where_it_applies_to_one_only():
    # 70 of 100 without the first criterion stands for 42 of its 60.
    neutral = contender("P2", (None, 2800))
    higher, lower = contender("P1", (4300, 2700)), contender("P3", (4100, 2900))

    assert [place.protocol for place in ranked(lower, neutral, higher)] == ["P1", "P2", "P3"]


def test_rank_keeps_what_a_final_ranking_gave_and_moves_up_with_the_rest():
    before = {"P1": 30, "P3": 60}
    names = {"P1": ("Ha rinunciato.", 30), "P2": ("", 80), "P3": ("", 60)}
    moved = [
        contender(
            name, (6000 - 100 * number, 4000), grant_cents=due, renounced=why, kept_cents=before.get(name, 0)
        )
        for number, (name, (why, due)) in enumerate(names.items())
    ]

    places = ranked(*moved, fund_fill=Filling.SKIP)

    assert told(places) == [
        (1, "P1", 10_000, "renounced", 0),
        (2, "P2", 9900, "reserve", 0),
        (3, "P3", 9800, "funded", 60),
    ]


def test_rank_gives_a_part_where_the_call_does_and_nothing_after_it():
    three = [contender(name, (6000 - number, 4000), grant_cents=60) for number, name in enumerate("ABC")]

    part = ranked(*three, partial_cents=40, fund_cents=165)
    none = ranked(*three, partial_cents=46, fund_cents=165, has_reserve=False)

    assert [place.grant_cents for place in part] == [60, 60, 45]
    assert part[2].reasons == (Reason("partial", "", 45, 60),)
    assert (none[2].outcome, none[2].grant_cents) == (Outcome.UNFUNDED, 0)


@pytest.mark.parametrize(
    ("filling", "partial", "fund", "given"),
    [
        ("in_order", None, 99, {"a": 50}),
        ("skip", None, 99, {"a": 50, "c": 40}),
        ("skip", 49, 99, {"a": 50, "b": 49}),
        ("skip", 50, 99, {"a": 50, "c": 40}),
        ("all", None, 0, {"a": 50, "b": 60, "c": 40}),
        ("in_order", None, 150, {"a": 50, "b": 60, "c": 40}),
        ("in_order", None, 0, {}),
    ],
)
def test_fill(filling, partial, fund, given):
    places = [("a", 50, 0), ("b", 60, 0), ("c", 40, 0)]

    assert fill(places, fund_cents=fund, filling=Filling(filling), partial_cents=partial) == given


def test_fill_completes_a_part_before_it_goes_further_down():
    places = [("a", 50, 0), ("b", 60, 25), ("c", 40, 0)]

    assert fill(places[1:], fund_cents=80, filling=Filling.IN_ORDER, partial_cents=None) == {"b": 60}
    assert fill(places, fund_cents=74, filling=Filling.IN_ORDER, partial_cents=1) == {"a": 49, "b": 25}
    assert fill(places, fund_cents=10, filling=Filling.IN_ORDER, partial_cents=1) == {"b": 25}


POINTS = st.tuples(st.one_of(st.none(), st.integers(0, 6000)), st.integers(0, 4000))
FIELD = st.lists(
    st.tuples(st.lists(POINTS, min_size=1, max_size=3), st.integers(1, 300), st.integers(0, 2)),
    min_size=1,
    max_size=9,
)
TEXTS = st.text(alphabet="a'=+-@,\"\t\r\n è", max_size=8)


def field(drawn):
    """Return applications from drawn sheets, costs and minutes."""
    return [
        contender(
            f"P{number}",
            *pairs,
            cost_cents=cost,
            grant_cents=cost // 2 + 1,
            submitted_at=DAY + timedelta(minutes=late),
        )
        for number, (pairs, cost, late) in enumerate(drawn)
    ]


@given(
    FIELD, st.randoms(use_true_random=False), st.sampled_from(list(Filling)), st.one_of(st.none(), st.just(7))
)
def test_rank_does_not_depend_on_the_order_of_input(drawn, shuffler: Random, filling, partial):
    known = field(drawn)
    shuffled = known.copy()
    shuffler.shuffle(shuffled)
    rules = {"fund_fill": filling, "partial_cents": partial, "fund_cents": 300}

    places = ranked(*known, **rules)

    assert ranked(*shuffled, **rules) == places
    assert sorted(place.protocol for place in places) == sorted(one.protocol for one in known)
    if filling != Filling.ALL:
        assert sum(place.grant_cents for place in places) <= 300


@given(FIELD)
def test_an_application_below_the_pass_mark_changes_no_place(drawn):
    known = field(drawn)
    low = contender("P99", (3000, 2999))

    assert [one for one in ranked(*known, low) if one.protocol != "P99"] == ranked(*known)


@given(FIELD, st.integers(2, 9))
def test_weights_scale(drawn, factor):
    known = field(drawn)
    heavier = [replace(rule, weight_bp=rule.weight_bp * factor) for rule in (USE, NEW)]
    # Cut to whole points of the heavier scale, no rounding can part or join what was not.
    exact = replace(RULES, pass_mark=60 * factor)

    plain, scaled = rank(known, [USE, NEW], RULES), rank(known, heavier, exact)

    for one, other in zip(
        sorted(plain, key=lambda place: place.protocol),
        sorted(scaled, key=lambda place: place.protocol),
        strict=True,
    ):
        assert one.score is not None and other.score is not None
        assert abs(other.score - factor * one.score) <= factor


@given(FIELD)
def test_a_ranking_is_in_order_and_every_tie_is_explained(drawn):
    passing = [place for place in ranked(*field(drawn)) if place.rank]

    assert [place.rank for place in passing] == list(range(1, len(passing) + 1))
    for before, after in pairwise(passing):
        assert before.score >= after.score
        assert (before.score == after.score) == bool(after.tie and not after.tie.is_ahead)


@given(FIELD, TEXTS, TEXTS)
def test_input_is_read_back_as_it_was_written(drawn, title, seed):
    known = [
        replace(one, title=title, exclusion=title if one.protocol == "P1" else "") for one in field(drawn)
    ]
    rules = replace(RULES, draw_seed=seed)

    text = write_input(known, [USE, NEW], rules)
    contenders, criteria, read = read_input(text)

    assert (criteria, read) == ([USE, NEW], rules)
    assert sorted(contenders, key=lambda one: one.protocol) == sorted(known, key=lambda one: one.protocol)
    assert write_input(contenders, criteria, read) == text
    assert digest_of_input(text) == digest_of_input(write_input(known[::-1], criteria, rules))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("record,", "recorda,", "1"),
        ("rule,,,,pass_mark,60", "rule,,,,pass_mark,many", "many"),
        ("rule,,,,pass_mark,60", "ruler,,,,pass_mark,60", "2"),
        ("rule,,,,rounding,hundredths\r\n", "", "rounding"),
        ("commissario A,1,hundredths,5000", "commissario A,9,hundredths,5000", "26"),
        ("commissario A,1,hundredths,5000", "commissario A,1,hundredths,50.00", "26"),
    ],
)
def test_read_input_says_where_it_does_not_understand(old, new, line):
    text = write_input([contender("P1", (5000, 2000))], [USE, NEW], RULES)
    assert old in text

    with pytest.raises(InputUnreadable, match=line):
        read_input(text.replace(old, new))


def test_write_places_tells_reasons_and_ties_and_runs_no_formula():
    first = replace(contender("P1", (5000, 2000)), title="=1+1")
    known = [first, contender("P2", (5000, 2000)), contender("P3", (100, 0))]

    text = write_places(known, ranked(*known, fund_cents=50))

    low = "below_total 100 6000 | below_criterion Utilità 100 3000"
    assert text.splitlines()[1:] == [
        "1,P1,'=1+1,Ente P1,70.00,funded,50,,protocol P2",
        "2,P2,Progetto P2,Ente P2,70.00,reserve,0,fund_used_up 50,protocol P1",
        f",P3,Progetto P3,Ente P3,1.00,below_pass_mark,0,{low},",
    ]


def test_recompute_ranking_asks_no_database(tmp_path):
    # No fixture lets this test near the database: a question would fail.
    known = [contender("P1", (5000, 2000)), contender("P2", (4000, 2000))]
    (tmp_path / "dati.csv").write_bytes(write_input(known, [USE, NEW], RULES).encode())
    (tmp_path / "graduatoria.csv").write_bytes(write_places(known, ranked(*known)).encode())
    said = StringIO()

    call_command(
        "recompute_ranking", tmp_path / "dati.csv", published=tmp_path / "graduatoria.csv", stdout=said
    )

    assert said.getvalue().splitlines()[-1] == "The same as published."


def test_rank_asks_the_tie_rules_in_the_order_of_the_call():
    useful = contender("P1", (5000, 2000), cost_cents=90)
    cheap = contender("P2", (4000, 3000), cost_cents=80)
    rules = (TieRule.FIRST_CRITERION, TieRule.CHEAPER)

    assert [place.protocol for place in ranked(useful, cheap, tie_rules=rules)] == ["P1", "P2"]
    assert [place.protocol for place in ranked(useful, cheap, tie_rules=rules[::-1])] == ["P2", "P1"]


def test_rank_gives_what_somebody_leaves_to_the_next():
    three = [contender(f"P{number}", (6000 - number, 4000)) for number in range(3)]

    before = ranked(*three)
    after = ranked(replace(three[0], renounced="Ha rinunciato."), *three[1:])

    assert [place.outcome for place in before] == ["funded", "funded", "reserve"]
    assert [place.outcome for place in after] == ["renounced", "funded", "funded"]
