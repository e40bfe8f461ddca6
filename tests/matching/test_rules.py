"""The formulas of award, partial award, settlement and forecast, by example and by property."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.rules import promise
from matching.rules import (
    Outcome,
    Runner,
    Share,
    advance_cents,
    completion_cents,
    final_cents,
    forecast,
    has_reached,
    order_key,
    pace_cents,
    settlement,
    share,
)

EURO = 100
CENTS = st.integers(min_value=0, max_value=10**12)
SECOND = datetime(2027, 3, 14, 12, 0, 7, tzinfo=UTC)
AWARD, OFFER, WAIT, SKIP = Outcome.AWARD, Outcome.OFFER, Outcome.WAIT, Outcome.SKIP


@pytest.mark.parametrize(
    ("raised", "threshold", "reached"),
    [
        (0, 1, False),
        (4_999_999, 5_000_000, False),
        (5_000_000, 5_000_000, True),
        (5_000_001, 5_000_000, True),
        (1_000_000, 1_000_001, False),
        # A cost of 100,000 euro: at 49,999.99 nothing, at 50,000.00 reached.
        (4_999_999, promise(10_000_000, 5000, 5000, 5_000_000).threshold_cents, False),
        (5_000_000, promise(10_000_000, 5000, 5000, 5_000_000).threshold_cents, True),
        # A cost of 120,000 euro: the cap does not raise the threshold to 70,000.
        (5_999_999, promise(12_000_000, 5000, 5000, 5_000_000).threshold_cents, False),
        (6_000_000, promise(12_000_000, 5000, 5000, 5_000_000).threshold_cents, True),
    ],
)
def test_has_reached_means_at_least(raised: int, threshold: int, reached: bool) -> None:
    assert has_reached(raised, threshold) is reached


@pytest.mark.parametrize(
    ("due", "available", "auto", "offer", "none"),
    [
        (5_000_000, 60_000_000, (AWARD, 5_000_000), (AWARD, 5_000_000), (AWARD, 5_000_000)),
        (5_000_000, 5_000_000, (AWARD, 5_000_000), (AWARD, 5_000_000), (AWARD, 5_000_000)),
        (5_000_000, 4_999_999, (AWARD, 4_999_999), (OFFER, 4_999_999), (WAIT, 0)),
        (5_000_000, 1, (AWARD, 1), (OFFER, 1), (WAIT, 0)),
        (5_000_000, 0, (WAIT, 0), (WAIT, 0), (WAIT, 0)),
        (5_000_000, -1, (WAIT, 0), (WAIT, 0), (WAIT, 0)),
        (1, 1, (AWARD, 1), (AWARD, 1), (AWARD, 1)),
    ],
)
def test_share_of_a_fund_follows_the_calls_policy(
    due: int, available: int, auto: tuple, offer: tuple, none: tuple
) -> None:
    assert share(due, available, policy="auto") == Share(*auto)
    assert share(due, available, policy="offer") == Share(*offer)
    assert share(due, available, policy="none") == Share(*none)


@pytest.mark.parametrize(
    ("available", "least", "outcome"),
    [(99_999, 100_000, WAIT), (100_000, 100_000, OFFER), (1, 1, OFFER), (0, 0, WAIT)],
)
def test_share_below_the_smallest_part_is_not_offered(available: int, least: int, outcome: Outcome) -> None:
    assert share(5_000_000, available, policy="offer", min_partial_cents=least).outcome == outcome


@pytest.mark.parametrize(
    ("available", "declined", "outcome"),
    [
        (500_000, 0, OFFER),
        (500_000, 500_000, SKIP),
        (500_001, 500_000, OFFER),
        (400_000, 500_000, SKIP),
        (0, 500_000, WAIT),
        (1_000_000, 500_000, AWARD),
    ],
)
def test_share_once_declined_is_offered_again_only_when_there_is_more(
    available: int, declined: int, outcome: Outcome
) -> None:
    found = share(1_000_000, available, policy="offer", declined_cents=declined)

    assert found.outcome == outcome


@given(
    cost=st.integers(min_value=1, max_value=10**12),
    threshold=st.integers(min_value=1, max_value=9999),
    cap=st.integers(min_value=1, max_value=10**11),
    available=st.integers(min_value=-(10**6), max_value=10**12),
    policy=st.sampled_from(["auto", "offer", "none"]),
    least=st.integers(min_value=1, max_value=10**9),
    declined=CENTS,
)
def test_share_is_never_above_what_is_due_nor_what_there_is(
    cost: int, threshold: int, cap: int, available: int, policy: str, least: int, declined: int
) -> None:
    promised = promise(cost, threshold, 10_000 - threshold, cap)

    found = share(
        promised.grant_cents, available, policy=policy, min_partial_cents=least, declined_cents=declined
    )

    assert 0 <= found.amount_cents <= min(cost - promised.threshold_cents, cap)
    assert found.amount_cents <= max(available, 0)
    assert found.amount_cents * 10_000 <= (10_000 - threshold) * cost
    assert found.outcome in (AWARD, OFFER) or found.amount_cents == 0
    if policy == "none":
        assert found.amount_cents in (0, promised.grant_cents)
    if 0 < found.amount_cents < promised.grant_cents:
        assert found.amount_cents >= least


@given(due=CENTS, less=CENTS, more=CENTS)
def test_share_grows_with_the_fund(due: int, less: int, more: int) -> None:
    small, large = (share(due, cents, policy="auto").amount_cents for cents in sorted((less, more)))

    assert small <= large


@pytest.mark.parametrize(
    ("due", "awarded", "available", "completion"),
    [
        (1_000_000, 400_000, 700_000, 600_000),
        (1_000_000, 400_000, 200_000, 200_000),
        (5, 5, 100, 0),
        (5, 2, 0, 0),
    ],
)
def test_completion_is_what_is_missing_as_far_as_it_goes(
    due: int, awarded: int, available: int, completion: int
) -> None:
    assert completion_cents(due, awarded, available) == completion


@given(due=CENTS, awarded=CENTS, returns=st.lists(CENTS, max_size=5))
def test_completions_never_carry_a_grant_above_what_is_due(
    due: int, awarded: int, returns: list[int]
) -> None:
    total = start = min(awarded, due)
    for available in returns:
        total += completion_cents(due, total, available)

    assert start <= total <= due
    assert total == min(due, start + sum(returns))


def test_order_key_is_the_second_then_the_ranking_then_the_protocol_number() -> None:
    late = SECOND + timedelta(seconds=1)
    in_order = [
        order_key(SECOND.replace(microsecond=999_999), 1, "2027-000009"),
        order_key(SECOND, 2, "2027-000001"),
        order_key(SECOND.replace(microsecond=5), None, "2027-000002"),
        order_key(SECOND, None, "2027-000003"),
        order_key(late, 1, "2027-000001"),
        order_key(late, None, "2027-000001"),
    ]

    random.Random(7).shuffle(shuffled := list(in_order))

    assert sorted(shuffled) == in_order


@pytest.mark.parametrize(
    ("award", "eligible", "threshold_bp", "kept", "remaining", "fixed_half"),
    [
        # Cost and report 100,000, gifts 70,000: what they leave is 30,000.
        (50_000, 100_000, 5000, 70_000, 30_000, 50_000),
        # The approved cost grew to 120,000: the whole grant stays.
        (50_000, 120_000, 5000, 70_000, 50_000, 50_000),
        # Spent less, gifts at the threshold of the promise: the grant falls with the cost.
        (50_000, 80_000, 5000, 50_000, 30_000, 40_000),
        (50_000, 80_000, 5000, 40_000, 40_000, 40_000),
        # Cost 120,000 with a cap of 50,000: gifts above the threshold cover the promoter's own 10,000 first.
        (50_000, 120_000, 5000, 60_000, 50_000, 50_000),
        (50_000, 120_000, 5000, 75_000, 45_000, 50_000),
        # A partial award is never exceeded.
        (4_000, 20_000, 5000, 10_000, 4_000, 4_000),
        # Gifts above the whole cost leave nothing to pay.
        (50_000, 100_000, 5000, 100_000, 0, 50_000),
        (50_000, 100_000, 5000, 130_000, 0, 50_000),
        (50_000, 0, 5000, 60_000, 0, 0),
        (48_000, 80_000, 4000, 32_000, 48_000, 48_000),
    ],
)
def test_final_cents_by_example(
    award: int, eligible: int, threshold_bp: int, kept: int, remaining: int, fixed_half: int
) -> None:
    inputs = (award * EURO, eligible * EURO, threshold_bp, kept * EURO)

    assert final_cents(*inputs, "remaining") == remaining * EURO
    assert final_cents(*inputs, "fixed_half") == fixed_half * EURO


@given(
    award=CENTS,
    eligible=CENTS,
    threshold_bp=st.integers(min_value=1, max_value=9999),
    kept=CENTS,
    policy=st.sampled_from(["remaining", "fixed_half"]),
)
def test_final_cents_is_never_above_the_award_nor_its_share_of_the_cost(
    award: int, eligible: int, threshold_bp: int, kept: int, policy: str
) -> None:
    final = final_cents(award, eligible, threshold_bp, kept, policy)

    assert 0 <= final <= award
    assert final * 10_000 <= eligible * (10_000 - threshold_bp)
    if policy == "remaining":
        assert final + kept <= max(eligible, kept)
    assert final <= final_cents(award, eligible + 100, threshold_bp, kept, policy)
    assert final_cents(award, eligible, threshold_bp, kept + 1, policy) <= final


@pytest.mark.parametrize(
    ("award", "advance", "final", "balance", "recovered", "returned"),
    [
        (5_000_000, 3_500_000, 5_000_000, 1_500_000, 0, 0),
        (5_000_000, 3_500_000, 3_000_000, 0, 500_000, 2_000_000),
        (5_000_000, 0, 3_000_000, 3_000_000, 0, 2_000_000),
        (5_000_000, 3_500_000, 3_500_000, 0, 0, 1_500_000),
    ],
)
def test_settlement_pays_the_rest_or_asks_it_back(
    award: int, advance: int, final: int, balance: int, recovered: int, returned: int
) -> None:
    found = settlement(award, advance, final)

    assert (found.balance_cents, found.recovered_cents, found.returned_cents) == (
        balance,
        recovered,
        returned,
    )


@given(award=CENTS, advance_bp=st.integers(min_value=0, max_value=10_000), final=CENTS)
def test_settlement_leaves_the_promoter_with_what_is_final(award: int, advance_bp: int, final: int) -> None:
    final = min(final, award)
    advance = advance_cents(award, advance_bp)

    found = settlement(award, advance, final)

    assert advance * 10_000 <= award * advance_bp
    assert advance + found.balance_cents - found.recovered_cents == final
    assert final + found.returned_cents == award
    assert min(found.balance_cents, found.recovered_cents) == 0


@pytest.mark.parametrize(
    ("raised", "elapsed", "whole", "projected"),
    [
        (500, 10, 20, 1000),
        (500, 20, 20, 500),
        (500, 25, 20, 500),
        (500, 0, 20, 500),
        (100, 3, 10, 333),
        (0, 5, 9, 0),
    ],
)
def test_pace_goes_on_as_it_has_gone(raised: int, elapsed: int, whole: int, projected: int) -> None:
    assert pace_cents(raised, elapsed, whole) == projected


def test_forecast_of_a_fund_in_three_cases() -> None:
    slow = Runner(due_cents=300, threshold_cents=300, raised_cents=50, elapsed_seconds=50, whole_seconds=100)
    fast = Runner(due_cents=500, threshold_cents=500, raised_cents=250, elapsed_seconds=50, whole_seconds=100)

    found = forecast(1000, 400, [slow, fast])

    assert (found.if_none_cents, found.at_pace_cents, found.if_all_cents) == (400, 900, 1200)
    assert (found.live, found.live_at_pace, found.short_cents) == (2, 1, 200)
    assert forecast(1000, 400, []).short_cents == 0


def test_forecast_asks_for_the_number_of_donors_too() -> None:
    paces = {"threshold_cents": 500, "raised_cents": 250, "elapsed_seconds": 50, "whole_seconds": 100}
    few = Runner(due_cents=500, **paces, donors=12, min_donors=25)
    enough = Runner(due_cents=500, **paces, donors=13, min_donors=25)

    assert (few.gets_there, enough.gets_there) == (False, True)


@given(
    st.lists(
        st.builds(
            Runner,
            due_cents=CENTS,
            threshold_cents=CENTS,
            raised_cents=CENTS,
            elapsed_seconds=st.integers(min_value=0, max_value=10**7),
            whole_seconds=st.integers(min_value=1, max_value=10**7),
        )
    ),
    CENTS,
)
def test_forecast_at_pace_lies_between_nobody_and_everybody(runners: list[Runner], owed: int) -> None:
    found = forecast(0, owed, runners)

    assert owed == found.if_none_cents <= found.at_pace_cents <= found.if_all_cents
