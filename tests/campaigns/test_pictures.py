"""A picture in the sizes and formats that screens want, made once."""

import io
import re
import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.pictures import FORMATS, WIDTHS, sources_of
from campaigns.services import edit_campaign
from tests.campaigns.stages import campaign_in


def jpeg() -> ContentFile:
    """Return a picture as the form hands it on."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((1600, 1000)).convert("RGB").save(out, "JPEG")
    return ContentFile(out.getvalue(), name=f"{uuid.uuid4().hex}.jpg")


@pytest.fixture
def page(call: Call, officer: User, organizer: User) -> Campaign:
    """Return the draft of a page with a picture."""
    campaign = campaign_in("draft", call=call, officer=officer, promoter=organizer)
    return edit_campaign(campaign=campaign, now=timezone.now(), image=jpeg(), image_alt="Sfumature")


def test_variants_are_lighter_and_smaller_pictures_without_hidden_data(
    page: Campaign, client: Client
) -> None:
    seen = set()
    for source in sources_of(page.image):
        for part in source.srcset.split(", "):
            address, width = part.split(" ")
            answer = client.get(address)
            content = b"".join(answer.streaming_content)
            made = Image.open(io.BytesIO(content))
            assert answer["Content-Type"] == source.kind
            assert f"{made.width}w" == width
            assert len(content) < page.image.size
            assert dict(made.getexif()) == {}
            seen.add((made.width, made.format.lower()))

    assert seen == {(width, ending) for width in WIDTHS for ending in FORMATS}


def test_page_offers_the_variants_and_lists_them_lazily(
    page: Campaign, client: Client, officer: User
) -> None:
    client.force_login(officer)
    shown = client.get(page.get_absolute_url()).content.decode()

    assert '<source type="image/avif"' in shown
    assert 'fetchpriority="high"' in shown
    assert shown.index("image/avif") < shown.index("image/webp") < shown.index(page.image.url)


def test_picture_that_cannot_be_read_stays_alone(page: Campaign, client: Client, officer: User) -> None:
    page = edit_campaign(
        campaign=page,
        now=timezone.now(),
        image=ContentFile(b"\xff\xd8\xff\xd9", name=f"{uuid.uuid4().hex}.jpg"),
    )

    assert sources_of(page.image) == []
    assert default_storage.exists(page.image.name)
    client.force_login(officer)
    assert "<source" not in client.get(page.get_absolute_url()).content.decode()


def test_cards_ask_for_their_pictures_late_but_the_first(
    call: Call, officer: User, organizer: User, donor: User, client: Client
) -> None:
    for promoter in (organizer, donor):
        campaign_in("open", call=call, officer=officer, promoter=promoter)

    pictures = re.findall(r"<img[^>]+card-campaign__picture[^>]*>", words_of_list(client))

    assert ['loading="lazy"' in one for one in pictures] == [False, True]


def words_of_list(client: Client) -> str:
    """Return the list of campaigns as it is sent."""
    return client.get(reverse("campaigns:campaign_list")).content.decode()
