"""Following a campaign or a borough: asked for, confirmed by mail, told, ended by one press."""

import re
from datetime import datetime, timedelta

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from accounts.tasks import send_mails
from campaigns import services
from campaigns.models import Campaign, Follow
from campaigns.tasks import tell_followers
from matching.services import close_campaign, settle_campaign
from tests.factories import give, make_campaign
from tests.threads import at_once

ADA = "ada@example.org"


def follow(
    campaign: Campaign | None = None, borough: int | None = None, wish: str = "news", **changes: str
) -> Follow:
    """Ask to follow and confirm."""
    now = timezone.now()
    email = changes.get("email", ADA)
    services.ask_to_follow(email=email, language="it", now=now, campaign=campaign, borough=borough, wish=wish)
    row = Follow.objects.get(email=email, campaign=campaign, borough=borough)
    return services.confirm_follow(follow=row, now=now)


def mails() -> list[str]:
    """Return the subjects of the mails to Ada, confirmations left out, the oldest first."""
    written = Mail.objects.filter(recipient=ADA).exclude(key__contains=":confirm:").order_by("pk")
    return list(written.values_list("subject", flat=True))


def test_a_person_follows_by_two_presses_and_stops_by_one(campaign: Campaign, client: Client) -> None:
    address = reverse("campaigns:follow_campaign", args=[campaign.slug])
    assert f'href="{address}"' in client.get(campaign.get_absolute_url()).content.decode()

    answer = client.post(address, {"email": "Ada@Example.org ", "wish": "news", "website": ""})
    assert answer.status_code == 200
    row = Follow.objects.get()
    assert (row.email, row.status) == (ADA, "asked")
    body = Mail.objects.get(recipient=ADA).body
    link = re.search(r"http://testserver(/seguo/\S+)", body)
    assert link
    # Programs that look into mails open links: that alone confirms nothing.
    assert client.get(link[1]).status_code == 200
    row.refresh_from_db()
    assert row.status == "asked"
    client.post(link[1])
    row.refresh_from_db()
    assert row.status == "confirmed"

    # A mail program has no cookies and no page before it.
    end = reverse("campaigns:follow_end", args=[row.token])
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(end).status_code == 200
    assert Follow.objects.exists()
    for _again in range(2):
        assert stranger.post(end, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not Follow.objects.exists()
    assert client.post(link[1]).status_code == 410


@pytest.mark.parametrize("token", ["niente", "00000000-0000-4000-8000-000000000000:forged"])
def test_forged_links_end_and_confirm_nothing(campaign: Campaign, client: Client, token: str) -> None:
    follow(campaign)

    assert client.post(reverse("campaigns:follow_confirm", args=[token])).status_code == 410
    client.post(reverse("campaigns:follow_end", args=[token]))

    assert Follow.objects.count() == 1


def test_what_fills_in_the_hidden_field_is_not_written_to(campaign: Campaign, client: Client) -> None:
    address = reverse("campaigns:follow_campaign", args=[campaign.slug])

    answer = client.post(address, {"email": ADA, "wish": "news", "website": "https://spam.example"})
    wrong = client.post(address, {"email": "ada", "wish": "all"})

    assert answer.status_code == 200
    assert wrong.status_code == 422
    assert not Follow.objects.exists()
    assert not Mail.objects.filter(recipient=ADA).exists()


def test_an_address_is_asked_at_most_five_times_a_day(campaign: Campaign, client: Client) -> None:
    now = timezone.now()
    for borough in range(1, 6):
        services.ask_to_follow(email=ADA, language="it", now=now, borough=borough)

    with pytest.raises(services.TooManyAsked):
        services.ask_to_follow(email=ADA, language="it", now=now, borough=6)
    assert client.post(reverse("campaigns:follow_borough", args=[7]), {"email": ADA}).status_code == 429
    services.ask_to_follow(email=ADA, language="it", now=now + timedelta(days=1, seconds=1), borough=6)

    assert Follow.objects.count() == 6


def test_whoever_types_a_confirmed_address_changes_nothing(campaign: Campaign) -> None:
    row = follow(campaign)

    services.ask_to_follow(email=ADA, language="en", now=timezone.now(), campaign=campaign, wish="result")

    row.refresh_from_db()
    assert (row.wish, row.language, row.status) == ("news", "it", "confirmed")
    assert Mail.objects.filter(recipient=ADA).count() == 1


def test_only_the_owner_raises_the_result_to_all_news(campaign: Campaign, client: Client) -> None:
    row, now = follow(campaign, wish="result"), timezone.now()

    for _again in range(2):
        services.ask_to_follow(email=ADA, language="it", now=now, campaign=campaign, wish="news")

    row.refresh_from_db()
    assert row.wish == "result"
    asked = Mail.objects.get(recipient=ADA, key__contains=":more:")
    link = re.search(r"http://testserver(/seguo/\S+)", asked.body)
    assert link
    assert 'value="news"' in client.get(link[1]).content.decode()
    client.post(link[1], {"wish": "everything"})
    row.refresh_from_db()
    assert row.wish == "result"
    client.post(link[1], {"wish": "news"})
    row.refresh_from_db()
    assert row.wish == "news" and row.told_until >= now
    assert 'value="result"' in client.get(link[1]).content.decode()
    client.post(link[1], {"wish": "result"})
    row.refresh_from_db()
    assert row.wish == "result"


def test_followers_are_reminded_once_and_told_the_result_once(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    follow(campaign)
    follow(campaign, email="solo@example.org", wish="result")
    unconfirmed = "altra@example.org"
    services.ask_to_follow(email=unconfirmed, language="it", now=timezone.now(), campaign=campaign)

    tell_followers()
    assert mails() == []
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=timezone.now() + timedelta(hours=47))
    tell_followers()
    tell_followers()
    assert mails() == [f"Sta per chiudersi: {campaign.title}"]

    give(campaign=campaign, amount_cents=1_000_000)
    campaign.refresh_from_db()
    end(campaign)
    tell_followers()
    tell_followers()
    assert mails() == [f"Sta per chiudersi: {campaign.title}", f"Com'è andata: {campaign.title}"]
    told = Mail.objects.filter(subject__startswith="Com'è andata").values_list("recipient", flat=True)
    assert set(told) == {ADA, "solo@example.org"}
    # Who wished only the result is forgotten; who follows the news hears what becomes of a project that succeeded.
    assert {row.email for row in Follow.objects.all()} == {ADA, unconfirmed}
    assert not Mail.objects.filter(recipient=unconfirmed).exclude(key__contains=":confirm:").exists()


def end(campaign: Campaign) -> None:
    """Let the deadline pass and the outcome be decided."""
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)


def test_followers_of_a_borough_hear_of_what_opens_there_from_then_on(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    follow(borough=2)
    follow(borough=3, email="altrove@example.org")

    tell_followers()
    make_campaign(officer=officer, promoter=organizer, call=campaign.call)
    tell_followers()
    tell_followers()

    assert mails() == [f"Nuovo nel tuo Municipio: {campaign.title}"]
    assert (
        not Mail.objects.filter(recipient="altrove@example.org").exclude(key__contains=":confirm:").exists()
    )


def test_wishes_nobody_confirms_are_forgotten(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = timezone.now() - Follow.CONFIRM_WITHIN
    services.ask_to_follow(email=ADA, language="it", now=asked + timedelta(minutes=1), campaign=campaign)
    services.ask_to_follow(email="b@example.org", language="it", now=asked, campaign=campaign)

    tell_followers()

    assert [row.email for row in Follow.objects.all()] == [ADA]


def test_news_carry_the_header_that_ends_them_and_confirmations_do_not(campaign: Campaign) -> None:
    row = follow(campaign)
    services.remind_of_closing(follow=row, now=timezone.now())

    send_mails()

    confirmation, news = [message for message in outbox.outbox if message.to == [ADA]]
    assert news.extra_headers["List-Unsubscribe"] == f"<{row.end_url}>"
    assert news.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert row.end_url in news.body
    assert "List-Unsubscribe" not in confirmation.extra_headers


def test_follow_of_a_campaign_that_was_not_reached_leads_to_its_page(
    campaign: Campaign, client: Client
) -> None:
    end(campaign)

    answer = client.get(reverse("campaigns:follow_campaign", args=[campaign.slug]))

    assert answer.url == campaign.get_absolute_url()
    assert client.get(reverse("campaigns:follow_borough", args=[2])).status_code == 200
    assert client.get("/municipi/12/segui/").status_code == 404


def test_who_follows_after_a_success_gets_the_news_and_no_result(campaign: Campaign, client: Client) -> None:
    give(campaign=campaign, amount_cents=1_000_000)
    end(campaign)

    client.post(reverse("campaigns:follow_campaign", args=[campaign.slug]), {"email": ADA})
    services.confirm_follow(follow=Follow.objects.get(), now=timezone.now())
    tell_followers()

    assert (Follow.objects.get().wish, mails()) == ("news", [])


NOW = datetime.fromisoformat("2026-03-01T10:00:00+01:00")


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("follow_campaign_or_borough", {"campaign": None, "borough": None}),
        ("follow_campaign_or_borough", {"borough": 3}),
        ("follow_campaign_or_borough", {"campaign": None, "borough": 12}),
        ("follow_email_lower_case", {"email": "Ada@example.org"}),
        ("follow_confirmed_at_matches_status", {"status": "confirmed"}),
        ("follow_confirmed_at_matches_status", {"confirmed_at": NOW}),
        ("follow_confirmed_at_matches_status", {"reminded_at": NOW}),
        ("follow_campaign_once", {"email": "twice@example.org"}),
        ("follow_borough_once", {"email": "twice@example.org", "campaign": None, "borough": 4}),
    ],
)
def test_database_refuses_a_follower_that_contradicts_itself(
    campaign: Campaign, name: str, changes: dict[str, object]
) -> None:
    usual = {"email": ADA, "campaign": campaign, "asked_at": NOW, "told_until": NOW}
    Follow.objects.create(**{**usual, "email": "twice@example.org"})
    Follow.objects.create(**{**usual, "email": "twice@example.org", "campaign": None, "borough": 4})

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Follow.objects.create(**{**usual, **changes})


@pytest.mark.usefixtures("real_transactions")
def test_ask_to_follow_twice_at_once_makes_one_row() -> None:
    now = timezone.now()

    def ask() -> None:
        services.ask_to_follow(email=ADA, language="it", now=now, borough=3)

    at_once(ask, ask, ask, ask)

    assert Follow.objects.count() == 1 and Mail.objects.filter(recipient=ADA).count() == 1
