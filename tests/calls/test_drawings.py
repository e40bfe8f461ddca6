"""The drawings of a project's time and of the city's boroughs."""

from collections import Counter
from itertools import pairwise
from typing import NamedTuple

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation

from calls.drawings import borough_areas, borough_shape, gantt
from calls.forms import BoroughField
from civicfund import boroughs


class Work(NamedTuple):
    title: str
    first_month: int
    months: int


class PlaceForm(forms.Form):
    borough = BoroughField(excluded=[1, 7])


def test_gantt_places_bars_by_their_months() -> None:
    chart = gantt([Work("Cantiere", 1, 2), Work("Corsi", 3, 2)], 4)

    assert [(bar.start, bar.length) for bar in chart.bars] == [(0, 500), (500, 500)]
    assert chart.end is None


def test_gantt_marks_what_goes_on_after_the_project() -> None:
    chart = gantt([Work("Corsi", 3, 4), Work("Festa", 7, 2), Work("Cantiere", 1, 2)], 4)

    assert chart.end == 500
    assert [(bar.beyond_start, bar.beyond) for bar in chart.bars[:2]] == [(500, 250), (750, 250)]
    assert chart.bars[2].beyond == 0


@pytest.mark.parametrize(
    ("months", "named"), [(1, [1]), (12, list(range(1, 13))), (18, [2, 4, 6, 8, 10, 12, 14, 16, 18])]
)
def test_gantt_names_no_more_months_than_fit(months: int, named: list[int]) -> None:
    assert [mark.month for mark in gantt([], months).marks] == named


def test_gantt_of_three_hundred_years_still_fits() -> None:
    assert len(gantt([Work("Corsi", 1, 120)], 0).marks) <= 12


def test_gantt_tells_in_words_what_it_draws() -> None:
    with translation.override("en"):
        chart = gantt([Work("<b>Corsi</b>", 3, 4), Work("Festa", 4, 1)], 4)
        page = render_to_string("components/gantt.html", {"chart": chart})

    assert "&lt;b&gt;Corsi&lt;/b&gt;" in page
    assert "months 3–6" in page
    assert "month 4" in page
    assert page.count("after the end of the project") == 1
    assert "style=" not in page


def test_gantt_without_activities_says_so() -> None:
    with translation.override("en"):
        page = render_to_string("components/gantt.html", {"chart": gantt([], 6)})

    assert "No activity is planned yet." in page


def test_boroughs_share_their_borders_and_leave_no_gap() -> None:
    sides: Counter[tuple[boroughs.Point, boroughs.Point]] = Counter()
    for number in range(1, 10):
        corners = boroughs.outline(number)
        assert len(set(corners)) == len(corners) >= 10
        sides.update(pairwise([*corners, corners[0]]))

    # Each border is walked once in each direction, the city's own only once, and that makes one ring.
    assert set(sides.values()) == {1}
    outer = {start: end for start, end in sides if (end, start) not in sides}
    line = [point for number in range(2, 10) for point in boroughs.LINES[str(number)][:-1]]
    assert outer == dict(pairwise([*line, line[0]]))


@pytest.mark.parametrize("number", range(1, 10))
def test_number_of_a_borough_stands_inside_it(number: int) -> None:
    x, y = boroughs.PLACES[number]
    corners = boroughs.outline(number)
    crossed = sum(
        (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
        for (x1, y1), (x2, y2) in pairwise([*corners, corners[0]])
    )

    assert crossed % 2 == 1
    assert all(0 <= x <= boroughs.WIDTH and 0 <= y <= boroughs.HEIGHT for x, y in corners)


def test_boroughs_go_clockwise_from_the_north_east() -> None:
    middle = boroughs.PLACES[1]
    quarter = {
        number: (boroughs.PLACES[number][0] > middle[0], boroughs.PLACES[number][1] > middle[1])
        for number in range(2, 10)
    }

    assert quarter[2] == quarter[3] == (True, False)
    assert quarter[4] == quarter[5] == (True, True)
    assert quarter[6] == (False, True)
    assert quarter[7] == quarter[8] == quarter[9] == (False, False)


def test_borough_areas_are_darkest_where_most_happens() -> None:
    areas = borough_areas({2: 1, 3: 8}, chosen=3, address="?borough={}".format)

    assert [area.tint for area in areas[:4]] == [0, 1, 4, 0]
    assert [area.number for area in areas if area.is_chosen] == [3]
    assert areas[1].address == "?borough=2"
    assert {area.tint for area in borough_areas({}, chosen=None, address=str)} == {0}


def test_borough_picker_is_a_list_and_a_map_at_once() -> None:
    page = PlaceForm({"borough": "4"}).as_p() and render_to_string(
        "components/borough_picker.html", {"field": PlaceForm({"borough": "4"})["borough"]}
    )

    assert page.count('type="radio"') == page.count("<label") == page.count("<path") == 9
    assert page.count(" disabled") == 2
    assert page.count(" checked") == 1
    assert f'd="{borough_shape(9)["path"]}"' in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("typed", "taken"),
    [("4", 4), ("9", 9), ("1", None), ("7", None), ("10", None), ("", None), ("2;3", None)],
)
def test_borough_field_takes_what_the_call_admits(typed: str, taken: int | None) -> None:
    form = PlaceForm({"borough": typed})

    assert form.is_valid() is (taken is not None)
    assert form.cleaned_data.get("borough") == taken
