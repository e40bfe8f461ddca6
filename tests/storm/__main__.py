"""Run a storm: `python -m tests.storm [--seed N] [--small]`; exit code 1 when anything is wrong."""

import argparse
import json
import secrets

from tests.journeys.running import ROOT
from tests.storm.plan import Plan, small
from tests.storm.storm import run_storm, say

FOLDER = ROOT / "var" / "storm"


def main() -> int:
    """Run one storm on engines of its own, print its summary as JSON and keep it in var/storm/."""
    parser = argparse.ArgumentParser(prog="make storm", description=__doc__)
    parser.add_argument("--seed", type=int, help="replays what is left to chance")
    parser.add_argument("--small", action="store_true", help="the size of `make test`")
    parser.add_argument("--donations", type=int, help="another number of donors")
    options = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    plan = small(seed) if options.small else Plan(seed=seed)
    if options.donations:
        plan = Plan(**{**plan.__dict__, "donations": options.donations})
    say(f"seed {seed} (SEED={seed} replays it)")
    summary = run_storm(plan, FOLDER)
    text = json.dumps(summary, indent=2, ensure_ascii=False, default=str)
    (FOLDER / f"summary-{seed}.json").write_text(text)
    print(text)
    if summary["wrong"]:
        say(f"WRONG with seed {seed}: {len(summary['wrong'])} faults; the logs are in {FOLDER / 'run'}")
    return bool(summary["wrong"])


if __name__ == "__main__":
    raise SystemExit(main())
