"""How fast webhooks are answered while people give: `python -m tests.storm.load --rate 50 --seconds 60`.

Every donor sends the form and pays; Stripe's two messages about it are then signed and sent here, so that their answers
can be timed. Donors come at their own pace, whether or not those before them have been served. A benchmark, not a test:
what it says is true of the machine it ran on, and of what else ran there.
"""

import argparse
import json
import os
import shutil
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from demo import embedded
from stripe_twin.webhooks import signature
from tests.journeys.running import ROOT, Running, running
from tests.storm.donors import Donor, Line, Notebook
from tests.storm.meter import Meter, since
from tests.storm.plan import Gift
from tests.storm.storm import SCENES, say

FOLDER = ROOT / "var" / "load"
THREADS = 40
CAMPAIGNS = 20


class Load:
    """Donors at a fixed rate, and how long the webhook takes to answer."""

    def __init__(self, platform: Running, rate: int, seconds: int) -> None:
        self.platform = platform
        self.rate = rate
        self.count = rate * seconds
        self.notebook = Notebook()
        self.hook_ms: list[float] = []
        self.form_ms: list[float] = []
        self.statuses: Counter[int] = Counter()
        self._own = threading.local()

    def run(self) -> dict[str, Any]:
        """Let donors come and return what was seen."""
        town = self.platform.stage(
            "campaigns", SCENES, count=CAMPAIGNS, closing=0, donations=max(self.count, 1000)
        )
        self.platform.twin("webhooks", mode="drop")
        began = time.monotonic()
        with ThreadPoolExecutor(THREADS) as pool:
            for number in range(self.count):
                time.sleep(max(0.0, began + number / self.rate - time.monotonic()))
                pool.submit(self._serve, number, town["slugs"])
        took = time.monotonic() - began
        return {
            "asked_per_second": self.rate,
            "served_per_second": round(self.count / took, 1),
            "donations": self.count,
            "hook_ms": _figures(self.hook_ms),
            "form_ms": _figures(self.form_ms),
            "hook_statuses": dict(self.statuses),
            "troubles": dict(self.notebook.troubles),
            "processors": os.cpu_count(),
            "load_average": os.getloadavg(),
        }

    def _serve(self, number: int, slugs: list[str]) -> None:
        """Be one donor, and Stripe telling about it."""
        if not hasattr(self._own, "donor"):
            self._own.donor = Donor(self.platform.site, self.platform.stripe, self.notebook)
            self._own.hook = Line(self.platform.door)
        gift = Gift(number, number % len(slugs), 2000, "pays", presses_twice=False, comes_back=False)
        began = time.monotonic()
        session = self._own.donor.start(gift, slugs[gift.campaign])
        self.form_ms.append(1000 * (time.monotonic() - began))
        if session:
            self._own.donor.pay(gift, session)
            self._tell(f"evt_a{number}", "checkout.session.completed", {"id": session})
            self._tell(f"evt_b{number}", "checkout.session.completed", {"id": session})

    def _tell(self, event: str, kind: str, named: dict[str, Any]) -> None:
        """Send one signed message and time the answer."""
        subject = {"object": "checkout.session", "client_reference_id": None, **named}
        body = json.dumps(
            {
                "id": event,
                "object": "event",
                "type": kind,
                "livemode": False,
                "created": int(time.time()),
                "data": {"object": subject},
            }
        )
        began = time.monotonic()
        status, _location, _page = self._own.hook.ask(
            "POST",
            "/stripe/webhook/",
            body,
            **{
                "Content-Type": "application/json",
                "Stripe-Signature": signature(body, (self.platform.secret,), int(time.time())),
            },
        )
        self.hook_ms.append(1000 * (time.monotonic() - began))
        self.statuses[status] += 1


def _figures(milliseconds: list[float]) -> dict[str, float]:
    """Return the median, the 95th of a hundred and the slowest."""
    parts = statistics.quantiles(milliseconds, n=100)
    return {"median": round(parts[49], 1), "p95": round(parts[94], 1), "slowest": round(max(milliseconds), 1)}


def main() -> int:
    """Run one load on engines of its own and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=50, help="donors a second")
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    shutil.rmtree(FOLDER / "run", ignore_errors=True)
    with (
        embedded.engines(FOLDER / "engines") as engines,
        running(
            FOLDER / "run", engines.owner_database_url, engines.redis_url, has_door=True, is_silent=True
        ) as platform,
    ):
        say("donors come")
        meter = Meter(FOLDER / "engines")
        meter.look()
        before = meter.seconds()
        found = Load(platform, options.rate, options.seconds).run()
        meter.look()
    found["processor_seconds"] = since(before, meter.seconds())
    print(json.dumps(found, indent=2))
    return any(status != 200 for status in found["hook_statuses"])


if __name__ == "__main__":
    raise SystemExit(main())
