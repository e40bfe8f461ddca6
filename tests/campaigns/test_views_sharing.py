"""What leaves the site with a campaign on it: QR code, posters, picture, widget and oEmbed."""

import io
import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from campaigns.views import sharing
from tests.campaigns.stages import REASON, campaign_in
from tests.factories import give

ADDRESSES: dict[str, Callable[[Campaign], str]] = {
    name: lambda campaign, name=name: reverse(f"campaigns:{name}", args=[campaign.slug])
    for name in ("campaign_share", "campaign_qr", "campaign_picture", "campaign_widget")
} | {
    shape: lambda campaign, shape=shape: reverse("campaigns:campaign_poster", args=[campaign.slug, shape])
    for shape in ("a4", "square")
}
OEMBED = reverse("campaigns:oembed")


def words_in(pdf: bytes) -> str:
    """Return the words of a PDF without the breaks between its lines."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def test_nothing_of_a_campaign_leaves_before_it_is_public(
    client: Client, call: Call, officer: User, organizer: User, settings: object
) -> None:
    hidden = campaign_in(Campaign.Status.SCHEDULED, call=call, officer=officer, promoter=organizer)

    answers = {name: client.get(address(hidden)).status_code for name, address in ADDRESSES.items()}
    asked = f"{settings.SITE_URL}{hidden.get_absolute_url()}"  # type: ignore[attr-defined]
    answers["oembed"] = client.get(OEMBED, {"url": asked}).status_code

    assert set(answers.values()) == {404}, answers


def test_share_page_names_every_way(client: Client, campaign: Campaign) -> None:
    page = client.get(ADDRESSES["campaign_share"](campaign)).content.decode()

    for name in ("campaign_qr", "campaign_picture", "a4", "square"):
        assert f'"{ADDRESSES[name](campaign)}"' in page, name
    assert "&lt;iframe src=&quot;http://testserver" in page
    assert ADDRESSES["campaign_share"](campaign) in client.get(campaign.get_absolute_url()).content.decode()


def test_poster_tells_what_is_asked_and_what_the_city_adds(client: Client, campaign: Campaign) -> None:
    told = {shape: client.get(ADDRESSES[shape](campaign)) for shape in ("a4", "square")}

    for shape, answer in told.items():
        words = words_in(answer.content)
        assert answer["Content-Type"] == "application/pdf", shape
        assert campaign.title in words
        assert words.count("10.000 €") == 2
        assert f"testserver/progetti/{campaign.slug}/" in words
        assert "23:59" in words
    sheet, square = (
        PdfReader(io.BytesIO(told[shape].content)).pages[0].mediabox for shape in ("a4", "square")
    )
    assert (round(sheet.height / sheet.width, 2), square.height) == (1.41, square.width)
    assert client.get(ADDRESSES["a4"](campaign).replace("a4", "a3")).status_code == 404


def test_qr_code_is_a_drawing(client: Client, campaign: Campaign) -> None:
    answer = client.get(ADDRESSES["campaign_qr"](campaign))

    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")


def test_picture_is_drawn_once_for_the_same_figures(
    client: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    drawn = []
    draw = sharing.draw
    monkeypatch.setattr(sharing, "draw", lambda *facts: drawn.append(1) or draw(*facts))
    address = ADDRESSES["campaign_picture"](campaign)

    def told_on_its_page() -> str:
        found = re.search(
            r'og:image" content="[^"]*v=([0-9a-f]+)"',
            client.get(campaign.get_absolute_url()).content.decode(),
        )
        assert found
        return found[1]

    first, again, name = client.get(address), client.get(address), told_on_its_page()
    give(campaign=campaign, amount_cents=500_000)
    later = client.get(address)

    assert Image.open(io.BytesIO(first.content)).size == (1200, 630)
    assert first.content == again.content != later.content
    assert len(drawn) == 2
    assert told_on_its_page() != name


def test_widget_may_be_framed_by_anybody_and_nothing_else_may(client: Client, campaign: Campaign) -> None:
    widget, page = client.get(ADDRESSES["campaign_widget"](campaign)), client.get(campaign.get_absolute_url())

    rules = dict(rule.strip().split(" ", 1) for rule in widget["Content-Security-Policy"].split(";"))
    assert rules["frame-ancestors"] == "*"
    assert {rules[name] for name in ("default-src", "script-src", "connect-src", "form-action")} == {"'none'"}
    assert "X-Frame-Options" not in widget
    assert not widget.cookies
    assert "<script" not in widget.content.decode()
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_widget_follows_a_campaign_that_is_suspended(
    client: Client, campaign: Campaign, officer: User
) -> None:
    suspend_campaign(campaign=campaign, by=officer, reason=REASON, now=timezone.now())

    assert "sospesa" in client.get(ADDRESSES["campaign_widget"](campaign)).content.decode()


def test_oembed_tells_how_to_show_a_campaign(client: Client, campaign: Campaign) -> None:
    url = f"http://testserver{campaign.get_absolute_url()}"

    answer = client.get(OEMBED, {"url": url, "maxwidth": "300", "maxheight": "9999"})

    told = answer.json()
    assert (told["type"], told["version"], told["width"], told["height"]) == ("rich", "1.0", 300, 470)
    assert told["html"].startswith(f'<iframe src="http://testserver{ADDRESSES["campaign_widget"](campaign)}"')
    assert answer["Access-Control-Allow-Origin"] == "*"
    page = client.get(campaign.get_absolute_url()).content.decode()
    discovered = re.search(r'application/json\+oembed"[^>]*href="([^"]+)"', page)
    assert discovered
    assert (
        client.get(discovered[1].replace("&amp;", "&").removeprefix("http://testserver")).json()["title"]
        == campaign.title
    )


def test_oembed_answers_for_no_other_site(client: Client, campaign: Campaign) -> None:
    for site in (
        "https://elsewhere.example",
        "http://testserver.evil.example",
        "http://testserver@evil.example",
    ):
        assert client.get(OEMBED, {"url": f"{site}{campaign.get_absolute_url()}"}).status_code == 404, site


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"url": "http://testserver/bandi/"}, 404),
        ({"url": "http://testserver/niente/"}, 404),
        ({}, 404),
        ({"format": "xml"}, 501),
    ],
)
def test_oembed_answers_only_for_campaigns_of_this_site(
    client: Client, db: None, asked: dict[str, str], status: int
) -> None:
    assert client.get(OEMBED, asked).status_code == status
