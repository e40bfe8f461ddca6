"""States in which something is missing, used up, stopped or over: each page says what to do."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from tests.campaigns.stages import REASON, campaign_in
from tests.factories import enter_outside, make_call
from tests.pages import words_of


@pytest.mark.parametrize("status", ["suspended", "failed", "refunded", "withdrawn", "succeeded", "closing"])
def test_campaign_that_takes_no_gifts_leads_to_those_that_do(
    client: Client, call: Call, officer: User, organizer: User, status: str
) -> None:
    campaign = campaign_in(status, call=call, officer=officer, promoter=organizer)

    page = client.get(campaign.get_absolute_url())

    assert 'href="/progetti/?state=open&amp;borough=2"' in page.content.decode()
    assert f"/progetti/{campaign.slug}/dona/" not in page.content.decode()
    if status == "suspended":
        assert REASON in words_of(page)


def test_campaign_without_its_picture_has_a_drawing(
    client: Client, call: Call, officer: User, organizer: User
) -> None:
    campaign = campaign_in("open", call=call, officer=officer, promoter=organizer)
    Campaign.objects.filter(pk=campaign.pk).update(image="")

    for address in (campaign.get_absolute_url(), "/progetti/", f"{campaign.get_absolute_url()}dona/"):
        page = client.get(address)
        assert page.status_code == 200
        assert "/media/" not in page.content.decode()


def test_fund_that_is_used_up_says_so() -> None:
    def told(available_cents: int) -> str:
        parts = {"awarded": 0, "reserved": 0, "awarded_cents": 0, "reserved_cents": 0, "uid": "meter"}
        meter = {**parts, "allocated_cents": 60_000_000, "available_cents": available_cents}
        return render_to_string("components/fund_meter.html", {"meter": meter})

    assert "Il fondo è esaurito" in told(0)
    assert "Il fondo è esaurito" not in told(1)


def test_call_that_is_closed_leads_on(client: Client, officer: User) -> None:
    now = timezone.now()
    windows = [{"opens_at": now - timedelta(days=9), "closes_at": now - timedelta(days=1)}]
    call = make_call(officer=officer, now=now - timedelta(days=10), sessions=windows)

    page = client.get(call.get_absolute_url())

    assert "Le candidature a questo bando sono chiuse" in words_of(page)
    assert '<a href="/progetti/">i progetti</a> che ne sono nati' in page.content.decode()
    assert '<a href="/bandi/">gli altri bandi</a>' in page.content.decode()


@override_settings(DEBUG=False)
def test_page_that_is_not_there_helps_to_find_it(client: Client, db: None) -> None:
    page = client.get("/non-esiste/")

    assert page.status_code == 404
    assert "Che cosa cercavi?" in words_of(page)
    assert 'action="/progetti/"' in page.content.decode()


def test_money_that_is_announced_stands_apart_from_what_has_arrived(
    campaign: Campaign, client: Client
) -> None:
    address = campaign.get_absolute_url()
    assert "Non ancora contati" not in words_of(client.get(address))

    enter_outside(campaign=campaign, amount_cents=123_400)

    page = words_of(client.get(address))
    assert "Non ancora contati: 1.234" in page
    assert "raccolti 1.234" not in page
