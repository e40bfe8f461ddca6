"""What Lighthouse says of the four pages a citizen gives through: the median of several runs of its phone."""

import statistics
from typing import Any, NamedTuple

from benchmarks.pages import tools

TIMES = 5
PAGES = {
    "home": "/",
    "list": "/progetti/",
    "campaign": "/progetti/la-ciclofficina-che-insegna/",
    "donate": "/progetti/la-ciclofficina-che-insegna/dona/",
}
SCORES = ("performance", "accessibility", "best-practices", "seo")
#: Milliseconds, but for the shift of the layout, which is a number; a page stays below them, and shifts nothing.
MOST = {"largest-contentful-paint": 1500, "total-blocking-time": 50, "cumulative-layout-shift": 0.0005}


class Speed(NamedTuple):
    """One page's medians: its scores of 100, its times, and which audits cost it points in the last run."""

    name: str
    scores: dict[str, int]
    times: dict[str, float]
    short: list[str]

    @property
    def faults(self) -> list[str]:
        """Return each bound that the page does not keep."""
        low = [f"{self.name}: {kind} {score} of 100" for kind, score in self.scores.items() if score < 100]
        slow = [
            f"{self.name}: {kind} {self.times[kind]:g} is not below {most:g}"
            for kind, most in MOST.items()
            if self.times[kind] >= most
        ]
        return low + slow


def measure(site: str, chromium: str, times: int = TIMES) -> list[Speed]:
    """Look at each of the four pages several times, one run after the other."""
    return [_measured(name, site + path, chromium, times) for name, path in PAGES.items()]


def _measured(name: str, address: str, chromium: str, times: int) -> Speed:
    reports = [tools.lighthouse(address, chromium) for _ in range(times)]
    scores = {kind: statistics.median(_score(one, kind) for one in reports) for kind in SCORES}
    found = {kind: statistics.median(one["audits"][kind]["numericValue"] for one in reports) for kind in MOST}
    print(f"  {name}: {scores} {found}", flush=True)
    return Speed(name, {kind: round(value) for kind, value in scores.items()}, found, _short(reports[-1]))


def _score(report: dict[str, Any], kind: str) -> float:
    return (report["categories"][kind]["score"] or 0) * 100


def _short(report: dict[str, Any]) -> list[str]:
    """Return the audits with weight that a page does not pass in full."""
    weighed = {
        one["id"] for kind in SCORES for one in report["categories"][kind]["auditRefs"] if one["weight"] > 0
    }
    return [
        f"{key} ({audit.get('displayValue') or audit['score']})"
        for key, audit in report["audits"].items()
        if key in weighed and audit["score"] is not None and audit["score"] < 0.995
    ]
