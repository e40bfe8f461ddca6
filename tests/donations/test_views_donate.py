"""The form of a gift against machines: its age, the hidden field, the puzzle and the link; a person loses nothing."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Mail
from campaigns.models import Campaign
from civicfund.limits import read_limits
from donations import proof
from donations.models import Donation
from tests.factories import make_donation, twin

TYPED = {
    "amount_choice": "other",
    "amount_other": "12,50",
    "email": "ada@example.org",
    "name": "Ada",
    "message": "Forza",
}


@pytest.fixture(autouse=True)
def limits(settings: Settings) -> Settings:
    """Switch the limits on, and forget what was counted before."""
    cache.clear()
    settings.GIFT_LIMITS = True
    settings.GIFT_LIMITS_PER_NETWORK = read_limits("1/600,9/3600")
    settings.GIFT_PUZZLE_BITS = 4
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    return settings


def send(
    client: Client, campaign: Campaign, *, age: float = 30, visitor: str = "93.34.1.7", **changes: Any
) -> HttpResponse:
    """Send a form that was shown so many seconds ago."""
    fields = {
        "form_token": str(uuid.uuid4()),
        "stamp": proof.stamp(timezone.now() - timedelta(seconds=age)),
        **TYPED,
        **changes,
    }
    url = reverse("donations:donate", args=[campaign.slug])
    return client.post(url, fields, headers={"X-Forwarded-For": visitor})


def values(response: HttpResponse, *names: str) -> dict[str, str]:
    """Return what a form that came back is filled with."""
    return {name: response.context["form"][name].value() for name in names}


def test_donate_shows_a_form_with_its_age(client: Client, campaign: Campaign) -> None:
    shown = client.get(reverse("donations:donate", args=[campaign.slug])).context["form"]

    age = proof.age_seconds(shown["stamp"].value(), timezone.now())
    assert age is not None
    assert 0 <= age < 60


def test_donate_faster_than_people_can_asks_for_one_more_press(client: Client, campaign: Campaign) -> None:
    response = send(client, campaign, age=1)

    assert response.status_code == 422
    assert values(response, *TYPED) == TYPED
    assert not Donation.objects.exists()
    # The form keeps its age, so that a press a moment later is accepted.
    age = proof.age_seconds(response.context["form"]["stamp"].value(), timezone.now() + timedelta(seconds=3))
    assert age >= 3
    assert send(client, campaign, age=4).status_code == 302


@pytest.mark.parametrize("stamp", [None, "", "1:forged"])
def test_donate_with_an_old_form_renews_it_and_loses_nothing(
    client: Client, campaign: Campaign, stamp: str | None
) -> None:
    changes = {} if stamp is None else {"stamp": stamp}
    response = send(client, campaign, age=7300, **changes)

    assert response.status_code == 422
    assert values(response, *TYPED) == TYPED
    assert not Donation.objects.exists()
    again = send(client, campaign, **values(response, "stamp", "form_token"))
    assert again.status_code == 302
    assert send(client, campaign, age=7190, visitor="93.34.9.1").status_code == 302


def test_donate_with_the_hidden_field_filled_in_asks_for_a_proof(client: Client, campaign: Campaign) -> None:
    response = send(client, campaign, website="https://example.org")

    assert response.status_code == 429
    assert response.context["obstacle"].way == "puzzle"
    assert values(response, "website", *TYPED) == {"website": "", **TYPED}
    assert not Donation.objects.exists()


def test_donate_above_the_networks_limit_offers_a_puzzle_and_takes_its_solution(
    client: Client, campaign: Campaign
) -> None:
    assert send(client, campaign).status_code == 302
    assert send(client, campaign, visitor="93.34.2.7").status_code == 302

    # Another address of the same network, whatever is invented in front of it.
    response = send(client, campaign, visitor="8.8.8.8, 93.34.1.200")

    assert response.status_code == 429
    assert values(response, *TYPED) == TYPED
    assert "data-puzzle " in response.content.decode().replace(">", " ")
    challenge = response.context["form"]["puzzle"].value()
    numbers = (str(number) for number in range(10_000))
    solution = next(one for one in numbers if proof.is_solved(challenge, one, timezone.now()))
    solved = send(client, campaign, puzzle=challenge, solution=solution)
    assert solved.status_code == 302
    assert Donation.objects.count() == 3


def test_donate_without_scripts_goes_on_by_a_mailed_link(client: Client, campaign: Campaign) -> None:
    send(client, campaign)

    response = send(client, campaign, by_mail="1", email="bice@example.org", show_name="on")

    assert response.status_code == 200
    assert "bice@example.org" in response.content.decode()
    body = Mail.objects.get(recipient="bice@example.org").body
    link = body.partition("http://testserver")[2].split()[0]
    form = client.get(link).context["form"]
    known = {**TYPED, "email": "bice@example.org", "show_name": "on"}
    assert {name: form[name].value() for name in known} == known
    more = {"form_token": str(form["form_token"].value()), "invitation": form["invitation"].value()}
    assert send(client, campaign, **{**known, **more}).status_code == 302
    # It has served: the page says so, and asks again.
    assert "invitation" not in client.get(link).context["form"].initial
    assert send(client, campaign, **{**known, **more, "form_token": str(uuid.uuid4())}).status_code == 429


def test_donate_above_a_later_limit_offers_only_the_link(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.GIFT_LIMITS_PER_NETWORK = read_limits("1/600,1/3600")
    send(client, campaign)

    response = send(client, campaign)

    assert response.status_code == 429
    assert response.context["obstacle"].way == "link"
    assert not response.context["form"]["puzzle"].value()
    assert 'name="by_mail"' in response.content.decode()


def test_donate_too_often_with_one_address_says_from_when_on(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.GIFT_LIMITS_PER_EMAIL = read_limits("1/3600")
    send(client, campaign)

    response = send(client, campaign, visitor="93.34.2.7")

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert values(response, *TYPED) == TYPED
    assert 'name="by_mail"' not in response.content.decode()


def test_donate_after_leaving_the_payment_page_finds_it_again(client: Client, campaign: Campaign) -> None:
    left = make_donation(campaign=campaign, amount_cents=1250, email="ada@example.org")
    url = reverse("donations:donate", args=[campaign.slug])

    form = client.get(f"{url}?ripresa={left.access_token}").context["form"]
    again = send(client, campaign, form_token=str(form["form_token"].value()))

    assert again.url == left.checkout_url
    assert twin("truth")["sessions"] == {"open": 1}
