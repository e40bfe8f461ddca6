"""Lighthouse and the Nu Html Checker from npm, in a folder of their own: they weigh more than the whole site's packages."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from demo.prepare import ROOT, Stamp, Trouble, node_folder, run, say

SOURCES = Path(__file__).resolve().parent
FOLDER = ROOT / "var" / "pages"
LISTS = ("package.json", "package-lock.json")
CHECKER = FOLDER / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
LIGHTHOUSE = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
#: A run of Lighthouse that has not ended by then has lost its browser.
RUN_SECONDS = 180
#: Now and then a browser does not start; one that fails twice has a reason.
TRIES = 2
QUIET_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
)


def install() -> None:
    """Install both programs, when their list has changed. Raise Trouble when the registry does not answer."""
    stamp = Stamp("pages", [SOURCES / name for name in LISTS])
    if stamp.is_fresh() and CHECKER.exists() and LIGHTHOUSE.exists():
        return
    say("Installing Lighthouse and the Nu Html Checker")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in LISTS:
        shutil.copy(SOURCES / name, FOLDER / name)
    # No script of a package runs: the checker's own would fetch a Java from elsewhere.
    command = ["npm", "ci", "--prefix", str(FOLDER), "--ignore-scripts", "--no-audit", "--no-fund"]
    run(command, log="pages", registry="JavaScript package (npm)", client="npm", PATH=_path())
    stamp.write()


def lighthouse(address: str, chromium: str) -> dict[str, Any]:
    """Return the report on one page, as on a middling phone on a slow network; raise Trouble when there is none."""
    command = [str(node_folder() / "node"), str(LIGHTHOUSE), address, "--quiet", "--output=json"]
    command += [
        "--only-categories=performance,accessibility,best-practices,seo",
        f"--chrome-flags={QUIET_FLAGS}",
    ]
    environment = {**os.environ, "CHROME_PATH": chromium, "PATH": _path()}
    for tries_left in reversed(range(TRIES)):
        done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=RUN_SECONDS)
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(done.stdout)
            return report
        print(done.stderr.decode()[-1500:], file=sys.stderr)
        if tries_left:
            print(f"Lighthouse did not look at {address}; once more.", file=sys.stderr)
    raise Trouble(f"Lighthouse could not look at {address}: see above.")


def html_faults(program: str, folder: Path) -> list[str]:
    """Return what the checker finds wrong in a folder's pages, each with the page's name and line."""
    command = [program, "-Xss4m", "-jar", str(CHECKER), "--format", "json", "--stdout", "--exit-zero-always"]
    done = subprocess.run([*command, str(folder)], capture_output=True, check=True)
    return [
        f"{Path(one['url']).name}, line {one.get('lastLine', '?')}: {one['message']}"
        for one in json.loads(done.stdout)["messages"]
        if one["type"] != "info" or one.get("subType") == "warning"
    ]


def _path() -> str:
    return f"{node_folder()}{os.pathsep}{os.environ['PATH']}"
