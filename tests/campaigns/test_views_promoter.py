"""The promoter's desk and the public list, as people meet them in the browser."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import return_campaign, submit_campaign
from tests.campaigns.stages import campaign_in
from tests.campaigns.test_forms import PAGE, picture
from tests.desk import text_of
from tests.factories import connect_stripe, give, make_call, make_campaign

Status = Campaign.Status
LIST = reverse("campaigns:campaign_list")


def manage(campaign: Campaign) -> str:
    """Return the address of a campaign's desk."""
    return reverse("campaigns:campaign_manage", args=[campaign.slug])


def submit(campaign: Campaign) -> str:
    """Return the address that hands a page in."""
    return reverse("campaigns:campaign_submit", args=[campaign.slug])


@pytest.fixture
def draft(call: Call, officer: User, organizer: User) -> Campaign:
    """Return a page that is being written."""
    return campaign_in(Status.DRAFT, call=call, officer=officer, promoter=organizer)


@pytest.fixture
def member(client: Client, organizer: User) -> Client:
    """Return the organizer's browser."""
    client.force_login(organizer)
    return client


def test_campaign_manage_saves_words_and_picture(member: Client, draft: Campaign) -> None:
    photo = SimpleUploadedFile("mia foto.jpg", picture(), "image/jpeg")

    answer = member.post(manage(draft), {**PAGE, "title": "Due forni", "image": photo})

    old = draft.image.name
    draft.refresh_from_db()
    assert answer["Location"] == manage(draft)
    assert draft.title == "Due forni"
    assert draft.image.name != old
    assert "mia" not in draft.image.name
    served = member.get(draft.image.url)
    assert b"".join(served.streaming_content).startswith(b"\xff\xd8\xff")


def test_campaign_manage_keeps_the_picture_when_only_words_change(member: Client, draft: Campaign) -> None:
    member.post(manage(draft), {**PAGE, "story": "Una storia nuova."})

    old = draft.image.name
    draft.refresh_from_db()
    assert (draft.image.name, draft.story) == (old, "Una storia nuova.")


def test_campaign_manage_loses_nothing_that_was_typed(member: Client, draft: Campaign) -> None:
    wrong = SimpleUploadedFile("foto.jpg", b"non una foto", "image/jpeg")
    typed = {**PAGE, "story": "Riga con <b> & “virgolette”."}

    answer = member.post(manage(draft), {**typed, "image": wrong})

    form = answer.context["form"]
    assert list(form.errors) == ["image"]
    assert {name: form[name].value() for name in typed} == typed
    draft.refresh_from_db()
    assert draft.story != typed["story"]


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.SCHEDULED, Status.OPEN, Status.SUCCEEDED])
def test_campaign_manage_of_a_page_that_is_no_draft(
    member: Client, call: Call, officer: User, organizer: User, status: str
) -> None:
    campaign = campaign_in(status, call=call, officer=officer, promoter=organizer)

    shown = member.get(manage(campaign))
    member.post(manage(campaign), {**PAGE, "title": "Altro"})

    campaign.refresh_from_db()
    assert shown.context["form"] is None
    assert campaign.title != "Altro"


def test_campaign_manage_lists_what_is_left_to_do(stripe: str, member: Client, draft: Campaign) -> None:
    before = member.get(manage(draft)).context
    connect_stripe(draft.organization)
    after = member.get(manage(draft)).context

    assert [item["done"] for item in before["checklist"]] == [True, True, False]
    assert [item["done"] for item in after["checklist"]] == [True, True, True]
    assert (before["can_submit"], after["can_submit"]) == (False, True)


def test_campaign_manage_shows_the_officers_remarks(member: Client, draft: Campaign, officer: User) -> None:
    submit_campaign(campaign=draft, now=timezone.now())
    return_campaign(campaign=draft, by=officer, remarks="Manca il prezzo del forno.", now=timezone.now())

    assert "Manca il prezzo del forno." in member.get(manage(draft)).content.decode()


def test_campaign_submit_hands_the_page_in_once(member: Client, draft: Campaign) -> None:
    first = member.post(submit(draft))
    draft.refresh_from_db()
    submitted_at = draft.submitted_at
    second = member.post(submit(draft))
    draft.refresh_from_db()

    assert first["Location"] == second["Location"] == manage(draft)
    assert (draft.status, draft.submitted_at) == (Status.IN_REVIEW, submitted_at)
    assert member.get(submit(draft)).status_code == 405


def test_campaign_submit_of_an_empty_page(member: Client, draft: Campaign) -> None:
    Campaign.objects.filter(pk=draft.pk).update(image_alt="")

    answer = member.post(submit(draft), follow=True)

    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    assert len(list(answer.context["messages"])) == 1


def test_campaigns_of_others_cannot_be_managed(client: Client, draft: Campaign, stranger: User) -> None:
    client.force_login(stranger)

    assert client.get(manage(draft)).status_code == 404
    assert client.post(manage(draft), PAGE).status_code == 404
    assert client.post(submit(draft)).status_code == 404


@pytest.mark.parametrize(
    ("rules", "raised", "said", "unsaid"),
    [
        (
            {"stops_when_covered": True},
            5000,
            ["you owe nothing", "ends early"],
            ["to confirm a reduced project"],
        ),
        (
            {"funding_mode": "keep_it_all"},
            5000,
            ["you have 10 days to confirm"],
            ["you owe nothing", "ends early"],
        ),
        ({}, 1_000_000, ["you have 10 days after the deadline to restore it"], ["Below it at the deadline"]),
    ],
)
def test_campaign_manage_says_what_comes_next_while_it_runs(
    stripe: str,
    member: Client,
    officer: User,
    organizer: User,
    rules: dict,
    raised: int,
    said: list[str],
    unsaid: list[str],
) -> None:
    call = make_call(officer=officer, **rules)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    for donor in ("ada", "bruno", "ada"):
        give(campaign=campaign, amount_cents=raised, email=f"{donor}@example.org")

    page = member.get(manage(campaign), headers={"accept-language": "en"})

    words = text_of(page)
    assert [sentence for sentence in said if sentence not in words] == []
    assert [sentence for sentence in unsaid if sentence in words] == []
    assert page.context["donors"] == 2
    assert "from 2 people" in words
    gifts = reverse("donations:organization_gifts", args=[campaign.organization.public_id])
    assert f'href="{gifts}"' in page.content.decode()
    assert f"{settings.SITE_URL}{campaign.get_absolute_url()}" in words
