"""A storm from its first gift to its verdict."""

import contextlib
import shutil
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from demo import embedded
from tests.journeys.running import Running, running
from tests.storm.donors import Donor, Notebook, give_all
from tests.storm.meter import Meter
from tests.storm.plan import Plan, gifts_of
from tests.storm.reader import Reader
from tests.storm.verdict import faults, waiting
from tests.storm.weather import Weather

SCENES = "tests.storm.scenes"
#: Those an endpoint of a city subscribes to, and a gift may go through.
TYPES = [
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "charge.refunded",
    "refund.updated",
]
#: Longer than a payment page stays open, so that the ones that were left are closed.
PAGES_CLOSE = timedelta(minutes=40)
RECONCILIATION = timedelta(minutes=6)
ROUNDS = 6
#: How long nothing may move before the clock is put forward, in seconds: longer than all but the slowest tasks wait.
STILL_SECONDS = 12


class Storm:
    """One storm over a running platform; `engines` is the folder of its own PostgreSQL."""

    def __init__(self, platform: Running, engines: Path, plan: Plan) -> None:
        self.platform = platform
        self.plan = plan
        self.notebook = Notebook()
        self.weather = Weather(platform, engines, plan, self.notebook)
        self.reader = Reader(platform.owner_url)
        self.meter = Meter(engines)
        self.seconds: dict[str, float] = {}
        self.owed = 0

    def run(self) -> dict[str, Any]:
        """Let it rage, wait for calm, and return the summary; `wrong` is empty when every cent is where it belongs."""
        self.meter.start()
        town = self._prepare()
        self.reader.start()
        with self._measured("storm"):
            self._rage(town)
        with self._measured("calm"):
            self._calm()
        self.reader.stop()
        with self._measured("verdict"):
            summary = self._summary()
        self.meter.stop()
        summary["processor_seconds"] = self.meter.seconds()
        self.weather.dismiss()
        return summary

    def _prepare(self) -> dict[str, Any]:
        """Open the campaigns, let time pass until shortly before the deadline of some, and spoil the messages."""
        plan, platform = self.plan, self.platform
        with self._measured("preparation"):
            town = platform.stage(
                "campaigns", SCENES, count=plan.campaigns, closing=plan.closing, donations=plan.donations
            )
            platform.travel(
                datetime.fromisoformat(town["closes_at"]) - timedelta(seconds=plan.deadline_after)
            )
            platform.twin(
                "webhooks",
                types=TYPES,
                duplicate_up_to=plan.duplicate_up_to,
                delay_up_to_seconds=plan.delay_up_to_seconds,
                drop_bp=plan.drop_bp,
            )
        return town

    def _rage(self, town: dict[str, Any]) -> None:
        """Let donors give while blows fall and an officer gives money back."""
        plan, platform = self.plan, self.platform
        self.weather.start()
        over = threading.Event()
        officer = threading.Thread(target=self._give_back, args=(town["officer"], over), daemon=True)
        officer.start()
        teller = threading.Thread(target=self._tell, args=(over,), daemon=True)
        teller.start()
        addresses = (platform.site, platform.stripe, self.notebook)
        give_all(gifts_of(plan), town["slugs"], *addresses, threads=plan.threads, at_once=plan.at_once)
        self.seconds["gifts"] = self._since_start()
        late = datetime.fromisoformat(town["closes_at"]) + timedelta(seconds=2)
        time.sleep(max(0.0, (late - platform.now()).total_seconds()))
        with contextlib.closing(Donor(*addresses)) as late:
            for gift, session in self.notebook.left_open:
                late.pay(gift, session)
        self.weather.over.wait()
        over.set()
        officer.join()
        teller.join()
        if not self.owed:
            # A blow fell into each sitting, or nothing was paid yet.
            self._sit(town["officer"], 3)
        if self.weather.failure is not None:
            raise self.weather.failure

    def _give_back(self, officer: str, over: threading.Event) -> None:
        """Have an officer give gifts back, in three sittings."""
        for sitting in range(3):
            if over.wait(self.plan.deadline_after / 3):
                return
            with contextlib.suppress(AssertionError):
                # A blow may fall into it; what was decided is owed, the rest is not.
                self._sit(officer, sitting)

    def _sit(self, officer: str, sitting: int) -> None:
        """Have an officer give some gifts back."""
        seed = f"{self.plan.seed}:{sitting}"
        told = {"officer": officer, "count": self.plan.refunds // 3, "seed": seed}
        self.owed += self.platform.stage("refunds", SCENES, **told)["owed"]

    def _tell(self, over: threading.Event) -> None:
        """Say every few seconds how far it is."""
        while not over.wait(5):
            say(f"{self.notebook.done} of {self.plan.donations} donors, {dict(self.weather.struck)}")

    def _calm(self) -> None:
        """Wait until nothing is under way, putting the clock forward when nothing moves any more."""
        self.platform.twin("webhooks", duplicate_up_to=0, delay_up_to_seconds=0, drop_bp=0)
        for ahead in [PAGES_CLOSE] + [RECONCILIATION] * (ROUNDS - 1):
            self._wait_until_still()
            if not (left := waiting(self.platform)):
                return
            say(f"time passes: {ahead}; still {left}")
            self.platform.travel(self.platform.now() + ahead)
        self._wait_until_still()

    def _wait_until_still(self) -> None:
        """Wait until nothing waits any more, or nothing has moved for a while."""
        moved, last = time.monotonic(), None
        while time.monotonic() - moved < STILL_SECONDS:
            left = waiting(self.platform)
            only_pages = set(left) <= {"gifts without an end"}
            if not left or (only_pages and time.monotonic() - moved > STILL_SECONDS / 3):
                return
            if left != last:
                moved, last = time.monotonic(), left
            time.sleep(1)

    def _summary(self) -> dict[str, Any]:
        """Return what happened and what is wrong."""
        platform, plan = self.platform, self.plan
        truth = platform.twin("truth")
        stuck_allowed = plan.kills + plan.restarts
        wrong = faults(platform, self.notebook, truth, stuck_allowed)
        wrong += [f"while it raged, {broken}" for broken in self.reader.broken[:10]]
        counts = {
            "donors": self.notebook.done,
            "outcomes": dict(self.notebook.outcomes),
            "troubles": {name: count for name, count in self.notebook.troubles.items() if count},
            "blows": dict(self.weather.struck),
            "refunds_by_officer": self.owed,
            "deliveries": truth["deliveries"],
            "payments": truth["charges"],
            "refunds": truth["refunds"],
            "campaigns": dict(platform.rows("SELECT status, count(*) FROM campaigns_campaign GROUP BY 1")),
            "grants": dict(platform.rows("SELECT state, count(*) FROM matching_grant GROUP BY 1")),
            "mails": dict(platform.rows("SELECT status, count(*) FROM accounts_mail GROUP BY 1")),
            "reads": self.reader.reads,
            "reads_interrupted": self.reader.interrupted,
        }
        wrong += _unseen(counts, plan)
        return {"seed": plan.seed, **counts, "seconds": self.seconds, "wrong": wrong}

    @contextlib.contextmanager
    def _measured(self, name: str) -> Any:
        self._began = time.monotonic()
        say(f"{name} ...")
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 1)

    def _since_start(self) -> float:
        return round(time.monotonic() - self._began, 1)


def run_storm(plan: Plan, folder: Path) -> dict[str, Any]:
    """Run a storm of this plan and return its summary; its engines keep every commit, as in production."""
    shutil.rmtree(folder / "run", ignore_errors=True)
    engines = folder / "engines"
    with (
        embedded.engines(engines) as addresses,
        running(
            folder / "run",
            addresses.owner_database_url,
            addresses.redis_url,
            workers=plan.workers,
            beats=plan.beats,
            is_silent=True,
        ) as platform,
    ):
        return Storm(platform, engines, plan).run()


def _unseen(counts: dict[str, Any], plan: Plan) -> list[str]:
    """Return what a storm of this plan should have met and has not."""
    blows, deliveries = Counter(counts["blows"]), counts["deliveries"]
    seen = {
        f"{plan.donations} donors": counts["donors"] == plan.donations,
        f"{plan.kills} kills": blows["kills"] == plan.kills,
        f"{plan.flushes} flushes": blows["redis flushes"] == plan.flushes,
        f"{plan.restarts} restarts": blows["postgres restarts"] == plan.restarts,
        "two messages a donor": sum(deliveries.values()) >= 2 * plan.donations,
        "donors who say that they paid": counts["outcomes"].get("paid", 0) > plan.donations // 2,
        "a lost message": deliveries.get("dropped", 0) > 0,
        "an awarded grant": counts["grants"].get("awarded", 0) > 0,
        "an officer's refund": counts["refunds_by_officer"] > 0,
        "a campaign that closed": not {"succeeded", "refunded", "failed"}.isdisjoint(counts["campaigns"]),
    }
    return [f"not seen: {what}" for what, was_seen in seen.items() if not was_seen]


def say(words: str) -> None:
    """Tell the person at the terminal."""
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)
