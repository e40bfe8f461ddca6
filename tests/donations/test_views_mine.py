"""All gifts of one person: by an account, or by a link that only the mailbox receives."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Mail, User
from campaigns.models import Campaign
from civicfund.limits import read_limits
from donations.models import Donation
from donations.models.own import link_to_address
from donations.services import issue_receipt, owe_refund, start_donation
from donations.years import Year, years_of
from tests.factories import give
from tests.pages import words_of

FIND = "/donazioni/ritrova/"
ROME = ZoneInfo("Europe/Rome")


@pytest.fixture(autouse=True)
def counters() -> None:
    """Forget what was counted before."""
    cache.clear()


def listed(client: Client, token: str) -> Any:
    return client.get(reverse("donations:gifts_of_address", args=[token]))


def ask(client: Client, email: str, **more: str) -> list[Mail]:
    """Ask for the link of an address and return the mails to it."""
    assert client.post(FIND, {"email": email, **more}).status_code == 200
    return list(Mail.objects.filter(key__startswith="gifts_link"))


def test_account_has_the_gifts_of_its_confirmed_addresses(
    client: Client, campaign: Campaign, donor: User
) -> None:
    own = give(campaign=campaign, donor=donor, email="altro@example.org")
    by_mail = give(campaign=campaign, email=donor.email.title())
    give(campaign=campaign, email="estranea@example.org")
    client.force_login(donor)
    url = reverse("donations:my_donations")
    assert list(client.get(url).context["donations"]) == [own]

    EmailAddress.objects.create(user=donor, email=donor.email, verified=True, primary=True)

    assert list(client.get(url).context["donations"]) == [by_mail, own]


def test_link_is_mailed_once_an_hour_and_only_where_there_are_gifts(
    client: Client, campaign: Campaign
) -> None:
    give(campaign=campaign, email="Ada@example.org")
    assert ask(client, "nessuna@example.org") == []
    assert ask(client, "ada@example.org", website="x") == []

    for _ in range(2):
        (mail,) = ask(client, "ada@EXAMPLE.org")

    assert mail.recipient == "ada@example.org"
    link = next(line for line in mail.body.splitlines() if "/donazioni/tutte/" in line)
    page = client.get(link.removeprefix("http://testserver"))
    assert "Ada@example.org" not in page.content.decode()
    assert len(page.context["donations"]) == 1
    assert "no-store" in page["Cache-Control"]


def test_link_asked_too_often_is_refused_alike_with_and_without_gifts(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.GIFT_LINKS_PER_EMAIL = read_limits("1/3600")
    give(campaign=campaign, email="ada@example.org")
    for email in ("ada@example.org", "nessuna@example.org"):
        assert client.post(FIND, {"email": email}).status_code == 200
        assert client.post(FIND, {"email": email}).status_code == 429


def test_link_is_open_for_seven_days_and_cannot_be_made_up(client: Client, campaign: Campaign) -> None:
    gift = give(campaign=campaign, email="ada@example.org")
    token = link_to_address("ada@example.org")
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=6), tick=False):
        assert listed(client, token).status_code == 200
    with time_machine.travel(now + timedelta(days=8), tick=False):
        assert listed(client, token).status_code == 410
    for forged in ("niente", token[:-1], gift.access_token):
        assert listed(client, forged).status_code == 410


def test_page_tells_state_receipt_refund_and_reminds(
    client: Client, campaign: Campaign, officer: User
) -> None:
    kept = give(campaign=campaign, amount_cents=4_200, email="ada@example.org")
    back = give(campaign=campaign, amount_cents=1_100, email="ada@example.org")
    for gift in (kept, back):
        issue_receipt(donation=gift, now=timezone.now())
    owe_refund(donation=back, by=officer, reason="Pagata due volte.", now=timezone.now())

    back.refresh_from_db()
    page = listed(client, link_to_address("ada@example.org"))

    words = words_of(page)
    for told in (
        "42\u00a0€",
        "11\u00a0€",
        "53\u00a0€",
        str(back.get_status_display()),
        str(kept.receipts.get()),
    ):
        assert told in words, told
    assert "?solo=risultato" in page.content.decode()


def test_page_of_an_address_leaves_out_forms_that_were_left(client: Client, campaign: Campaign) -> None:
    start_donation(campaign=campaign, amount_cents=2_000, email="ada@example.org", now=timezone.now())

    assert list(listed(client, link_to_address("ada@example.org")).context["donations"]) == []


def test_years_are_those_of_the_citys_calendar(campaign: Campaign) -> None:
    gift = give(campaign=campaign, amount_cents=2_000)
    issue_receipt(donation=gift, now=timezone.now())
    gift = Donation.objects.with_campaign().get()
    gift.charged_at = datetime(2026, 12, 31, 23, 30, tzinfo=ROME)
    back = Donation(pk=0, amount_cents=500, charged_cents=500, status="refunded")
    back.charged_at = datetime(2026, 1, 1, 0, 30, tzinfo=ROME)
    back._prefetched_objects_cache = {"receipts": []}  # type: ignore[attr-defined]
    unpaid = Donation(amount_cents=700, status="expired")

    assert years_of([gift, back, unpaid]) == [Year(2026, 2, 2_500, 2_000, 2_000)]
    assert years_of([gift, back])[0].not_kept_cents == 500


def test_find_writes_to_nobody_whose_address_only_looks_like_one_that_gave(
    campaign: Campaign, client: Client
) -> None:
    give(campaign=campaign, email="mario@gmail.com")

    # A dotless i becomes the capital of an ordinary one.
    for address in ("mario@gmaıl.com", "marıo@gmail.com"):
        assert ask(client, address) == []
    assert not Donation.objects.of_address("mario@gmaıl.com").exists()
    assert Donation.objects.of_address("Mario@Gmail.com").exists()
