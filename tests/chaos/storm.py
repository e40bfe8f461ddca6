"""A storm in which cables are pulled."""

import random
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.chaos.engines import as_hosts_see
from tests.chaos.hosts import NAMES, WATCH, address, cut, join, on_host
from tests.journeys.running import Running
from tests.storm.plan import Plan
from tests.storm.storm import Storm, say

PORTS = {"web": 8000, "stripe": 8100}
#: How long a cable is out, and how long all are in, in seconds.
OUT, IN = (2.0, 15.0), (1.0, 6.0)
#: Two cables at once, so many times of a hundred.
TWO_OF_HUNDRED = 30


class Spread(Running):
    """The platform on several hosts."""

    stripe_listens = "0.0.0.0"  # noqa: S104 - on a host of its own that only this machine reaches

    def _address(self, name: str) -> str:
        return f"http://{address(name)}:{PORTS[name]}"

    def _on_host(self, name: str) -> list[str]:
        return on_host(name)

    def _environment(self, redis_url: str) -> dict[str, str]:
        told = super()._environment(redis_url)
        told["DATABASE_URL"] = as_hosts_see(told["DATABASE_URL"])
        told["REDIS_URL"] = as_hosts_see(told["REDIS_URL"])
        return {**told, "ALLOWED_HOSTS": f"127.0.0.1,{address('web')}", "NO_PROXY": "*"}

    def twin(self, order: str, **details: Any) -> dict[str, Any]:
        """Give the local Stripe an order by the cable that is never pulled."""
        usual, self.stripe = self.stripe, f"http://{address('stripe', WATCH)}:{PORTS['stripe']}"
        try:
            return super().twin(order, **details)
        finally:
            self.stripe = usual


class Cables(threading.Thread):
    """Pull cables for so many seconds, and put all back."""

    def __init__(self, plan: Plan, seconds: float) -> None:
        super().__init__(name="cables", daemon=True)
        self._chance = random.Random(f"cables {plan.seed}")
        self._seconds = seconds
        self.struck: Counter[str] = Counter()
        self.failure: BaseException | None = None
        self.over = threading.Event()

    def run(self) -> None:
        """Pull and put back; what goes wrong here is kept for the one who waits."""
        until = time.monotonic() + self._seconds
        try:
            while time.monotonic() < until:
                time.sleep(self._chance.uniform(*IN))
                two = self._chance.randrange(100) < TWO_OF_HUNDRED
                names = self._chance.sample(NAMES, 2 if two else 1)
                for name in names:
                    cut(name)
                    self.struck[name] += 1
                time.sleep(self._chance.uniform(*OUT))
                for name in names:
                    join(name)
        except Exception as error:  # noqa: BLE001 - it belongs to the thread that joins
            self.failure = error
        finally:
            for name in NAMES:
                join(name)
        self.over.set()

    def dismiss(self) -> None:
        """Nothing was started that would have to end."""


class Chaos(Storm):
    """Donors give and officers give back while cables are out."""

    def __init__(self, platform: Running, engines: Path, plan: Plan, seconds: float) -> None:
        super().__init__(platform, engines, plan)
        self.weather = Cables(plan, seconds)  # type: ignore[assignment]

    def _summary(self) -> dict[str, Any]:
        """Return what a storm returns; a worker that is cut off while a mail leaves may not know whether it left."""
        blows = sum(self.weather.struck.values())
        stuck = self.platform.rows("SELECT count(*) FROM accounts_mail WHERE status = 'sending'")[0][0]
        summary = super()._summary()
        allowed = f"{stuck} mails are stuck, and only {self.plan.kills + self.plan.restarts} blows fell"
        if stuck <= blows:
            summary["wrong"] = [one for one in summary["wrong"] if one != allowed]
        return {**summary, "stuck_mails": stuck}


__all__ = ["Chaos", "Spread", "say"]
