"""What a call promises for a cost. Amounts are cents, shares basis points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.rules import cost_is_admitted, grant_due_cents, promise, threshold_cents

COSTS = st.integers(min_value=1, max_value=10**13)
CAPS = st.integers(min_value=1, max_value=10**12)


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    """Draw a citizens' and a municipality's share that a call may have."""
    threshold = draw(st.integers(min_value=1, max_value=9999))
    return threshold, draw(st.integers(min_value=1, max_value=10_000 - threshold))


@pytest.mark.parametrize(
    ("cost", "threshold_bp", "grant_bp", "cap", "threshold", "grant", "own"),
    [
        (10_000_000, 5000, 5000, 5_000_000, 5_000_000, 5_000_000, 0),
        (5_000_000, 5000, 5000, 5_000_000, 2_500_000, 2_500_000, 0),
        (12_000_000, 5000, 5000, 5_000_000, 6_000_000, 5_000_000, 1_000_000),
        (9_999_999, 5000, 5000, 5_000_000, 5_000_000, 4_999_999, 0),
        (2_000_001, 5000, 5000, 5_000_000, 1_000_001, 1_000_000, 0),
        (3_333_333, 4000, 6000, 6_000_000, 1_333_334, 1_999_999, 0),
        (8_000_000, 4000, 6000, 4_800_000, 3_200_000, 4_800_000, 0),
        (10_000_000, 4000, 6000, 6_000_000, 4_000_000, 6_000_000, 0),
        (5_000_000, 6000, 4000, 3_000_000, 3_000_000, 2_000_000, 0),
        (1, 5000, 5000, 5_000_000, 1, 0, 0),
        (3, 5000, 5000, 5_000_000, 2, 1, 0),
        (10_000_000, 5000, 3000, 5_000_000, 5_000_000, 3_000_000, 2_000_000),
    ],
)
def test_promise_of_the_published_calls(
    cost: int, threshold_bp: int, grant_bp: int, cap: int, threshold: int, grant: int, own: int
) -> None:
    promised = promise(cost, threshold_bp, grant_bp, cap)

    assert (promised.threshold_cents, promised.grant_cents, promised.own_cents) == (threshold, grant, own)
    assert promised.cost_cents == cost


@given(cost=COSTS, split=shares(), cap=CAPS)
def test_promise_shares_make_up_the_cost_to_the_cent(cost: int, split: tuple[int, int], cap: int) -> None:
    promised = promise(cost, *split, cap)

    assert promised.threshold_cents + promised.grant_cents + promised.own_cents == cost
    assert min(promised.grant_cents, promised.own_cents) >= 0


@given(cost=COSTS, split=shares(), cap=CAPS)
def test_grant_due_is_never_above_its_share_nor_its_cap(cost: int, split: tuple[int, int], cap: int) -> None:
    grant = grant_due_cents(cost, *split, cap)

    assert grant <= cap
    assert grant * 10_000 <= cost * split[1]


@given(cost=COSTS, split=shares())
def test_threshold_is_at_least_its_share_and_no_cent_more(cost: int, split: tuple[int, int]) -> None:
    threshold = threshold_cents(cost, split[0])

    assert threshold * 10_000 >= cost * split[0]
    assert (threshold - 1) * 10_000 < cost * split[0]
    assert 0 < threshold <= cost


@given(cost=COSTS, more=st.integers(min_value=0, max_value=10**9), split=shares(), cap=CAPS)
def test_promise_grows_with_the_cost(cost: int, more: int, split: tuple[int, int], cap: int) -> None:
    small, large = promise(cost, *split, cap), promise(cost + more, *split, cap)

    assert small.threshold_cents <= large.threshold_cents
    assert small.grant_cents <= large.grant_cents


@given(cost=COSTS, split=shares(), cap=CAPS)
def test_own_share_is_nothing_when_the_shares_are_whole_and_no_cap_binds(
    cost: int, split: tuple[int, int], cap: int
) -> None:
    threshold_bp, _grant_bp = split

    whole = promise(cost, threshold_bp, 10_000 - threshold_bp, cap)

    assert (whole.own_cents > 0) == (cost - whole.threshold_cents > cap)


@pytest.mark.parametrize(
    ("cost", "least", "most", "admitted"),
    [
        (1_999_999, 2_000_000, 10_000_000, False),
        (2_000_000, 2_000_000, 10_000_000, True),
        (10_000_000, 2_000_000, 10_000_000, True),
        (10_000_001, 2_000_000, 10_000_000, False),
        (12_000_000, 0, None, True),
        (10**15, 0, None, True),
    ],
)
def test_cost_is_admitted_within_both_limits(cost: int, least: int, most: int | None, admitted: bool) -> None:
    assert cost_is_admitted(cost, least, most) is admitted
