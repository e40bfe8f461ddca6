"""Look for holes: Semgrep with rules of our own, and bandit, each in an environment made for both; nothing is asked of a network.

The first run makes var/scanners from requirements-scan.txt and leaves a stamp; later ones begin at once.
"""

import os
import subprocess
import sys
import venv
from concurrent.futures import ThreadPoolExecutor

from demo.prepare import ROOT, Stamp, Trouble, run, say

SCANNERS = ROOT / "var" / "scanners"
RULES = "checks/semgrep"
QUIET = ["--metrics", "off", "--disable-version-check"]
#: What runs in production, and what checks it; in demo and tests, full of invented passwords, ruff and Semgrep look.
CODE = (
    *("accounts", "calls", "vetting", "campaigns", "ledger", "donations", "matching", "transparency"),
    *("civicfund", "checks", "manage.py"),
)

CHECKS = {
    "the rules against their examples": ["semgrep", "--test", *QUIET, "--config", RULES, RULES],
    "the code against the rules": [
        *("semgrep", "scan", *QUIET, "--config", RULES, "--error", "--quiet", "."),
    ],
    "bandit": ["bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", *CODE],
}


def main() -> int:
    """Run every scanner; return 0 when none finds anything, else print what they say and return 1."""
    try:
        make_scanners()
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    path = f"{SCANNERS / 'bin'}{os.pathsep}{os.environ['PATH']}"
    quiet = {**os.environ, "PATH": path, "SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}

    def check(command: list[str]) -> subprocess.CompletedProcess[str]:
        words = [str(SCANNERS / "bin" / command[0]), *command[1:]]
        return subprocess.run(words, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(2) as at_once:
        answers = dict(zip(CHECKS, at_once.map(check, CHECKS.values()), strict=True))
    for name, answer in answers.items():
        if answer.returncode:
            print(f"--- {name}\n{answer.stdout}\n{answer.stderr}", file=sys.stderr)
    return int(any(answer.returncode for answer in answers.values()))


def make_scanners() -> None:
    """Install the scanners where nothing else is, when their list or the Python has changed."""
    listed = ROOT / "requirements-scan.txt"
    stamp = Stamp("scanners", [listed], more=sys.version)
    if stamp.is_fresh() and (SCANNERS / "bin" / "semgrep").exists():
        return
    say("Installing the scanners (a minute, once)")
    venv.create(SCANNERS, with_pip=True, symlinks=True, clear=True)
    pip = [str(SCANNERS / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, "--requirement", str(listed)], log="scanners", registry="Python package (PyPI)", client="pip")
    stamp.write()


if __name__ == "__main__":
    raise SystemExit(main())
