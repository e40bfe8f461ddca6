"""Pull cables for five minutes: `python -m tests.chaos [--seed N] [--seconds 300]`; exit code 1 when anything is wrong."""

import argparse
import json
import secrets
import shutil
import sys

from tests.chaos.engines import engines
from tests.chaos.hosts import NoHosts, hosts
from tests.chaos.storm import Chaos, Spread, say
from tests.journeys.running import ROOT, running
from tests.storm.plan import Plan

FOLDER = ROOT / "var" / "chaos"


def main() -> int:
    """Run on hosts of its own, print the summary as JSON and keep it in var/chaos/."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="replays what is left to chance")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--donations", type=int, default=5000)
    options = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    say(f"seed {seed} (SEED={seed} replays it)")
    plan = Plan(
        seed=seed, donations=options.donations, threads=12, kills=0, flushes=0, restarts=0, refunds=30
    )
    shutil.rmtree(FOLDER / "run", ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        with (
            hosts(),
            engines(FOLDER / "engines") as (owner_url, redis_url),
            running(
                FOLDER / "run", owner_url, redis_url, kind=Spread, workers=2, beats=2, is_silent=True
            ) as platform,
        ):
            summary = Chaos(platform, FOLDER / "engines", plan, options.seconds).run()
    except NoHosts as missing:
        print(missing, file=sys.stderr)
        return 2
    text = json.dumps(summary, indent=2, ensure_ascii=False, default=str)
    (FOLDER / f"summary-{seed}.json").write_text(text)
    print(text)
    if summary["wrong"]:
        say(f"WRONG with seed {seed}: {len(summary['wrong'])} faults; the logs are in {FOLDER / 'run'}")
    return bool(summary["wrong"])


if __name__ == "__main__":
    raise SystemExit(main())
