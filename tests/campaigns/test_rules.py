"""The gate bar and the promise of a gift: arithmetic on cents; and who has a word in which state."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules import (
    BAR,
    Gate,
    Surplus,
    after_gift,
    gate,
    is_reached,
    may_ask,
    may_show,
    may_tell,
    surplus,
)


def bar(raised_cents: int, **changes: Any) -> Gate:
    """Return the bar of a project of 20,000 euro, half and half."""
    shares = {"cost_cents": 2_000_000, "threshold_cents": 1_000_000, "grant_cents": 1_000_000}
    return gate(raised_cents=raised_cents, **{**shares, **changes})


@pytest.mark.parametrize(
    ("raised", "ended", "grant_state", "state"),
    [
        (0, "", "", "empty"),
        (0, "", "reserved", "empty"),
        (1, "", "reserved", "filling"),
        (899_999, "", "reserved", "filling"),
        (900_000, "", "reserved", "near"),
        (999_999, "", "reserved", "near"),
        (1_000_000, "", "reserved", "reached"),
        (1_500_000, "", "", "reached"),
        (1_000_000, "", "waitlisted", "waiting"),
        (1_000_000, "", "awarded", "released"),
        (1_000_001, "", "awarded", "above"),
        (999_999, "", "awarded", "released"),
        (500_000, "", "waitlisted", "filling"),
        (500_000, "failed", "returned", "failed"),
        (0, "failed", "", "failed"),
        (1_500_000, "suspended", "awarded", "suspended"),
    ],
)
def test_gate_in_every_state(raised: int, ended: str, grant_state: str, state: str) -> None:
    assert bar(raised, ended=ended, grant_state=grant_state).state == state


@pytest.mark.parametrize(
    ("raised", "missing", "percent", "fill", "beyond"),
    [
        (0, 1_000_000, 0, 0, 0),
        (1, 999_999, 0, 1, 0),
        (30_000, 970_000, 3, 15, 0),
        (490_000, 510_000, 49, 245, 0),
        (999_999, 1, 99, 499, 0),
        (1_000_000, 0, 100, 500, 0),
        (1_250_000, 0, 125, 500, 625),
        (2_000_000, 0, 200, 500, 1000),
        (9_000_000, 0, 900, 500, 1000),
    ],
)
def test_gate_is_drawn_from_the_whole_cost(
    raised: int, missing: int, percent: int, fill: int, beyond: int
) -> None:
    drawn = bar(raised)

    assert (drawn.missing_cents, drawn.percent) == (missing, percent)
    assert (drawn.fill, drawn.beyond) == (fill, beyond)
    assert (drawn.gate, drawn.city, drawn.own) == (500, 500, 0)


def test_gate_shows_the_promoters_own_share() -> None:
    drawn = bar(0, cost_cents=12_000_000, threshold_cents=6_000_000, grant_cents=5_000_000)

    assert drawn.own_cents == 1_000_000
    assert (drawn.gate, drawn.city, drawn.own) == (500, 416, 84)


@given(
    cost=st.integers(min_value=2, max_value=10**12),
    cut=st.tuples(st.floats(min_value=0.0001, max_value=1), st.floats(min_value=0, max_value=1)),
    raised=st.integers(min_value=0, max_value=10**13),
)
def test_gate_never_draws_outside_its_bar(cost: int, cut: tuple[float, float], raised: int) -> None:
    threshold = min(max(1, int(cost * cut[0])), cost)
    grant = min(int((cost - threshold) * cut[1]), cost - threshold)

    drawn = gate(cost_cents=cost, threshold_cents=threshold, grant_cents=grant, raised_cents=raised)

    parts = (drawn.fill, drawn.gate, drawn.city, drawn.own, drawn.beyond)
    assert all(0 <= part <= BAR for part in parts)
    assert drawn.gate + drawn.city + drawn.own <= BAR
    assert drawn.fill <= max(drawn.gate, 1)
    assert (drawn.missing_cents == 0) == (raised >= threshold)
    assert drawn.own_cents == cost - threshold - grant


@pytest.mark.parametrize(
    ("amount", "raised", "missing_after", "reaches", "was_reached"),
    [
        (2000, 0, 998_000, False, False),
        (2000, 997_999, 1, False, False),
        (2000, 998_000, 0, True, False),
        (2000, 999_999, 0, True, False),
        (2000, 1_000_000, 0, False, True),
        (2000, 1_500_000, 0, False, True),
    ],
)
def test_after_gift_says_what_it_does(
    amount: int, raised: int, missing_after: int, reaches: bool, was_reached: bool
) -> None:
    promised = after_gift(amount, raised, 1_000_000)

    assert promised.amount_cents == amount
    assert promised.missing_after_cents == missing_after
    assert (promised.reaches, promised.was_reached) == (reaches, was_reached)


@pytest.mark.parametrize(
    ("raised", "threshold", "donors", "wanted", "reached"),
    [
        (0, 1, 0, 0, False),
        (4_999_999, 5_000_000, 0, 0, False),
        (5_000_000, 5_000_000, 0, 0, True),
        (5_000_001, 5_000_000, 24, 25, False),
        (5_000_000, 5_000_000, 25, 25, True),
        (1_000_000, 1_000_001, 25, 25, False),
    ],
)
def test_is_reached_means_at_least(
    raised: int, threshold: int, donors: int, wanted: int, reached: bool
) -> None:
    assert is_reached(raised, threshold, donors, wanted) is reached


@pytest.mark.parametrize(
    ("received", "own", "expected"),
    [
        (0, 1_000_000, Surplus(0, 1_000_000, 0)),
        (6_000_000, 1_000_000, Surplus(0, 1_000_000, 0)),
        (6_000_001, 1_000_000, Surplus(1, 999_999, 0)),
        (7_000_000, 1_000_000, Surplus(1_000_000, 0, 0)),
        (7_000_001, 1_000_000, Surplus(1_000_000, 0, 1)),
        (6_000_001, 0, Surplus(0, 0, 1)),
    ],
)
def test_surplus_covers_the_own_share_first(received: int, own: int, expected: Surplus) -> None:
    assert surplus(received, 6_000_000, own) == expected


@pytest.mark.parametrize(
    ("status", "days", "tells", "asks", "shows"),
    [
        ("draft", None, False, False, True),
        ("in_review", None, False, False, False),
        ("open", None, True, True, True),
        ("cure", None, True, True, True),
        ("suspended", None, False, False, False),
        ("succeeded", 400, True, True, True),
        ("refunded", 29, True, False, False),
        ("refunded", 30, False, False, False),
        ("failed", None, False, False, False),
        ("withdrawn", 1, False, False, False),
    ],
)
def test_who_has_a_word_follows_from_the_state(
    status: str, days: int | None, tells: bool, asks: bool, shows: bool
) -> None:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    settled_at = None if days is None else now - timedelta(days=days)

    assert may_tell(status=status, settled_at=settled_at, now=now) is tells
    assert may_ask(status=status) is asks
    assert may_show(status=status) is shows
