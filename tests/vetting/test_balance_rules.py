"""The balanced assignment: nobody in conflict, everybody as much as the others, the same for the same question."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetting.balance_rules import balance, least_loaded


def plan(applications, members, each, held=None, barred=None):
    """Return a plan with short names."""
    return balance(applications, members, each=each, held=held or {}, barred=barred or {})


@pytest.mark.parametrize(
    ("applications", "members", "each", "loads"),
    [
        (12, 5, 5, [12, 12, 12, 12, 12]),
        (12, 5, 3, [7, 7, 7, 7, 8]),
        (1, 5, 2, [0, 0, 0, 1, 1]),
        (0, 5, 2, [0, 0, 0, 0, 0]),
    ],
)
def test_balance_without_conflicts(applications, members, each, loads):
    made = plan(range(applications), "abcde"[:members], each)
    assert sorted(made.load.values()) == loads
    assert not made.short
    assert all(len(who) == each for who in made.assigned.values())


def test_balance_keeps_what_is_held_and_counts_it():
    made = plan([1, 2], "abc", 2, held={1: {"a"}, 2: {"a", "b"}})
    assert made.assigned == {1: ("c",), 2: ()}
    assert made.load == {"a": 2, "b": 1, "c": 1}


def test_balance_moves_an_application_along_a_chain():
    # Taken one after the other, 1 goes to c, 2 to a and 3 to a: b would have nothing and a two.
    made = plan([1, 2, 3], "abc", 1, barred={1: {"a", "b"}, 2: {"c"}, 3: {"b"}})
    assert made.assigned == {1: ("c",), 2: ("b",), 3: ("a",)}
    # And along two members: c has two only because b takes 2, for which a is free.
    longer = plan([1, 2, 3, 4], "abcd", 1, barred={1: set("abc"), 2: set("cd"), 3: set("ad"), 4: set("ab")})
    assert sorted(longer.load.values()) == [1, 1, 1, 1]


def test_balance_says_who_is_missing():
    made = plan([1, 2], "ab", 2, barred={1: {"a"}, 2: set()})
    assert made.assigned == {1: ("b",), 2: ("a", "b")}
    assert made.short == {1: 1}


def test_least_loaded_prefers_the_first_of_equals_and_no_one_barred():
    assert least_loaded("abc", {"a": 2, "b": 1, "c": 1}, barred=()) == "b"
    assert least_loaded("abc", {"a": 2, "b": 1, "c": 1}, barred="bc") == "a"
    assert least_loaded("abc", {}, barred="abc") is None


@given(st.integers(0, 30), st.integers(1, 7), st.data())
def test_loads_without_conflicts_differ_at_most_by_one(applications, members, data):
    each = data.draw(st.integers(1, members))
    made = plan(range(applications), range(members), each)
    assert max(made.load.values()) - min(made.load.values()) <= 1
    assert sum(made.load.values()) == applications * each


@st.composite
def questions(draw):
    """Return a small question with conflicts, small enough that every answer can be tried."""
    applications = range(draw(st.integers(1, 4)))
    members = range(draw(st.integers(1, 4)))
    some = st.sets(st.sampled_from(members))
    return applications, members, draw(st.integers(1, 2)), {one: draw(some) for one in applications}


@given(questions())
def test_no_other_assignment_is_more_even(question):
    applications, members, each, barred = question
    made = plan(applications, members, each, barred=barred)
    free = {one: [who for who in members if who not in barred[one]] for one in applications}
    choices = [list(combinations(free[one], min(each, len(free[one])))) for one in applications]
    best = min(
        sum(sum(who in chosen for chosen in chosen_all) ** 2 for who in members)
        for chosen_all in product(*choices)
    )
    assert sum(load**2 for load in made.load.values()) == best
    for one in applications:
        assert not set(made.assigned[one]) & set(barred[one])
        assert len(made.assigned[one]) == min(each, len(free[one]))
        assert made.short.get(one, 0) == each - len(made.assigned[one])


@given(questions())
def test_the_same_question_has_the_same_answer(question):
    applications, members, each, barred = question
    first = plan(applications, members, each, barred=barred)
    again = plan(applications, members, each, barred={one: list(who) for one, who in barred.items()})
    assert first == again
