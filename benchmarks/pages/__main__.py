"""Audit the pages a citizen sees, and write docs/pages.md: `make audit-pages` (PARTS="speed access" for some of it).

The demo answers as a server of a city does: without DEBUG, with hashed and compressed files. `speed` is Lighthouse, `access`
is axe in the light and in the dark, `html` the Nu Html Checker where Java is, `weight` what a first visit fetches, `queries`
what a page asks of the database at 10 and at 100,000 gifts. Only a run of all parts rewrites the page.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.pages import report, tools
from benchmarks.pages.looking import look, weights
from benchmarks.pages.speed import PAGES, TIMES, measure
from demo.chromium import HOW, find_chromium
from demo.pages import FLAGS, running, site_address
from demo.prepare import ROOT, Trouble, say

PARTS = ("queries", "speed", "weight", "access", "html")
#: How long calm is waited for, and how many processes may want to run then, on average of a minute.
CALM_SECONDS, CALM_LOAD = 150, 0.5
NO_JAVA = "There is no Java here, so the Nu Html Checker did not run (Debian: apt-get install default-jre-headless)."


def main() -> int:
    """Measure, print, write the page, and return 1 when something is short of its bound."""
    parts = sys.argv[1:] or list(PARTS)
    chromium = find_chromium()
    if chromium is None:
        print(HOW, file=sys.stderr)
        return 1
    try:
        tools.install()
        found = _audited(parts, chromium)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    faults = report.faults_of(found)
    for line in faults:
        print(f"- {line}")
    if set(parts) == set(PARTS):
        report.write(found, faults)
        print(f"Written to {report.PAGE.relative_to(ROOT)}.")
    print("Everything within its bounds." if not faults else f"{len(faults)} things are short.")
    return bool(faults)


def _audited(parts: list[str], chromium: str) -> dict[str, Any]:
    """Return what each part found."""
    site, found = site_address(), {}
    if "queries" in parts:
        say("Counting questions to the database at 10 and 100,000 gifts")
        found["queries"] = _queries()
    with running(site), tempfile.TemporaryDirectory() as folder:
        if "speed" in parts:
            _wait_for_calm()
            say(f"Lighthouse, {TIMES} times {len(PAGES)} pages")
            found["load"], found["speed"] = os.getloadavg()[0], measure(site, chromium)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            if "weight" in parts:
                found["weight"] = {name: weights(browser, site + path) for name, path in PAGES.items()}
            if "access" in parts or "html" in parts:
                say("Looking at every page with axe")
                found["access"] = look(browser, site, Path(folder))
            browser.close()
        if "html" in parts:
            found["html"] = _html(Path(folder))
    return found


def _wait_for_calm() -> None:
    """Let the demo's workers finish what its loading has left to them; a machine that is never calm is measured as it is."""
    say("Waiting until nothing else is at work")
    until = time.monotonic() + CALM_SECONDS
    while os.getloadavg()[0] > CALM_LOAD and time.monotonic() < until:
        time.sleep(3)


def _html(folder: Path) -> list[str] | None:
    """Return what the checker finds wrong, or None, said aloud, where there is no Java."""
    program = shutil.which("java")
    if program is None:
        print(NO_JAVA)
        return None
    say("Reading the pages with the Nu Html Checker")
    return tools.html_faults(program, folder)


def _queries() -> dict[str, dict[str, int]]:
    """Have the questions counted by a process with a database of its own."""
    command = [sys.executable, "-m", "demo.engines", "-m", "benchmarks.pages.queries"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    counted: dict[str, dict[str, int]] = json.loads(done.stdout.splitlines()[-1])
    return counted


if __name__ == "__main__":
    raise SystemExit(main())
