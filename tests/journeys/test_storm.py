"""The storm of `make storm`, small: nothing is lost and nothing is doubled. SEED=... replays another one."""

import json
import os
import random
from pathlib import Path

import pytest

from demo import embedded
from tests.journeys.running import running
from tests.storm.plan import Plan, gifts_of, small, weather_of
from tests.storm.storm import Storm

SEED = int(os.environ.get("SEED", "2020"))


@pytest.mark.journey
def test_storm_leaves_every_cent_where_it_belongs(tmp_path: Path) -> None:
    engines, plan = tmp_path / "engines", small(SEED)
    with (
        # Engines of its own, which keep every commit: PostgreSQL is restarted under it.
        embedded.engines(engines) as addresses,
        running(
            tmp_path / "run",
            addresses.owner_database_url,
            addresses.redis_url,
            workers=plan.workers,
            beats=plan.beats,
            is_silent=True,
        ) as platform,
    ):
        summary = Storm(platform, engines, plan).run()
    print(json.dumps(summary, indent=2, default=str))
    assert summary["wrong"] == [], f"SEED={SEED}"


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
