"""Blows to the running platform: workers killed, Redis emptied, PostgreSQL restarted, officers who give money back."""

import random
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
import redis

from demo.postgres import restart_at_once
from tests.journeys.running import Running
from tests.storm.donors import Notebook
from tests.storm.plan import Plan, weather_of


class Weather(threading.Thread):
    """Strike blow after blow, spread evenly over the gifts, until all have fallen.

    The thread lives on until it is dismissed: Linux ends a process when the thread that started it ends, and this one
    starts the workers it has killed.
    """

    def __init__(self, platform: Running, engines: Path, plan: Plan, notebook: Notebook) -> None:
        super().__init__(name="weather", daemon=True)
        self._platform = platform
        self._engines = engines
        self._plan = plan
        self._notebook = notebook
        self._chance = random.Random(f"blows {plan.seed}")
        self.struck: Counter[str] = Counter()
        self.failure: BaseException | None = None
        self.over = threading.Event()
        self._dismissed = threading.Event()

    def dismiss(self) -> None:
        """End the thread, and with it the workers it has started."""
        self._dismissed.set()

    def run(self) -> None:
        """Strike as planned; what goes wrong here is kept for the one who waits."""
        try:
            blows = weather_of(self._plan)
            for number, blow in enumerate(blows, 1):
                time.sleep(self._plan.between_blows * (0.5 + self._chance.random()))
                while self._notebook.done * (len(blows) + 1) < number * self._plan.donations:
                    time.sleep(0.1)
                {"kill": self._kill, "flush": self._flush, "restart": self._restart}[blow]()
        except Exception as error:  # noqa: BLE001 - it belongs to the thread that joins
            self.failure = error
        self.over.set()
        self._dismissed.wait()

    def _kill(self) -> None:
        """Kill a whole worker, or one child of its pool."""
        name = self._chance.choice(self._platform.workers)
        children = psutil.Process(self._platform.pid(name)).children()
        if children and self._chance.random() < 0.5:
            self._chance.choice(children).kill()
            self.struck["pool children killed"] += 1
        else:
            self._platform.strike(name)
            self.struck["workers killed"] += 1
        self.struck["kills"] += 1

    def _flush(self) -> None:
        redis.Redis.from_url(self._platform.environment["REDIS_URL"]).flushall()
        self.struck["redis flushes"] += 1

    def _restart(self) -> None:
        restart_at_once(self._engines)
        self.struck["postgres restarts"] += 1
