"""Play the browser's journeys against production settings, behind nginx with HTTPS: `make journeys-production`.

`make test` needs no nginx. Where there is none this says so and does nothing else.
"""

import os
import subprocess
import sys

from tests.journeys.front import ABSENT, find_nginx

#: As in checks/run_tests.py: two platforms at once, a file's journeys together.
HOW = ["-n", "2", "--dist", "loadfile", "-m", "journey", "tests/journeys"]


def main() -> int:
    """Run the journeys with the command line's arguments; return pytest's exit code."""
    if not find_nginx():
        print(f"Nothing was played: {ABSENT}.")
        return 0
    command = [sys.executable, "-m", "pytest", *HOW, *sys.argv[1:]]
    return subprocess.run(command, env={**os.environ, "JOURNEYS": "production"}, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
