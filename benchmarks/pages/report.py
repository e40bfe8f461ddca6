"""The page on which `make audit-pages` writes what it saw, and what counts as short of its bound."""

import gzip
import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from typing import Any

from benchmarks.pages.speed import SCORES, TIMES, Speed
from demo.chromium import find_chromium
from demo.prepare import ROOT

PAGE = ROOT / "docs" / "pages.md"
#: Bytes on the way, compressed: a page's stylesheet, its script, and a campaign's page without its pictures.
MOST_CSS, MOST_SCRIPT, MOST_PAGE = 35_000, 20_000, 100_000
MOST_QUERIES = 8


def faults_of(found: dict[str, Any]) -> list[str]:
    """Return everything that is short of its bound, one sentence each."""
    faults = [fault for speed in found.get("speed", []) for fault in speed.faults]
    for name, sums in found.get("weight", {}).items():
        whole = sum(sums.values()) - sums["image"]
        if name == "campaign" and whole >= MOST_PAGE:
            faults.append(f"{name}: {whole} bytes without pictures")
    faults += [f"{name} weighs {size} bytes" for name, size, most in _files() if size >= most]
    if "access" in found:
        faults += found["access"].faults
    faults += [f"HTML: {fault}" for fault in found.get("html") or []]
    return faults + _query_faults(found.get("queries", {}))


def _query_faults(counted: dict[str, dict[str, int]]) -> list[str]:
    """Return the pages that ask too much, or more when more has been given."""
    faults = []
    for page in next(iter(counted.values()), {}):
        asked = [one[page] for one in counted.values()]
        if max(asked) > MOST_QUERIES or len(set(asked)) > 1:
            faults.append(f"{page} asks {asked} questions of the database")
    return faults


def _files() -> list[tuple[str, int, int]]:
    """Return the stylesheet and the script with their compressed bytes and their bounds."""
    dist = ROOT / "static" / "dist"
    bounds = {"app.css": MOST_CSS, "app.js + htmx.js": MOST_SCRIPT}
    return [
        (names, sum(len(gzip.compress((dist / name).read_bytes(), 9)) for name in names.split(" + ")), most)
        for names, most in bounds.items()
    ]


def write(found: dict[str, Any], faults: list[str]) -> None:
    """Write docs/pages.md."""
    lines = [*_head(found), *_speed(found["speed"]), *_weight(found["weight"]), *_queries(found["queries"])]
    lines += _access(found)
    lines += ["", "## Short of its bound", "", *([f"- {fault}" for fault in faults] or ["Nothing."])]
    PAGE.write_text("\n".join(lines) + "\n")


def _head(found: dict[str, Any]) -> list[str]:
    busy = found["load"] / (os.cpu_count() or 1)
    return [
        "# The pages a citizen sees",
        "",
        "Written by `make audit-pages`; run it on your own machine before you compare. The demo answers as a city's server",
        "does: without DEBUG, with hashed and compressed files, under the production security policy.",
        "",
        f"- When: {datetime.now(UTC):%Y-%m-%d}",
        f"- Where: {os.cpu_count()} processors ({platform.machine()}), {_chromium()}, server and browser on one machine",
        f"- Meanwhile: {busy:.1f} processes for each processor as it began",
    ]


def _chromium() -> str:
    said = subprocess.run(
        [find_chromium() or "", "--version"], capture_output=True, text=True, check=False
    ).stdout
    version = re.search(r"\d+", said)
    return f"Chromium {version[0]}" if version else "Chromium"


def _speed(speeds: list[Speed]) -> list[str]:
    lines = [
        "",
        "## Lighthouse",
        "",
        f"Its phone on a slow network, median of {TIMES}. Asked for: 100 four times, the largest picture or text before",
        "1.5 s, less than 50 ms in which the page does not answer, and nothing that moves.",
        "",
        "| Page | Performance | Accessibility | Best practices | SEO | LCP, s | TBT, ms | CLS |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for speed in speeds:
        scores = " | ".join(str(speed.scores[kind]) for kind in SCORES)
        paint, blocked, moved = speed.times.values()
        lines.append(f"| {speed.name} | {scores} | {paint / 1000:.2f} | {blocked:.0f} | {moved:.3f} |")
    return lines


def _weight(weights: dict[str, dict[str, int]]) -> list[str]:
    lines = [
        "",
        "## On the way",
        "",
        "What a first visit by phone fetches, in kB, headers included. Asked for: a campaign's page under 100 kB without its",
        "pictures.",
        "",
        "| Page | Document | Stylesheet | Script | Letters | Together | Pictures |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, sums in weights.items():
        kinds = ("document", "stylesheet", "script", "font")
        cells = [f"{sums[kind] / 1000:.1f}" for kind in kinds]
        cells += [f"{sum(sums[kind] for kind in kinds) / 1000:.1f}", f"{sums['image'] / 1000:.1f}"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    files = (f"{name} {size / 1000:.1f} of at most {most // 1000} kB" for name, size, most in _files())
    return [*lines, "", f"With gzip: {', '.join(files)}."]


def _queries(counted: dict[str, dict[str, int]]) -> list[str]:
    numbers = list(counted)
    heads = [f"{int(one):,} gifts" for one in numbers]
    lines = [
        "",
        "## Questions to the database",
        "",
        f"By a visitor who has not signed in, at {' and at '.join(heads)}. At most {MOST_QUERIES}.",
        "",
        f"| Page | {' | '.join(heads)} |",
        f"|---|{'---:|' * len(numbers)}",
    ]
    for page in counted[numbers[0]]:
        lines.append(f"| `{page}` | {' | '.join(str(counted[one][page]) for one in numbers)} |")
    return lines


def _access(found: dict[str, Any]) -> list[str]:
    seen, html = found["access"], found["html"]
    pages = len({name.partition(" (")[0] for name in seen.pages})
    checker = (
        "did not run, because this machine has no Java"
        if html is None
        else f"found {len(html) or 'nothing'} in the same pages as the server sends them"
    )
    return [
        "",
        "## axe and the Nu Html Checker",
        "",
        f"axe looked at {pages} pages and states on a phone, in the light and in the dark, by every rule of WCAG 2.2 AA and",
        f"of good practice, and found {len(seen.faults) or 'nothing'}. The Nu Html Checker {checker}.",
    ]
