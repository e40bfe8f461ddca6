"""What a page asks of the database for a visitor: at most eight questions, whatever has been given."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Stop
from calls.services import switch_off
from campaigns.models import Campaign
from campaigns.services import show_video
from donations.models import GiftPause
from matching.services import record_audit, release_grant
from tests.campaigns.voices import answer, tell
from tests.factories import give

MOST = 8


def asked_by(addresses: dict[str, str]) -> dict[str, int]:
    """Return how many questions each page asks."""
    counted = {}
    for name, address in addresses.items():
        with CaptureQueriesContext(connection) as asked:
            assert Client().get(address).status_code == 200, name
        counted[name] = len(asked)
    return counted


def test_anonymous_pages_ask_little_and_no_more_when_more_is_given(campaign: Campaign) -> None:
    slug = [campaign.slug]
    pages = {
        "home": "/",
        "projects": reverse("campaigns:campaign_list"),
        "search": f"{reverse('campaigns:campaign_list')}?q=fornno&borough=2&sort=near",
        "feed": reverse("campaigns:campaign_feed"),
        "campaign": campaign.get_absolute_url(),
        "share": reverse("campaigns:campaign_share", args=slug),
        "widget": reverse("campaigns:campaign_widget", args=slug),
        "donate": reverse("donations:donate", args=slug),
        "follow": reverse("campaigns:follow_campaign", args=slug),
        "statistics": reverse("transparency:statistics"),
        "open data": reverse("transparency:open_data"),
        "sitemap": reverse("transparency:sitemap"),
    }
    give(campaign=campaign, amount_cents=1_000_000, name="Ada", show_name=True)
    campaign.refresh_from_db()
    release_grant(campaign=campaign, now=timezone.now())
    author = campaign.application.author
    tell(campaign, author)
    answer(campaign, author)
    video = show_video(
        campaign=campaign, address="https://vimeo.com/7", words="Il forno", by=author, now=timezone.now()
    )
    pages |= {
        "updates": reverse("campaigns:campaign_updates", args=slug),
        "update": reverse("campaigns:campaign_update", args=[*slug, 1]),
        "questions": reverse("campaigns:campaign_questions", args=slug),
        "ask": reverse("campaigns:ask_promoter", args=slug),
        "video": reverse("campaigns:campaign_video", args=[*slug, video.pk]),
    }
    record_audit(found={}, now=timezone.now())
    few = asked_by(pages)

    for number in range(5):
        tell(campaign, author)
        answer(campaign, author, text=f"Sì: {number}.", email=f"reader{number}@example.org")
        give(campaign=campaign, name="Ada", show_name=True, email=f"donor{number}@example.org")
    many = asked_by(pages)

    assert {name: (few[name], many[name]) for name in many if many[name] > few[name]} == {}
    assert {name: number for name, number in many.items() if number > MOST} == {}


def test_a_campaign_that_takes_no_gifts_for_now_asks_no_more(campaign: Campaign, officer: User) -> None:
    now, address = timezone.now(), campaign.get_absolute_url()
    give(campaign=campaign, name="Ada", show_name=True)
    GiftPause.objects.create(
        campaign=campaign, began_at=now, until=now + timedelta(minutes=30), declines=21, payments=0
    )
    resting = asked_by({"campaign": address})
    assert "Le nuove donazioni sono in pausa fino al" in (page := Client().get(address).content.decode()), (
        page
    )
    words = {"reason": "Verifica", "public_reason": "Verifica in corso."}
    switch_off(call=campaign.call, what=Stop.What.GIFTS, by=officer, now=now, **words)
    stopped = asked_by({"campaign": address})

    assert "Verifica in corso." in Client().get(address).content.decode()
    assert max(resting["campaign"], stopped["campaign"]) <= MOST
