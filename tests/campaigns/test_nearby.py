"""Where a campaign is and how far: from words of its own, without asking anybody."""

import re
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from calls.models import Call
from campaigns.nearby import kilometres, spot_in_places, spot_named, spot_of
from civicfund.boroughs import INHABITANTS
from civicfund.neighbourhoods import CENTRES, SPOTS
from tests.campaigns.stages import campaign_in
from tests.pages import words_of


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Lambrate", "Lambrate"),
        ("vicino a lambrate", "Lambrate"),
        ("lambrat", "Lambrate"),
        ("citta studi", "Città Studi"),
        ("quarto ogiaro", "Quarto Oggiaro"),
        ("20134", "Lambrate"),
        ("Municipio 3", "Municipio 3"),
        ("45.48,9.24", "Lambrate"),
        ("45.48, 9.2", "Giardini Porta Venezia"),
        ("Municipio dieci", None),
        ("Municipio 12", None),
        ("xyzzy", None),
        ("via", None),
        ("41.90,12.50", None),
    ],
)
def test_spot_named_knows_how_people_write_a_place(typed: str, name: str | None) -> None:
    found = spot_named(typed)

    assert (found.name if found else None) == name


def test_position_finer_than_a_kilometre_is_not_taken() -> None:
    assert spot_named("45.4812,9.2412") is None


def test_browser_rounds_the_position_before_it_sends_it() -> None:
    script = (Path(site.BASE_DIR) / "frontend" / "js" / "near.js").read_text()

    assert "toFixed(2)" in script
    assert re.findall(r"coords\.\w+", script) == ["coords.latitude", "coords.longitude"]
    assert re.findall(r"rounded\(coords", script) == ["rounded(coords"] * 2
    assert 'button.addEventListener("click"' in script


@pytest.mark.parametrize(
    ("place", "borough", "name"),
    [
        ("Via Padova 1, Milano", 2, "Padova"),
        ("Via Padova 1, Milano", None, "Padova"),
        # A name in another borough is another place, or only a word.
        ("Via Padova 1", 5, "Municipio 5"),
        ("Un'isola pedonale", 4, "Municipio 4"),
        ("", 9, "Municipio 9"),
        ("Da qualche parte", None, None),
    ],
)
def test_spot_of_a_campaign_trusts_its_borough_more_than_words(
    place: str, borough: int | None, name: str | None
) -> None:
    found = spot_of(place, borough)

    assert (found.name if found else None) == name


def test_street_is_known_when_a_campaign_is_there() -> None:
    places = [("Via Rombon 34, Lambrate", 3), ("Via Altrove", None)]

    found = spot_in_places("via rombon", places)
    assert found is not None
    assert (found.name, found.boroughs) == ("via rombon", (3,))
    assert spot_in_places("via ignota", places) is None


def test_table_lies_in_the_city_and_in_its_boroughs() -> None:
    assert CENTRES.keys() == INHABITANTS.keys()
    for spot in SPOTS:
        assert spot.boroughs
        middle = min(kilometres(spot, spot_of("", number) or spot) for number in spot.boroughs)
        assert middle < 6, spot
    names = [name for spot in SPOTS for name in spot.names]
    assert len(names) == len(set(names))


@pytest.fixture
def town(officer: User, organizer: User, call: Call) -> list[str]:
    """Return the titles of three campaigns, from the nearest to Lambrate to the farthest."""
    made = [
        ("Lontano", "Via Forze Armate 9", 7),
        ("Qui", "Piazza delle Rimembranze di Lambrate", 3),
        ("A Dergano", "Dergano", 9),
    ]
    for title, place, borough in made:
        where = {"title": title, "place": place, "borough": borough}
        campaign_in("open", call=call, officer=officer, promoter=organizer, **where)
    return ["Qui", "A Dergano", "Lontano"]


def shown(client: Client, **query: str) -> list[str]:
    """Return the titles of the list in their order."""
    page = client.get(reverse("campaigns:campaign_list"), query)
    return [campaign.title for campaign in page.context["page"].object_list]


def test_list_near_a_place_begins_with_the_nearest(town: list[str], client: Client) -> None:
    assert shown(client, around="vicino a Lambrate") == town
    assert shown(client, around="45.48,9.24") == town
    assert shown(client, around="Lambrate", sort="new") == ["A Dergano", "Qui", "Lontano"]
    assert shown(client, around="Lambrate", borough="9") == ["A Dergano"]


def test_list_near_a_place_says_how_far(town: list[str], client: Client) -> None:
    words = words_of(client.get(reverse("campaigns:campaign_list"), {"around": "Lambrate"}))

    assert "meno di 1 km" in words
    assert re.search(r"circa \d+ km", words)


def test_list_near_an_unknown_place_says_so_and_shows_all(town: list[str], client: Client) -> None:
    response = client.get(reverse("campaigns:campaign_list"), {"around": "Atlantide"})

    assert "“Atlantide”" in words_of(response)
    assert len(response.context["page"].object_list) == 3


def test_list_near_a_place_asks_little_of_the_database(town: list[str], client: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("campaigns:campaign_list"), {"around": "Lambrate", "q": "qui", "borough": "3"})

    assert len(asked) <= 8, [one["sql"][:80] for one in asked]
