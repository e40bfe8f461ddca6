"""Find the Chromium of the browser journeys, or install one: `python -m demo.chromium`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT_FOLDERS = (".cache/ms-playwright", "Library/Caches/ms-playwright")
PLAYWRIGHT_PROGRAMS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
HOW = (
    "The browser journeys need Chromium, and none could be installed. Install it yourself (Debian and Ubuntu: "
    "apt-get install chromium; elsewhere: .venv/bin/python -m playwright install --with-deps chromium), "
    "or name one: CHROMIUM=/path/to/chrome make test"
)


def find_chromium() -> str | None:
    """Return the program named by CHROMIUM, else one on the PATH, else Playwright's own, else nothing."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    for folder in PLAYWRIGHT_FOLDERS:
        for pattern in PLAYWRIGHT_PROGRAMS:
            for program in sorted((Path.home() / folder).glob(pattern), reverse=True):
                return str(program)
    return None


def main() -> int:
    """Make sure that there is a Chromium; return 1 after saying how to get one when there is none."""
    if os.environ.get("CHROMIUM") and not find_chromium():
        print(f"CHROMIUM={os.environ['CHROMIUM']} is not a program.", file=sys.stderr)
        return 1
    if not find_chromium():
        print("- Installing Chromium for the browser journeys ...", flush=True)
        _install()
    if not find_chromium():
        print(HOW, file=sys.stderr)
        return 1
    return 0


def _install() -> None:
    """Install with Debian's packages for root, else with Playwright; a failure shows as no Chromium found."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
        subprocess.run([*quiet, "update"], check=False)
        subprocess.run(
            [*quiet, "install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            check=False,
        )
    if not find_chromium():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    raise SystemExit(main())
