"""Run a Python program with its clock ahead: `python -m tests.journeys.at 86400 celery --app civicfund worker`.

Every process of a run gets the same distance from the real time, so their clocks agree to the millisecond, and the
local Stripe signs its messages with the time its receiver has.
"""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine


def main() -> None:
    """Shift the clock by the first argument, in seconds, and run the module named by the second with the rest."""
    seconds, module, *arguments = sys.argv[1:]
    sys.argv = [module, *arguments]
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(seconds)), tick=True):
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
