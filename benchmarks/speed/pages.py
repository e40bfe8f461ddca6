"""Anonymous pages beside the bare view, on each web server: from the cache, and each page made anew."""

from collections import defaultdict
from typing import Any

from benchmarks.speed.ground import FOLDER, Ground, keep, middle
from benchmarks.speed.load import ask
from benchmarks.speed.servers import serving

ROUNDS, SECONDS, WARM_SECONDS = 3, 3.0, 1.0
WAYS = {"cached": "5", "made anew": "0"}


def measure(ground: Ground, server: str, size: str) -> None:
    """Measure one server with one town, the bare view and the pages in turns."""
    town = ground.town(size)
    paths = {"campaign": f"/progetti/{town.slug}/", "home": "/", "list": "/progetti/"}
    log = FOLDER / "log"
    log.mkdir(exist_ok=True)
    seen: dict[str, list[dict[str, Any]]] = defaultdict(list)
    bare = {"DATABASE_URL": town.url}
    with serving(server, "benchmarks.bare.site", bare, log / f"{server}-bare.log") as (site, _pid, _start):
        bare_address = f"{site}/{town.campaign}"
        for way, seconds in WAYS.items() if server == "gunicorn" else [("cached", "5")]:
            environment = ground.environment(town.url, PAGE_CACHE_SECONDS=seconds)
            with serving(server, "civicfund.wsgi", environment, log / f"{server}-site.log") as (
                site,
                _pid,
                _s,
            ):
                addresses = {f"{name}, {way}": f"{site}{path}" for name, path in paths.items()}
                addresses = {f"bare view beside {way}": bare_address, **addresses}
                for address in addresses.values():
                    ask(address, seconds=WARM_SECONDS)
                for _round in range(ROUNDS):
                    for name, address in addresses.items():
                        seen[name].append(ask(address, seconds=SECONDS))
    keep(f"pages {server} {size}", {name: summary(runs) for name, runs in seen.items()})


def summary(runs: list[dict[str, Any]]) -> dict[str, float]:
    """Return the medians of several runs, and what went wrong in any."""
    figures = {name: middle([run[name] for run in runs]) for name in ("rate", "median_ms", "p99_ms")}
    return {**figures, "wrong": sum(run["refused"] + run["broken"] for run in runs)}
