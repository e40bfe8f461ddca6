"""Pictures, a video and documents beside the story: washed, bounded, played only after a press, hidden for a reason."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns import services
from campaigns.models import Campaign, GalleryItem, Problem
from campaigns.videos import player_of
from tests.campaigns.test_forms import picture
from tests.desk import desk_of, list_url, row_url, take_step, text_of
from tests.factories import make_user
from tests.papers import make_pdf

VIDEO = "https://www.youtube.com/watch?v=a-B_c3&t=5"
HOSTS = ["www.youtube-nocookie.com", "player.vimeo.com", "video.example.org"]


def address(name: str, campaign: Campaign, *more: int) -> str:
    """Return an address about what stands beside a campaign's story."""
    return reverse(f"campaigns:{name}", args=[campaign.slug, *more])


@pytest.fixture
def member(organizer: User) -> Client:
    """Return the organizer's browser."""
    browser = Client()
    browser.force_login(organizer)
    return browser


def add_video(campaign: Campaign, by: User) -> GalleryItem:
    """Add a video."""
    return services.show_video(
        campaign=campaign, address=VIDEO, words="Il forno in un minuto", by=by, now=timezone.now()
    )


def test_a_member_adds_a_picture_a_video_and_a_document(
    campaign: Campaign, member: Client, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    photo = SimpleUploadedFile("via Segreta.jpg", picture(), "image/jpeg")
    paper = SimpleUploadedFile("Il progetto.pdf", make_pdf(), "application/pdf")
    mine = address("my_gallery", campaign)
    manage = member.get(reverse("campaigns:campaign_manage", args=[campaign.slug])).content.decode()
    assert mine in manage

    for sent in (
        {"add": "picture", "picture-image": photo, "picture-words": "Il banco"},
        {"add": "video", "video-address": VIDEO, "video-words": "Il forno in un minuto"},
        {"add": "document", "document-upload": paper, "document-words": "Il piano"},
    ):
        assert member.post(mine, sent)["Location"] == mine, sent

    page = client.get(campaign.get_absolute_url()).content.decode()
    image, video, document = campaign.gallery.order_by("pk")
    assert image.image.url in page and 'alt="Il banco"' in page
    assert b"".join(client.get(image.image.url).streaming_content).startswith(b"\xff\xd8\xff")
    large = client.get(address("gallery_picture", campaign, image.pk)).content.decode()
    assert image.image.url in large and f"?figura={image.pk}" in large
    assert address("campaign_video", campaign, video.pk) in page and "youtube" not in page
    got = client.get(address("campaign_document", campaign, document.pk))
    assert got["Content-Disposition"].startswith("attachment")
    assert b"".join(got.streaming_content).startswith(b"%PDF")

    with django_capture_on_commit_callbacks(execute=True):
        member.post(address("gallery_take_away", campaign, image.pk))
    assert image.image.url not in client.get(campaign.get_absolute_url()).content.decode()
    # Who has kept the picture's own address finds nothing there; an officer who must look finds it under another.
    assert client.get(image.image.url).status_code == 404
    known = image.image.url
    image.refresh_from_db()
    assert image.image.url != known and image.image.storage.exists(image.image.name)


def test_a_hidden_picture_answers_at_no_address_that_somebody_knows(
    campaign: Campaign,
    organizer: User,
    officer: User,
    client: Client,
    django_capture_on_commit_callbacks: Any,
) -> None:
    shown = services.show_picture(
        campaign=campaign,
        image=ContentFile(picture(), name="banco.jpg"),
        words="Il banco",
        by=organizer,
        now=timezone.now(),
    )
    known = shown.image.url
    small = known.replace(".jpg", "-480.avif")
    for kept in (known, small):
        assert b"".join(client.get(kept).streaming_content)

    with django_capture_on_commit_callbacks(execute=True):
        services.hide_words(row=shown, reason="Mostra un minore.", by=officer, now=timezone.now())

    assert [client.get(gone).status_code for gone in (known, small)] == [404, 404]
    services.show_words(row=shown, reason="Il volto è coperto.", by=officer, now=timezone.now())
    shown.refresh_from_db()
    assert b"".join(client.get(shown.image.url).streaming_content)
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert shown.image.url in page and shown.image.url.replace(".jpg", "-480.avif") in page


def test_the_foreign_player_comes_only_after_a_press_and_only_on_its_page(
    campaign: Campaign, organizer: User, client: Client
) -> None:
    video = add_video(campaign, organizer)

    before = client.get(address("campaign_video", campaign, video.pk))
    playing = client.get(address("campaign_video_play", campaign, video.pk))

    assert "<iframe" not in before.content.decode()
    assert "frame-src" not in before["Content-Security-Policy"]
    assert 'src="https://www.youtube-nocookie.com/embed/a-B_c3?rel=0"' in playing.content.decode()
    assert (
        "frame-src https://www.youtube-nocookie.com https://player.vimeo.com"
        in playing["Content-Security-Policy"]
    )
    assert "default-src 'none'" in playing["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("typed", "frame"),
    [
        ("https://youtu.be/abc", "https://www.youtube-nocookie.com/embed/abc?rel=0"),
        ("https://m.youtube.com/watch?v=abc", "https://www.youtube-nocookie.com/embed/abc?rel=0"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
        ("https://video.example.org/w/xyz", "https://video.example.org/videos/embed/xyz"),
        ("https://evil.example/w/xyz", None),
        ("http://youtu.be/abc", None),
        ("https://youtu.be/", None),
        ("https://vimeo.com/about", None),
        ("https://youtu.be/a%22onload", None),
        ("https://www.youtube.com/watch?v=abc/../../x", None),
        ("https://video.example.org/admin/xyz", None),
        ("javascript:alert(1)", None),
    ],
)
def test_player_of_knows_the_allowed_hosts_alone(typed: str, frame: str | None) -> None:
    player = player_of(typed, HOSTS)

    assert (player.frame if player else None) == frame


def test_what_is_no_pdf_no_known_video_or_undescribed_is_refused(campaign: Campaign, member: Client) -> None:
    mine = address("my_gallery", campaign)
    photo = SimpleUploadedFile("foto.pdf", picture(), "application/pdf")

    answers = [
        member.post(mine, {"add": "document", "document-upload": photo, "document-words": "Finto"}),
        member.post(mine, {"add": "video", "video-address": "https://evil.example/x", "video-words": "No"}),
        member.post(mine, {"add": "picture", "picture-words": "Niente"}),
        member.post(mine, {"add": "nothing"}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422, 200]
    assert not GalleryItem.objects.exists()


def test_a_campaign_shows_so_many_and_a_stopped_one_no_more(
    campaign: Campaign, organizer: User, member: Client
) -> None:
    first = add_video(campaign, organizer)
    with pytest.raises(services.GalleryFull):
        add_video(campaign, organizer)
    services.take_away(item=first, now=timezone.now())
    add_video(campaign, organizer)
    services.suspend_campaign(
        campaign=campaign, by=campaign.approved_by, reason="Si controlla.", now=timezone.now()
    )

    services.take_away(item=campaign.gallery.kept().get(), now=timezone.now())
    with pytest.raises(services.GalleryClosed):
        add_video(campaign, organizer)


def test_a_stranger_adds_and_takes_away_nothing(campaign: Campaign, organizer: User, client: Client) -> None:
    video = add_video(campaign, organizer)
    client.force_login(make_user("stranger"))

    assert client.post(address("gallery_take_away", campaign, video.pk)).status_code == 404
    assert client.get(address("my_gallery", campaign)).status_code == 404
    assert campaign.gallery.kept().count() == 1


def test_an_officer_hides_what_readers_report(
    campaign: Campaign, organizer: User, officer: User, client: Client
) -> None:
    video = add_video(campaign, organizer)
    form = reverse("campaigns:report_problem", args=[campaign.slug])
    client.post(f"{form}?figura={video.pk}", {"kind": "offence", "text": "Si vede una targa."})
    assert Problem.objects.get().about == video
    desk = desk_of(officer)
    assert video.words in text_of(desk.get(list_url(video, queue="new")))
    assert "Si vede una targa." in text_of(desk.get(row_url(video)))

    take_step(desk, row_url(video, "hide"), reason="Targa riconoscibile.")

    words = text_of(client.get(campaign.get_absolute_url()))
    assert video.words not in words and "Targa riconoscibile." in words
    for name in ("campaign_video", "campaign_video_play"):
        assert client.get(address(name, campaign, video.pk)).status_code == 404


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("gallery_item_is_described", {"words": ""}),
        ("gallery_item_is_what_it_is", {"kind": "picture"}),
        ("gallery_item_is_what_it_is", {"address": ""}),
        ("gallery_item_is_what_it_is", {"file_bytes": 3}),
        ("gallery_item_hidden_for_a_reason", {"hidden_reason": "Targa."}),
    ],
)
def test_database_refuses_an_item_that_contradicts_itself(
    campaign: Campaign, organizer: User, name: str, changes: dict[str, object]
) -> None:
    item = add_video(campaign, organizer)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        GalleryItem.objects.filter(pk=item.pk).update(**changes)
