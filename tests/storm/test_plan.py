"""The plan of `make storm`: a seed names one storm, and every storm strikes as often as it says."""

import random

import pytest

from tests.storm.plan import Plan, gifts_of, weather_of


def test_plan_is_the_same_for_the_same_seed() -> None:
    assert gifts_of(Plan(seed=7)) == gifts_of(Plan(seed=7)) != gifts_of(Plan(seed=8))
    assert weather_of(Plan(seed=7)) == weather_of(Plan(seed=7))


@pytest.mark.parametrize("seed", random.Random(1).sample(range(10_000), 5))
def test_weather_strikes_as_often_as_planned(seed: int) -> None:
    plan = Plan(seed=seed)
    blows = weather_of(plan)
    assert {name: blows.count(name) for name in set(blows)} == {"kill": 20, "flush": 2, "restart": 1}
    assert "restart" not in (blows[0], blows[-1])
    assert len(gifts_of(plan)) == 5_000
    assert plan.threads * plan.at_once == 200
