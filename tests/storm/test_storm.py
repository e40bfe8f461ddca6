"""A short storm, from another seed in each run; `make storm` is the whole one."""

import json
import random
from pathlib import Path

import pytest

from tests.storm.plan import small
from tests.storm.storm import run_storm


@pytest.mark.journey
def test_a_short_storm_leaves_nothing_wrong(tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)

    summary = run_storm(small(seed), tmp_path)

    assert not summary["wrong"], (
        f"make storm SEED={seed} STORM_ARGS=--small:\n{json.dumps(summary, indent=2)}"
    )
