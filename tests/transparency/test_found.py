"""What search engines read: the map, the rules, the one address of a page, and data in schema.org's words."""

import json
import re
import xml.etree.ElementTree as ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from civicfund.templatetags.structured import structured
from tests.campaigns.stages import campaign_in

PLACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def data_of(page: str) -> dict:
    """Return the block of data of a page."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_sitemap_lists_what_is_public_and_nothing_else(
    campaign: Campaign, call: Call, officer: User, organizer: User, client: Client
) -> None:
    hidden = campaign_in(Campaign.Status.SCHEDULED, call=call, officer=officer, promoter=organizer)

    answer = client.get("/sitemap.xml")

    assert answer["Content-Type"] == "application/xml"
    places = [one.text for one in ElementTree.fromstring(answer.content).iter(PLACE)]  # noqa: S314 - our own answer
    assert f"http://testserver{campaign.get_absolute_url()}" in places
    assert f"http://testserver{call.get_absolute_url()}" in places
    assert not any(hidden.slug in place for place in places if place)
    assert {client.get(place).status_code for place in places} == {200}


def test_robots_are_kept_from_what_belongs_to_one_person(client: Client) -> None:
    words = client.get("/robots.txt").content.decode()

    assert "Disallow: /donazioni/" in words
    assert "gestione" not in words
    assert "Sitemap: http://testserver/sitemap.xml" in words


@pytest.mark.parametrize(
    ("asked", "canonical", "language"),
    [
        ("/progetti/", "/progetti/", "it"),
        ("/progetti/?q=pane&page=2", "/progetti/?page=2", "it"),
        ("/progetti/?lingua=en", "/progetti/?lingua=en", "en"),
        ("/progetti/?lingua=it", "/progetti/", "it"),
        ("/progetti/?lingua=xx&page=a", "/progetti/", "it"),
    ],
)
def test_each_page_has_one_address_in_each_language(
    db: None, client: Client, asked: str, canonical: str, language: str
) -> None:
    answer = client.get(asked)

    page = answer.content.decode()
    assert answer["Content-Language"] == language
    assert f'<link rel="canonical" href="http://testserver{canonical}">' in page
    assert f'<html lang="{language}"' in page
    assert 'hreflang="x-default"' in page
    assert re.search(r'hreflang="en" href="http://testserver/progetti/\?(page=2&amp;)?lingua=en"', page)


def test_a_language_in_the_address_is_forgotten_with_the_page(db: None, client: Client) -> None:
    client.get("/?lingua=en")

    assert '<html lang="it"' in client.get("/").content.decode()


def test_campaign_tells_its_data(campaign: Campaign, client: Client) -> None:
    data = data_of(client.get(campaign.get_absolute_url()).content.decode())

    assert (data["@type"], data["name"]) == ("Project", campaign.title)
    assert data["funding"]["amount"] == {"@type": "MonetaryAmount", "currency": "EUR", "value": "10000.00"}
    donate = reverse("donations:donate", args=[campaign.slug])
    assert data["potentialAction"]["target"] == f"http://testserver{donate}"


def test_campaign_that_takes_no_gifts_offers_none(
    call: Call, officer: User, organizer: User, client: Client
) -> None:
    over = campaign_in(Campaign.Status.SUCCEEDED, call=call, officer=officer, promoter=organizer)

    assert "potentialAction" not in data_of(client.get(over.get_absolute_url()).content.decode())


def test_home_tells_how_it_is_searched(db: None, client: Client) -> None:
    target = data_of(client.get("/").content.decode())["potentialAction"]["target"]

    assert target == "http://testserver/progetti/?q={search_term_string}"


def test_structured_words_cannot_end_the_block() -> None:
    written = structured({"name": "</script><script>alert('&')"})

    assert written.count("<") == 2
    assert "&" not in written
    assert data_of(written)["name"] == "</script><script>alert('&')"
