"""What counts as short of its bound on the pages a citizen sees."""

from typing import Any

import pytest

from benchmarks.pages import report
from benchmarks.pages.looking import Seen
from benchmarks.pages.speed import MOST, SCORES, Speed

TIMES = {"largest-contentful-paint": 1499.0, "total-blocking-time": 49.0, "cumulative-layout-shift": 0.0}
SUMS = {"document": 11_000, "stylesheet": 15_000, "script": 20_000, "font": 36_000, "image": 900_000}


def found(**changes: Any) -> dict[str, Any]:
    """Return what a run finds when everything is within its bounds, but for some changes."""
    speed = Speed("home", dict.fromkeys(SCORES, 100), TIMES, [])
    seen = Seen(pages=["home (light)", "home (dark)"])
    fine = {"load": 0.1, "speed": [speed], "weight": {"campaign": SUMS}, "access": seen, "html": []}
    return {**fine, "queries": {"10": {"/": 8}, "100000": {"/": 8}}, **changes}


@pytest.fixture(autouse=True)
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a stylesheet and a script that are light enough, whatever has been built here."""
    monkeypatch.setattr(report, "_files", lambda: [("app.css", 15_000, 35_000), ("app.js", 19_999, 20_000)])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"html": None}, ""),
        ({"speed": [Speed("home", {**dict.fromkeys(SCORES, 100), "seo": 99}, TIMES, [])]}, "seo 99"),
        ({"weight": {"campaign": {**SUMS, "font": 54_000}}}, "100000 bytes"),
        ({"access": Seen(faults=["home (dark): color-contrast"])}, "color-contrast"),
        ({"html": ["home.html, line 3: Stray end tag."]}, "Stray end tag"),
        ({"queries": {"10": {"/": 9}, "100000": {"/": 9}}}, "[9, 9]"),
        ({"queries": {"10": {"/": 7}, "100000": {"/": 8}}}, "[7, 8]"),
        *(
            ({"speed": [Speed("home", dict.fromkeys(SCORES, 100), {**TIMES, name: most}, [])]}, name)
            for name, most in MOST.items()
        ),
    ],
)
def test_each_bound_is_held(changes: dict[str, Any], words: str) -> None:
    faults = report.faults_of(found(**changes))

    assert len(faults) == bool(words)
    assert words in "".join(faults)


def test_the_page_says_what_was_seen_and_what_is_short(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = tmp_path_factory.mktemp("docs") / "pages.md"
    monkeypatch.setattr(report, "PAGE", page)

    report.write(found(html=None), ["home: seo 99 of 100"])

    text = page.read_text()
    assert "| home | 100 | 100 | 100 | 100 | 1.50 | 49 | 0.000 |" in text
    assert "| campaign | 11.0 | 15.0 | 20.0 | 36.0 | 82.0 | 900.0 |" in text
    assert "| `/` | 8 | 8 |" in text and "100,000 gifts" in text
    assert "looked at 1 pages" in text and "has no Java" in text
    assert text.endswith("- home: seo 99 of 100\n")
