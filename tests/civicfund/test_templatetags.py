"""Amounts, dates and users' words, as the pages show them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import translation
from pytest_django import Settings

from civicfund.templatetags import clock, icons, markdown, money

ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2027, 3, 14, 12, 0, tzinfo=ROME)


@pytest.mark.parametrize(
    ("language", "written"), [("it", "1.250,50\u00a0€"), ("en", "€1,250.50"), ("en-gb", "€1,250.50")]
)
def test_euro_follows_the_language(language: str, written: str) -> None:
    with translation.override(language):
        assert money.euro(125_050) == written


def test_euro_of_nothing_is_nothing() -> None:
    assert money.euro(None) == ""
    assert money.euro("") == ""
    assert money.euro(0) != ""


@pytest.mark.parametrize(
    ("basis_points", "italian", "english"),
    [
        (5000, "50\u00a0%", "50%"),
        (4050, "40,5\u00a0%", "40.5%"),
        (3333, "33,33\u00a0%", "33.33%"),
        (5, "0,05\u00a0%", "0.05%"),
    ],
)
def test_percent_in_both_languages(basis_points: int, italian: str, english: str) -> None:
    with translation.override("it"):
        assert money.percent(basis_points) == italian
    with translation.override("en"):
        assert money.percent(basis_points) == english


def test_percent_of_nothing_is_nothing() -> None:
    assert money.percent(None) == ""


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (datetime(2027, 3, 14, 22, 59, tzinfo=UTC), "14"),
        (datetime(2027, 3, 14, 23, 0, tzinfo=UTC), "15"),
        (datetime(2027, 7, 14, 21, 59, tzinfo=UTC), "14"),
        (datetime(2027, 7, 14, 22, 0, tzinfo=UTC), "15"),
    ],
)
def test_day_is_that_of_the_city(instant: datetime, shown: str) -> None:
    assert clock.day(instant).split()[0] == shown


def test_day_is_lower_case_only_in_italian() -> None:
    with translation.override("it"):
        assert clock.day(NOON) == "14 marzo 2027"
    with translation.override("en"):
        assert clock.day(NOON) == "14 March 2027"


def test_last_day_of_an_exclusive_end() -> None:
    midnight = datetime(2027, 3, 15, 0, 0, tzinfo=ROME)

    with translation.override("en"):
        assert clock.last_day(midnight) == "14 March 2027"
        assert clock.last_day(midnight + timedelta(seconds=1)) == "15 March 2027"


def test_moment_has_the_hour() -> None:
    with translation.override("it"):
        assert clock.moment(NOON) == "14 marzo 2027, 12:00"


@pytest.mark.parametrize("tell", [clock.until, clock.by_when])
def test_until_names_the_last_minute_inside(tell) -> None:
    midnight = datetime(2027, 3, 15, 0, 0, tzinfo=ROME)

    with translation.override("it"):
        words = tell(midnight)

    assert "23:59" in words
    assert "domenica 14 marzo 2027" in words
    with translation.override("en"):
        assert "Sunday 14 March 2027" in tell(midnight)


@pytest.mark.parametrize("tell", [clock.day, clock.last_day, clock.moment, clock.until, clock.by_when])
def test_dates_of_nothing_are_nothing(tell) -> None:
    assert tell(None) == ""


def scheduled(opens_at: datetime | None, gifts_until: datetime | None, status: str = "open") -> Any:
    """Return what the clock reads of a campaign."""
    return SimpleNamespace(opens_at=opens_at, closes_at=gifts_until, gifts_until=gifts_until, status=status)


@pytest.mark.parametrize(
    ("left", "number"),
    [
        (timedelta(days=10, hours=5), "10"),
        (timedelta(days=2), "2"),
        (timedelta(days=1, hours=23, minutes=59), "47"),
        (timedelta(hours=1), "1"),
        (timedelta(minutes=59, seconds=59), "59"),
        (timedelta(seconds=1), "1"),
    ],
)
def test_time_left_counts_days_then_hours_then_minutes(left: timedelta, number: str) -> None:
    campaign = scheduled(NOON - timedelta(days=1), NOON + left)

    with time_machine.travel(NOON, tick=False), translation.override("en"):
        words = clock.time_left(campaign)

    assert words.split()[0] == number
    unit = {10: "days", 2: "days", 47: "hours"}.get(int(number))
    assert unit is None or unit in words


def test_time_left_before_the_opening_and_after_the_end() -> None:
    before = scheduled(NOON + timedelta(days=3), NOON + timedelta(days=9))
    over = scheduled(NOON - timedelta(days=3), NOON)
    unscheduled = scheduled(None, None)
    early = scheduled(NOON - timedelta(days=3), NOON + timedelta(days=3), "closing")

    with time_machine.travel(NOON, tick=False), translation.override("en"):
        assert "17 March 2027" in clock.time_left(before)
        assert "left" not in clock.time_left(over)
        assert clock.time_left(over) != ""
        assert clock.time_left(unscheduled) == ""
        assert clock.time_left(early) == clock.time_left(over)


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [
        ("Ciao **mondo**", "<strong>mondo</strong>", "**"),
        ("# Titolo", "<h3>Titolo</h3>", "<h1"),
        ("### Titolo", "<h4>Titolo</h4>", "<h3"),
        ("- uno\n- due", "<li>uno</li>", "- uno"),
        ("<script>alert(1)</script>", "&lt;script&gt;", "<script"),
        ("<b onclick=x>b</b>", "&lt;b", "<b "),
        ("[clic](javascript:alert(1))", "clic", 'href="javascript'),
        ("![foto](https://x.example/t.gif)", "", "<img"),
        ("[casa](https://casa.example)", 'rel="nofollow ugc noopener"', "<script"),
        ("[dati](data:text/html,x)", "dati", 'href="data'),
    ],
)
def test_markdown_lets_nothing_unsafe_out(written: str, inside: str, outside: str) -> None:
    html = markdown.markdown(written)

    assert inside in html
    assert outside not in html


def test_markdown_of_nothing_is_nothing() -> None:
    assert markdown.markdown(None) == ""
    assert markdown.plain_words(None) == ""


def test_plain_words_leave_the_marks_out() -> None:
    written = '## Il *forno*\n\n- pane & "vino"\n- [qui](https://x.it) <b>ora</b>'

    assert markdown.plain_words(written) == 'Il forno pane & "vino" qui <b>ora</b>'


@pytest.mark.parametrize(("value", "written"), [(0, "0%"), (5, "0.5%"), (333, "33.3%"), (1000, "100%")])
def test_permille_is_a_width(value: int, written: str) -> None:
    assert icons.permille(value) == written


def test_icon_is_empty_until_the_front_end_is_built(settings: Settings, tmp_path) -> None:
    settings.BASE_DIR = tmp_path

    assert icons.icon("clock") == ""


def test_icon_is_decorative_and_takes_a_class(settings: Settings, tmp_path) -> None:
    folder = tmp_path / "static" / "dist"
    folder.mkdir(parents=True)
    (folder / "icons.json").write_text('{"clock": {"viewBox": "0 0 24 24", "body": "<path d=\'M0 0\'/>"}}')
    settings.BASE_DIR = tmp_path

    drawn = icons.icon("clock", 'big"')

    assert "<path d='M0 0'/>" in drawn
    assert 'class="icon big&quot;"' in drawn
    assert 'aria-hidden="true"' in drawn
