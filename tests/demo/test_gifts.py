from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from demo.gifts import SMALLEST_CENTS, amounts, invent, moments

START = datetime(2026, 10, 1, 9, tzinfo=UTC)
DONORS = {
    "first_names": ["Ada"],
    "last_names": ["Riva"],
    "firms": ["Bar Quattro Cantoni"],
    "messages": [f"Ciao {n}" for n in range(9)],
}


@pytest.mark.parametrize(
    ("total", "count"), [(9_962_00, 74), (1_520_00, 17), (8_942_50, 62), (13_410_00, 76)]
)
@pytest.mark.parametrize("seed", range(5))
def test_amounts_add_up_and_none_is_too_small(total, count, seed):
    gifts = amounts(Random(seed), total, count)

    assert (sum(gifts), len(gifts)) == (total, count)
    assert min(gifts) >= SMALLEST_CENTS
    assert max(gifts) <= 1_000_00


def test_moments_are_distinct_ordered_and_inside():
    end = START + timedelta(days=20)

    found = moments(Random(1), START, end, 80)

    assert found == sorted(found)
    assert len({moment.replace(second=0) for moment in found}) == 80
    assert found[0] >= START
    assert found[-1] < end


def test_invent_is_the_same_for_the_same_seed_and_ends_on_time():
    plan = {"raised_cents": 3_000_00, "gifts": 25}
    end = START + timedelta(days=9)

    first, second = (invent(Random(4), plan, DONORS, ["Forza!"], START, end) for _ in range(2))

    assert first == second
    assert first[-1].when == end
    assert [gift.message for gift in first].count("Forza!") == 1
