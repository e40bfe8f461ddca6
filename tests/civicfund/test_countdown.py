"""How long is left, in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from civicfund.templatetags.clock import countdown, span, starts_in

ROME = ZoneInfo("Europe/Rome")
#: Noon in the city, in winter.
NOW = datetime(2027, 1, 12, 12, 0, tzinfo=ROME)
BORDERS = [
    ({"seconds": 1}, "manca meno di un minuto", "less than a minute left"),
    ({"seconds": 59}, "manca meno di un minuto", "less than a minute left"),
    ({"minutes": 1}, "manca 1 minuto", "1 minute left"),
    ({"minutes": 59, "seconds": 59}, "mancano 59 minuti", "59 minutes left"),
    ({"hours": 1}, "manca 1 ora", "1 hour left"),
    ({"hours": 1, "minutes": 1}, "mancano 1 ora e 1 minuto", "1 hour and 1 minute left"),
    (
        {"hours": 23, "minutes": 59, "seconds": 59},
        "mancano 23 ore e 59 minuti",
        "23 hours and 59 minutes left",
    ),
    ({"days": 1}, "manca 1 giorno", "1 day left"),
    ({"days": 1, "minutes": 59}, "manca 1 giorno", "1 day left"),
    ({"days": 1, "hours": 1}, "mancano 1 giorno e 1 ora", "1 day and 1 hour left"),
    ({"days": 3, "hours": 4}, "mancano 3 giorni e 4 ore", "3 days and 4 hours left"),
    ({"days": 6, "hours": 23, "minutes": 59}, "mancano 6 giorni e 23 ore", "6 days and 23 hours left"),
    ({"days": 7}, "mancano 7 giorni", "7 days left"),
    ({"days": 7, "hours": 5}, "mancano 7 giorni", "7 days left"),
]


@pytest.mark.parametrize(("ahead", "italian", "english"), BORDERS)
def test_countdown_at_each_border_in_both_languages(
    ahead: dict[str, int], italian: str, english: str
) -> None:
    then = NOW + timedelta(**ahead)

    with translation.override("it"):
        assert countdown(then, NOW) == italian
    with translation.override("en"):
        assert countdown(then.astimezone(UTC), NOW) == english


def test_countdown_of_what_is_over_says_nothing() -> None:
    assert countdown(NOW, NOW) == ""
    assert starts_in(NOW, NOW) == ""


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        ({"days": 3, "hours": 4}, "tra 3 giorni e 4 ore"),
        ({"minutes": 1}, "tra 1 minuto"),
        ({"seconds": 5}, "tra meno di un minuto"),
    ],
)
def test_starts_in(ahead: dict[str, int], words: str) -> None:
    with translation.override("it"):
        assert starts_in(NOW + timedelta(**ahead), NOW) == words


@pytest.mark.parametrize(
    ("now", "then", "left"),
    [
        # The night of 28 March has 23 hours, that of 31 October 25: a day leads to the same time all the same.
        ((2027, 3, 27, 12, 0), (2027, 3, 28, 12, 0), (1, 0, 0)),
        ((2027, 3, 27, 12, 0), (2027, 3, 28, 11, 59), (0, 22, 59)),
        ((2027, 10, 30, 12, 0), (2027, 10, 31, 12, 0), (1, 0, 0)),
        ((2027, 10, 30, 12, 0), (2027, 10, 31, 11, 0), (0, 24, 0)),
        ((2027, 10, 30, 12, 0), (2027, 11, 1, 0, 0), (1, 12, 0)),
        ((2027, 12, 31, 23, 30), (2028, 1, 1, 0, 0), (0, 0, 30)),
    ],
)
def test_span_over_the_nights_in_which_clocks_change(
    now: tuple[int, ...], then: tuple[int, ...], left: tuple[int, int, int]
) -> None:
    assert span(datetime(*now, tzinfo=ROME), datetime(*then, tzinfo=ROME)) == left
