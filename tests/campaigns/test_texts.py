"""A page in easy words and in other languages, as its promoter writes it."""

from pathlib import Path

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from calls.models import Call
from campaigns.forms import CampaignForm
from campaigns.models import Campaign
from campaigns.services import edit_campaign
from civicfund.languages import languages_in
from tests.campaigns.stages import campaign_in
from tests.pages import words_of

ENGLISH = {"title": "A neighbourhood oven", "summary": "Bread and an open yard.", "story": "We **open** it."}
PAGE = {"title": "Un forno", "summary": "Pane.", "story": "Apriamo.", "image_alt": "Un forno"}


@pytest.fixture
def page(call: Call, officer: User, organizer: User) -> Campaign:
    """Return the draft of a page."""
    return campaign_in("draft", call=call, officer=officer, promoter=organizer)


def test_reader_gets_the_translation_and_the_original_where_there_is_none() -> None:
    campaign = Campaign(**PAGE, translations={"en": {"title": "An oven"}})

    assert (campaign.title_here, campaign.original_parts, campaign.is_translated_here) == (
        "Un forno",
        set(),
        False,
    )
    with translation.override("en"):
        assert (campaign.title_here, campaign.summary_here) == ("An oven", "Pane.")
        assert campaign.original_parts == {"summary", "story"}
        assert campaign.is_translated_here


def test_promoter_writes_easy_words_and_a_translation(
    page: Campaign, organizer: User, client: Client
) -> None:
    client.force_login(organizer)
    url = reverse("campaigns:campaign_manage", args=[page.slug])
    typed = {**PAGE, "easy_words": "Un forno per tutti.", **{f"{k}_en": v for k, v in ENGLISH.items()}}

    assert client.post(url, typed).status_code == 302

    page.refresh_from_db()
    assert page.easy_words == "Un forno per tutti."
    assert page.translations == {"en": ENGLISH}
    shown = client.get(url).content.decode()
    assert '<details class="more" open>' in shown
    client.post(url, {**typed, "title_en": "", "summary_en": "", "story_en": ""})
    page.refresh_from_db()
    assert page.translations == {"en": {}}


def test_translation_is_as_long_as_the_page_itself() -> None:
    form = CampaignForm({**PAGE, "title_en": "T" * 121}, {}, instance=Campaign())

    assert list(form.errors) == ["title_en"]


def test_page_marks_what_is_in_which_language(
    call: Call, officer: User, organizer: User, client: Client
) -> None:
    campaign = campaign_in("draft", call=call, officer=officer, promoter=organizer)
    edit_campaign(
        campaign=campaign, now=timezone.now(), easy_words="Un forno per tutti.", translations={"en": ENGLISH}
    )
    client.force_login(officer)
    address = campaign.get_absolute_url()

    italian, english = client.get(address), client.get(f"{address}?lingua=en")

    assert "A neighbourhood oven" not in words_of(italian)
    assert "Con parole facili" in words_of(italian)
    words = words_of(english)
    assert "A neighbourhood oven" in words
    assert "Translated by the promoter." in words
    assert "<strong>open</strong>" in english.content.decode()
    edit_campaign(campaign=campaign, now=timezone.now(), translations={})
    assert f'<h1 lang="it">{campaign.title}</h1>' in client.get(f"{address}?lingua=en").content.decode()


def test_language_is_added_by_its_file(tmp_path: Path) -> None:
    for code in ("it", "de"):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").touch()

    assert languages_in(tmp_path) == [("it", "Italiano"), ("en", "English"), ("de", "Deutsch")]
    assert languages_in(Path(site.BASE_DIR) / "locale") == site.LANGUAGES
