"""Play a whole edition against the running platform: `python -m tests.storm.rehearse --edition 2020`.

Its campaigns open and close by the platform's own clock, which is put forward from stop to stop; every gift goes through
the form and Stripe's page. Exit code 1 when a cent is not where it belongs.
"""

import argparse
import random
import shutil
import time
from datetime import datetime, timedelta
from typing import Any

from demo import embedded
from tests.journeys.running import ROOT, Running, running
from tests.journeys.waiting import until
from tests.storm.donors import Notebook, give_all
from tests.storm.editions import EDITIONS, Edition, shares_of, small
from tests.storm.plan import Gift
from tests.storm.storm import SCENES
from tests.storm.verdict import faults, waiting

FOLDER = ROOT / "var" / "rehearsal"
THREADS, AT_ONCE = 12, 4
#: Between two stops of the clock, in days.
STEP = timedelta(days=20)
MOMENT = timedelta(minutes=1)
#: The last gifts come in the evening of the last day.
EVENING = timedelta(hours=3)
CALM_SECONDS = 240


class Rehearsal:
    """One edition, played from its first day to its last refund."""

    def __init__(self, platform: Running, edition: Edition, seed: int) -> None:
        self.platform = platform
        self.edition = edition
        self.seed = seed
        self.shares = shares_of(edition, seed)
        self.notebook = Notebook()
        self.campaigns: list[dict[str, Any]] = []

    def play(self) -> list[str]:
        """Play it, print what came of it, and return what is wrong."""
        edition = self.edition
        town = self.platform.stage(
            "edition",
            SCENES,
            year=edition.year,
            batches=edition.batches,
            days=edition.days,
            between=edition.between_batches,
            costs=[share.cost_cents for share in self.shares],
        )
        self.campaigns = town["campaigns"]
        print(f"{'day':>4}  {'live':>4} {'gifts':>6} {'raised':>12} {'granted':>12}  closed")
        stops = self._stops()
        agenda = self._agenda(stops)
        for stop in stops:
            self.platform.travel(stop)
            self._let_clocks_strike(stop)
            self._give(agenda.get(stop, []))
            self._tell(stop, stops[0])
        until(lambda: not waiting(self.platform), "everything has come to its end", CALM_SECONDS)
        return self._report(town["fund_cents"])

    def _stops(self) -> list[datetime]:
        """Return the instants the clock is put to: every opening, evening and closing, and days in between."""
        opens = sorted({datetime.fromisoformat(one["opens_at"]) for one in self.campaigns})
        closes = sorted({datetime.fromisoformat(one["closes_at"]) for one in self.campaigns})
        stops = {instant + MOMENT for instant in (opens[0], *closes)} | {
            instant - EVENING for instant in closes
        }
        # Campaigns of one batch open within seconds of one another.
        for instant in opens:
            if instant - max(stop for stop in stops if stop < instant + 2 * MOMENT) > timedelta(hours=1):
                stops.add(instant + MOMENT)
        between = opens[0] + STEP
        while between < closes[-1]:
            stops.add(between)
            between += STEP
        return sorted(stops)

    def _agenda(self, stops: list[datetime]) -> dict[datetime, list[Gift]]:
        """Spread every campaign's gifts over the stops at which it is open: many at the beginning and at the end."""
        chance = random.Random(f"agenda {self.seed}")
        agenda: dict[datetime, list[Gift]] = {}
        number = 0
        for place, (one, share) in enumerate(zip(self.campaigns, self.shares, strict=True)):
            opens, closes = (datetime.fromisoformat(one[name]) for name in ("opens_at", "closes_at"))
            mine = [stop for stop in stops if opens + MOMENT / 3 <= stop < closes]
            weights = [3, *([1] * (len(mine) - 2)), 3][: len(mine)]
            for cents in share.gifts:
                number += 1
                way = "declined-then-pays" if chance.random() < 0.03 else "pays"
                gift = Gift(number, place, cents, way, presses_twice=False, comes_back=chance.random() < 0.3)
                agenda.setdefault(chance.choices(mine, weights)[0], []).append(gift)
        return agenda

    def _let_clocks_strike(self, stop: datetime) -> None:
        """Wait until what is due at an instant has opened or closed."""
        until(
            lambda: (
                not self.platform.rows(
                    "SELECT 1 FROM campaigns_campaign WHERE status = 'scheduled' AND opens_at <= %s"
                    " UNION ALL SELECT 1 FROM campaigns_campaign"
                    " WHERE status IN ('open', 'closing') AND closes_at <= %s",
                    stop,
                    stop,
                )
            ),
            f"campaigns open and close on {stop.date()}",
            CALM_SECONDS,
        )

    def _give(self, gifts: list[Gift]) -> None:
        """Let everybody give whose day has come."""
        slugs = [one["slug"] for one in self.campaigns]
        addresses = (self.platform.site, self.platform.stripe, self.notebook)
        give_all(gifts, slugs, *addresses, threads=THREADS, at_once=AT_ONCE)
        if gifts:
            until(
                lambda: {"gifts without an end", "grants not decided"}.isdisjoint(waiting(self.platform)),
                "the gifts of the day have arrived",
                CALM_SECONDS,
            )

    def _tell(self, stop: datetime, first: datetime) -> None:
        """Print how the edition stands."""
        states = dict(self.platform.rows("SELECT status, count(*) FROM campaigns_campaign GROUP BY 1"))
        closed = {name: states[name] for name in ("succeeded", "failed", "refunded") if name in states}
        raised, granted = self._sums()
        print(
            f"{(stop - first).days:>4}  {states.get('open', 0):>4} {len(self.notebook.paid):>6}"
            f" {euro(raised):>12} {euro(granted):>12}  {closed or ''}",
            flush=True,
        )

    def _sums(self) -> tuple[int, int]:
        """Return what campaigns have raised and what they were granted, in cents."""
        balances = dict(
            self.platform.rows("SELECT kind, sum(balance_cents)::bigint FROM ledger_account GROUP BY 1")
        )
        raised = -balances.get("donors", 0) - balances.get("promoter", 0)
        return raised, balances.get("awarded", 0) + balances.get("paid", 0)

    def _report(self, fund_cents: int) -> list[str]:
        """Print the sums of the edition and return what is wrong."""
        truth = self.platform.twin("truth")
        raised, granted = self._sums()
        wrong = faults(self.platform, self.notebook, truth, stuck_allowed=0)
        expected = sum(len(share.gifts) for share in self.shares)
        if len(self.notebook.paid) != expected:
            wrong.append(f"{expected} people wanted to give, {len(self.notebook.paid)} have")
        back = truth["refunds"].get("succeeded", {"count": 0, "amount": 0})
        paid = truth["charges"]
        print(
            f"\ngifts      {paid['count']} of {euro(paid['amount'] // paid['count'])} in the mean"
            f"\nraised     {euro(raised)} by {self.edition.campaigns} campaigns, {self.edition.failing} of them failing"
            f"\ngranted    {euro(granted)}"
            f"\nfund       {euro(fund_cents - granted)} left of {euro(fund_cents)}"
            f"\nrefunds    {back['count']}, {euro(back['amount'])}"
            f"\naudit      {'balanced' if not wrong else 'NOT BALANCED'}"
        )
        return wrong


def euro(cents: int) -> str:
    """Return an amount as a terminal shows it."""
    return f"{cents // 100:,}.{cents % 100:02d} €"


def main() -> int:
    """Play one edition on engines of its own; return the exit code."""
    parser = argparse.ArgumentParser(prog="make rehearse", description=__doc__)
    parser.add_argument("--edition", choices=sorted(EDITIONS), default="2020")
    parser.add_argument("--size", choices=("full", "small"), default="full")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    edition = EDITIONS[options.edition]
    if options.size == "small":
        edition = small(edition)
    began = time.monotonic()
    shutil.rmtree(FOLDER / "run", ignore_errors=True)
    print(f"The edition of {options.edition}: {edition.campaigns} campaigns, {edition.days} days")
    with (
        embedded.engines(FOLDER / "engines") as engines,
        running(
            FOLDER / "run", engines.owner_database_url, engines.redis_url, workers=2, is_silent=True
        ) as platform,
    ):
        wrong = Rehearsal(platform, edition, options.seed).play()
    print(f"played in  {time.monotonic() - began:.0f} s")
    for fault in wrong:
        print(f"WRONG: {fault}")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
