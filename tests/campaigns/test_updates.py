"""What a promoter tells: written, published, mailed at most once a day, put right in the open."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, Membership, User
from campaigns import services
from campaigns.models import Campaign, CampaignUpdate, Follow
from campaigns.tasks import tell_followers
from tests.campaigns.test_follow import ADA, end, follow, mails
from tests.campaigns.test_forms import picture
from tests.campaigns.voices import tell
from tests.desk import text_of
from tests.factories import give, make_user

WORDS = {"title": "Il forno è acceso", "text": "Da **oggi** si inforna.<script>x</script>"}


def address(name: str, campaign: Campaign, *more: int) -> str:
    """Return an address about a campaign's updates."""
    return reverse(f"campaigns:{name}", args=[campaign.slug, *more])


@pytest.fixture
def member(organizer: User) -> Client:
    """Return the organizer's browser."""
    browser = Client()
    browser.force_login(organizer)
    return browser


def test_a_member_drafts_publishes_and_puts_right(campaign: Campaign, member: Client, client: Client) -> None:
    desk = member.get(reverse("campaigns:campaign_manage", args=[campaign.slug])).content.decode()
    assert address("my_updates", campaign) in desk
    photo = SimpleUploadedFile("forno.jpg", picture(), "image/jpeg")
    undescribed = member.post(address("update_write", campaign), {**WORDS, "image": photo})
    photo.seek(0)
    written = member.post(
        address("update_write", campaign), {**WORDS, "image": photo, "image_alt": "Un forno acceso"}
    )
    update = campaign.updates.get()

    assert undescribed.status_code == 422
    assert written["Location"] == address("update_edit", campaign, 1)
    assert (update.status, update.image.name.startswith("campaigns/updates/")) == ("draft", True)
    assert client.get(address("campaign_update", campaign, 1)).status_code == 404
    assert WORDS["title"] not in client.get(campaign.get_absolute_url()).content.decode()

    member.post(address("update_edit", campaign, 1), {**WORDS, "image_alt": "Un forno", "publish": "1"})
    page = client.get(address("campaign_update", campaign, 1)).content.decode()
    assert "<strong>oggi</strong>" in page
    served = client.get(update.image.url)
    assert b"".join(served.streaming_content).startswith(b"\xff\xd8\xff")
    assert "<script>x" not in page
    for shown in (campaign.get_absolute_url(), address("campaign_updates", campaign)):
        assert address("campaign_update", campaign, 1) in client.get(shown).content.decode(), shown
    assert WORDS["title"] in client.get(address("updates_feed", campaign)).content.decode()

    right = {"title": "Il forno è caldo", "text": "Da ieri.", "image_alt": "Un forno"}
    member.post(address("update_edit", campaign, 1), right)
    update.refresh_from_db()
    assert update.corrected_at
    page = client.get(address("campaign_update", campaign, 1)).content.decode()
    assert "Il forno è caldo" in page and "Il forno è acceso" in page
    assert "corretto il" in text_of(client.get(campaign.get_absolute_url()))


def test_what_is_published_is_not_thrown_away_and_a_draft_is(
    campaign: Campaign, organizer: User, member: Client
) -> None:
    public = tell(campaign, organizer)
    draft = services.write_update(campaign=campaign, by=organizer, now=timezone.now(), **WORDS)

    for update in (public, draft):
        member.post(address("update_edit", campaign, update.number), {"discard": "1"})

    assert list(campaign.updates.all()) == [public]


def test_an_edit_without_a_change_is_no_correction(campaign: Campaign, organizer: User) -> None:
    update = tell(campaign, organizer)

    services.edit_update(
        update=update, by=organizer, now=timezone.now(), title=update.title, text=update.text
    )

    update.refresh_from_db()
    assert update.corrected_at is None
    assert not update.earlier_texts.exists()


def test_only_who_writes_for_the_body_writes_updates(campaign: Campaign, client: Client) -> None:
    client.force_login(make_user("stranger"))
    assert client.get(address("my_updates", campaign)).status_code == 404
    assert client.post(address("update_write", campaign), WORDS).status_code == 404
    reader = make_user("reader")
    Membership.objects.create(
        organization=campaign.organization,
        user=reader,
        role=Membership.Role.READER,
        created_at=timezone.now(),
    )
    client.force_login(reader)

    assert client.get(address("my_updates", campaign)).status_code == 200
    assert client.post(address("update_write", campaign), {**WORDS, "publish": "1"}).status_code == 403
    assert not campaign.updates.exists()


def test_followers_get_what_is_ripe_in_one_mail_a_day(campaign: Campaign, organizer: User) -> None:
    row = follow(campaign)
    follow(campaign, email="solo@example.org", wish="result")
    Follow.objects.update(told_until=timezone.now() - timedelta(days=3))
    tell(campaign, organizer, ago=timedelta(hours=2), title="Primo")
    tell(campaign, organizer, ago=timedelta(hours=1), title="Secondo")
    tell(campaign, organizer, ago=timedelta(minutes=29), title="Fresco")

    tell_followers()
    tell_followers()
    assert len(mails()) == 1
    mail = Mail.objects.get(key__contains=":updates:")
    assert "Primo" in mail.body and "Secondo" in mail.body and "Fresco" not in mail.body
    assert mail.unsubscribe_url == row.end_url

    # The third is ripe, but the day is not over; nor is there room for the reminder.
    CampaignUpdate.objects.filter(title="Fresco").update(published_at=timezone.now() - timedelta(minutes=31))
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=timezone.now() + timedelta(hours=47))
    tell_followers()
    assert len(mails()) == 1
    Follow.objects.update(mailed_at=timezone.now() - timedelta(days=1))
    tell_followers()
    assert mails()[1:] == [f"Sta per chiudersi: {campaign.title}"]
    Follow.objects.update(mailed_at=timezone.now() - timedelta(days=1))
    tell_followers()
    assert "Fresco" in Mail.objects.filter(recipient=ADA).latest("pk").body


def test_hidden_updates_are_mailed_to_nobody(campaign: Campaign, organizer: User, officer: User) -> None:
    follow(campaign)
    Follow.objects.update(told_until=timezone.now() - timedelta(days=3))
    services.hide_words(row=tell(campaign, organizer), reason="Offende.", by=officer, now=timezone.now())

    tell_followers()

    assert mails() == []


def test_news_go_on_after_a_success_and_end_after_two_years(campaign: Campaign, organizer: User) -> None:
    follow(campaign)
    give(campaign=campaign, amount_cents=1_000_000)
    end(campaign)
    tell_followers()
    assert "segui le sue novità" in Mail.objects.get(key__endswith=":result").body.lower()
    Follow.objects.update(told_until=timezone.now() - timedelta(days=3))
    tell(campaign, organizer)
    tell_followers()
    assert Mail.objects.filter(key__contains=":updates:", recipient=ADA).exists()

    Campaign.objects.filter(pk=campaign.pk).update(settled_at=timezone.now() - Follow.NEWS_LAST)
    tell_followers()
    assert not Follow.objects.exists()


def test_a_campaign_that_was_stopped_tells_nothing_new(
    campaign: Campaign, organizer: User, officer: User
) -> None:
    update = tell(campaign, organizer)
    draft = services.write_update(campaign=campaign, by=organizer, now=timezone.now(), **WORDS)
    services.suspend_campaign(
        campaign=campaign, by=campaign.approved_by, reason="Si controlla.", now=timezone.now()
    )

    with pytest.raises(services.UpdatesOver):
        services.publish_update(update=draft, now=timezone.now())
    with pytest.raises(services.UpdatesOver):
        services.write_update(campaign=campaign, by=organizer, now=timezone.now(), **WORDS)
    services.edit_update(update=update, by=organizer, now=timezone.now(), title="Anzi")

    update.refresh_from_db()
    assert update.title == "Anzi"


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("update_says_something", {"text": ""}),
        ("update_picture_is_described", {"image": "updates/x.jpg"}),
        ("update_published_at_matches_status", {"published_at": None}),
        ("update_published_at_matches_status", {"status": "draft"}),
        ("update_hidden_for_a_reason", {"hidden_reason": "Offende."}),
        ("update_hidden_for_a_reason", {"hidden_at": timezone.now()}),
    ],
)
def test_database_refuses_an_update_that_contradicts_itself(
    campaign: Campaign, organizer: User, name: str, changes: dict[str, object]
) -> None:
    update = tell(campaign, organizer)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        CampaignUpdate.objects.filter(pk=update.pk).update(**changes)


def test_what_was_hidden_does_not_come_back_beside_its_correction(
    campaign: Campaign, organizer: User, officer: User
) -> None:
    update = tell(campaign, organizer, text="Il nome di una bambina.")
    now = timezone.now()
    services.hide_words(row=update, reason="Un nome di minore.", by=officer, now=now)
    services.edit_update(update=update, by=organizer, now=now, title=update.title, text="Senza nomi.")

    assert not update.earlier_texts.exists()


def test_news_of_a_suspended_campaign_wait(campaign: Campaign, organizer: User, officer: User) -> None:
    then = timezone.now() - timedelta(days=2)
    services.ask_to_follow(email="ada@example.org", language="it", now=then, campaign=campaign)
    follow = Follow.objects.get()
    services.confirm_follow(follow=follow, now=then)
    tell(campaign, organizer)
    assert Follow.objects.news_due(timezone.now()).exists()

    services.suspend_campaign(campaign=campaign, by=officer, reason="Si controlla.", now=timezone.now())

    assert not Follow.objects.news_due(timezone.now()).exists()
    services.tell_updates(follow=follow, now=timezone.now())
    assert not Mail.objects.filter(key__contains=":updates:").exists()
