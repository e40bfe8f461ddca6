"""Stripe's messages: verified, stored and answered, beside the bare view."""

import json
import time
from collections import defaultdict
from typing import Any

from benchmarks.speed.ground import FOLDER, SECRET, Ground, keep
from benchmarks.speed.load import ask
from benchmarks.speed.pages import ROUNDS, SECONDS, WARM_SECONDS, summary
from benchmarks.speed.servers import serving
from stripe_twin.webhooks import signature

MESSAGES = 60_000


def measure(ground: Ground, server: str) -> None:
    """Measure one server."""
    town = ground.copied(ground.town("small"), "bench_hooks")
    seen: dict[str, list[dict[str, Any]]] = defaultdict(list)
    path = FOLDER / "messages.tsv"
    _write(path)
    log = FOLDER / "log"
    log.mkdir(exist_ok=True)
    environment = ground.environment(town.url, ONLY_MESSAGES="true")
    with (
        serving(server, "benchmarks.bare.site", {"DATABASE_URL": town.url}, log / "bare.log") as (
            bare,
            _p,
            _s,
        ),
        serving(server, "civicfund.wsgi", environment, log / "hooks.log") as (site, _pid, _start),
    ):
        ask(f"{bare}/{town.campaign}", seconds=WARM_SECONDS)
        sent = ask(f"{site}/stripe/webhook/", seconds=WARM_SECONDS, messages=path)["requests"]
        for _round in range(ROUNDS):
            seen["bare view"].append(ask(f"{bare}/{town.campaign}", seconds=SECONDS))
            run = ask(f"{site}/stripe/webhook/", seconds=SECONDS, messages=path, first=sent + 50)
            sent += run["requests"] + 50
            seen["message"].append(run)
    keep(f"hooks {server}", {name: summary(runs) for name, runs in seen.items()})


def _write(path: Any) -> None:
    """Write signed messages, each once."""
    now = int(time.time())
    with path.open("w") as file:
        for number in range(MESSAGES):
            body = json.dumps(
                {
                    "id": f"evt_b{now}_{number}",
                    "object": "event",
                    "type": "checkout.session.completed",
                    "livemode": False,
                    "created": now,
                    "data": {"object": {"object": "checkout.session", "id": f"cs_{number}"}},
                }
            )
            file.write(f"{signature(body, (SECRET,), now)}\t{body}\n")
