"""The promoter's desk and the public list, as people meet them in the browser."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import return_campaign, submit_campaign
from tests.campaigns.stages import REASON, campaign_in
from tests.campaigns.test_forms import PAGE, picture
from tests.factories import connect_stripe, give, make_call

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


def test_campaign_manage_shows_the_officers_remarks(member: Client, draft: Campaign) -> None:
    submit_campaign(campaign=draft, now=timezone.now())
    return_campaign(campaign=draft, remarks="Manca il prezzo del forno.", now=timezone.now())

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


@pytest.fixture
def street(officer: User, organizer: User) -> dict[str, Campaign]:
    """Return campaigns of all kinds, by name."""
    call = make_call(officer=officer, themes=["Beni comuni", "Mestieri"])
    common, crafts = call.themes.all()
    kinds = {
        "far": (Status.OPEN, 40, {"theme": common, "borough": 2}),
        "near": (Status.OPEN, 3, {"theme": crafts, "borough": 3, "title": "Una ciclofficina"}),
        "won": (Status.SUCCEEDED, 20, {"theme": crafts, "borough": 3, "place": "Largo Marinai d'Italia"}),
        "lost": (Status.REFUNDED, 20, {"theme": common, "borough": 9, "summary": "Api sui tetti."}),
        "stopped": (Status.SUSPENDED, 20, {"theme": common, "borough": 2}),
        "hidden": (Status.SCHEDULED, 20, {"theme": common, "borough": 2}),
    }
    made = {
        name: campaign_in(status, call=call, officer=officer, promoter=organizer, days=days, **changes)
        for name, (status, days, changes) in kinds.items()
    }
    Campaign.objects.filter(pk__in=[made["won"].pk, made["far"].pk]).update(reached_at=timezone.now())
    return made


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"far", "near", "won", "lost", "stopped"}),
        ("state=open", {"far", "near"}),
        ("state=ending", {"near"}),
        ("state=reached", {"far", "won"}),
        ("state=ended", {"won", "lost"}),
        ("borough=3", {"near", "won"}),
        ("borough=7", set()),
        ("theme=Mestieri", {"near", "won"}),
        ("q=ciclofficina", {"near"}),
        ("q=CICLO+una", {"near"}),
        ("q=api", {"lost"}),
        ("q=marinai", {"won"}),
        ("q=associazione", {"far", "near", "won", "lost", "stopped"}),
        ("q=niente+di+tutto", set()),
        ("q=%25", set()),
        ("state=open&borough=2&theme=Beni+comuni&q=forno", {"far"}),
        ("state=sold&borough=99&page=zz", {"far", "near", "won", "lost", "stopped"}),
    ],
)
def test_campaign_list_is_narrowed(
    client: Client, street: dict[str, Campaign], query: str, names: set[str]
) -> None:
    context = client.get(f"{LIST}?{query}").context

    by_slug = {campaign.slug: name for name, campaign in street.items()}
    assert {by_slug[campaign.slug] for campaign in context["page"]} == names
    assert context["count"] == len(names)


def test_campaign_list_begins_with_what_ends_soonest(client: Client, street: dict[str, Campaign]) -> None:
    page = client.get(LIST).context["page"]

    assert list(page)[:2] == [street["near"], street["far"]]


def test_campaign_list_offers_each_theme_once(client: Client, street: dict[str, Campaign]) -> None:
    assert list(client.get(LIST).context["themes"]) == ["Beni comuni", "Mestieri"]


def test_campaign_list_is_cut_into_pages(client: Client, call: Call, officer: User, organizer: User) -> None:
    for _ in range(13):
        campaign_in(Status.OPEN, call=call, officer=officer, promoter=organizer)

    first, second, beyond = (client.get(f"{LIST}?page={number}").context["page"] for number in (1, 2, 99))

    assert (len(first), len(second)) == (12, 1)
    assert beyond.number == 2
    assert not {campaign.pk for campaign in first} & {campaign.pk for campaign in second}


@pytest.mark.parametrize(("offset", "can_give"), [(-1, True), (0, False), (3600, False)])
def test_campaign_detail_takes_gifts_until_its_last_second(
    client: Client, call: Call, officer: User, organizer: User, offset: int, can_give: bool
) -> None:
    campaign = campaign_in(Status.OPEN, call=call, officer=officer, promoter=organizer, days=2)

    with time_machine.travel(campaign.closes_at + timedelta(seconds=offset), tick=False):
        answer = client.get(campaign.get_absolute_url())

    assert answer.context["can_give"] is can_give
    assert (reverse("donations:donate", args=[campaign.slug]) in answer.content.decode()) is can_give


def test_campaign_detail_says_why_it_is_suspended(
    client: Client, call: Call, officer: User, organizer: User
) -> None:
    campaign = campaign_in(Status.SUSPENDED, call=call, officer=officer, promoter=organizer)

    assert REASON in client.get(campaign.get_absolute_url()).content.decode()


def test_campaign_detail_names_only_those_who_wish_it(client: Client, campaign: Campaign) -> None:
    give(campaign=campaign, name="Ada Neri", show_name=True, message="Forza <forno>!", email="ada@example.org")
    give(campaign=campaign, name="Bruno Bianchi", message="Di nascosto.", email="bruno@example.org")

    answer = client.get(campaign.get_absolute_url())

    page = answer.content.decode()
    assert answer.context["donors"] == 2
    assert [gift.public_name for gift in answer.context["supporters"]] == ["Ada Neri"]
    assert "Forza &lt;forno&gt;!" in page
    for hidden in ("Bruno", "Di nascosto.", "ada@example.org", "bruno@example.org"):
        assert hidden not in page


def test_home_adds_up_what_has_succeeded(client: Client, call: Call, officer: User, organizer: User) -> None:
    for raised in (1_000_000, 1_200_050):
        campaign_in(Status.SUCCEEDED, call=call, officer=officer, promoter=organizer, raised_cents=raised)
    campaign_in(Status.REFUNDED, call=call, officer=officer, promoter=organizer, raised_cents=700)

    totals = client.get("/").context["totals"]

    assert totals == {"successful": 2, "raised_cents": 2_200_050, "granted_cents": 0}


def test_home_shows_six_campaigns_that_end_soonest(
    client: Client, call: Call, officer: User, organizer: User
) -> None:
    made = [
        campaign_in(Status.OPEN, call=call, officer=officer, promoter=organizer, days=days)
        for days in (9, 3, 8, 4, 7, 5, 6)
    ]

    shown = client.get("/").context["campaigns"]

    assert [campaign.days for campaign in shown] == [3, 4, 5, 6, 7, 8]
    assert made[0] not in shown
