"""How long a grant takes once a campaign has reached its threshold, on the running platform."""

import shutil
import statistics
import time
from typing import Any

from benchmarks.speed.ground import FOLDER, Ground, keep
from tests.journeys.running import Running, running
from tests.storm.donors import Donor, Notebook
from tests.storm.plan import Gift
from tests.storm.storm import SCENES

CAMPAIGNS, BETWEEN_SECONDS, WAIT_SECONDS, LOOK_SECONDS = 40, 0.7, 60.0, 0.05
SEEN = """
    SELECT c.slug, c.reached_at IS NOT NULL, coalesce(g.state = 'awarded', false)
    FROM campaigns_campaign c LEFT JOIN matching_grant g ON g.campaign_id = c.id WHERE c.status = 'open'
"""
#: Only calls that set grants aside: without, the order of reaching has to be certain first, which takes ten seconds by design.
RESERVED = """
    SELECT c.slug, c.threshold_cents FROM campaigns_campaign c JOIN calls_application a ON a.id = c.application_id
    JOIN calls_call k ON k.id = a.call_id WHERE c.status = 'open' AND k.reservation_mode = 'reserved' ORDER BY c.id
"""


def measure(ground: Ground) -> None:
    """Let one gift after the other carry a campaign over its threshold, and look twenty times a second."""
    shutil.rmtree(FOLDER / "run", ignore_errors=True)
    urls = (ground.engines.owner_database_url, ground.engines.redis_url)
    with running(FOLDER / "run", *urls, has_door=True, workers=2, is_silent=True) as platform:
        platform.stage("campaigns", SCENES, count=CAMPAIGNS, closing=0, donations=100)
        seconds = _watch(platform, platform.rows(RESERVED))
    if not seconds:
        raise SystemExit("no grant was released")
    parts = statistics.quantiles(seconds, n=100)
    figures = {"grants": len(seconds), "median": round(parts[49], 2), "p99": round(parts[98], 2)}
    keep("release", {**figures, "slowest": round(max(seconds), 2)})


def _watch(platform: Running, campaigns: list[tuple[Any, ...]]) -> list[float]:
    donor = Donor(platform.site, platform.stripe, Notebook())
    reached: dict[str, float] = {}
    released: dict[str, float] = {}
    waiting = list(campaigns)
    began = time.monotonic()
    given = 0.0
    while len(released) < len(campaigns) and time.monotonic() - began < WAIT_SECONDS:
        if waiting and time.monotonic() - given > BETWEEN_SECONDS:
            slug, cents = waiting.pop(0)
            gift = Gift(len(waiting), 0, cents, "pays", presses_twice=False, comes_back=False)
            if session := donor.start(gift, slug):
                donor.pay(gift, session)
            given = time.monotonic()
        for slug, is_reached, is_released in platform.rows(SEEN):
            if is_reached:
                reached.setdefault(slug, time.monotonic())
            if is_released:
                released.setdefault(slug, time.monotonic())
        time.sleep(LOOK_SECONDS)
    return [released[slug] - reached[slug] for slug in released]
