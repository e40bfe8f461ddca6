"""Run the tests: on every core at once, then the journeys, two at a time, each beside a platform of its own.

Meanwhile Chromium is fetched for the journeys, where there is none: the first half does not need it.
"""

import subprocess
import sys

import pytest

#: A file's tests share what it sets up, so a file stays together; tests/conftest.py puts the long ones first.
TOGETHER = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "not journey"]
#: A journey is a browser and a whole platform, and mostly waits: more than two at once would wait for each other.
JOURNEYS = ["-n", "2", "--dist", "loadfile", "-m", "journey"]


def main() -> int:
    """Run both halves with the command line's arguments; return 0 when all tests that were chosen pass."""
    # When it fails it says why, and so does every journey.
    chromium = subprocess.Popen([sys.executable, "-m", "demo.chromium"], stdin=subprocess.DEVNULL)
    codes = []
    for half in (TOGETHER, JOURNEYS):
        command = [sys.executable, "-m", "pytest", *half, *sys.argv[1:]]
        codes.append(subprocess.run(command, check=False).returncode)
        chromium.wait()
    # A choice such as `-k gate` may lie in one half alone.
    empty = pytest.ExitCode.NO_TESTS_COLLECTED
    if codes.count(empty) == 1:
        codes.remove(empty)
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main())
