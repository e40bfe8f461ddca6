"""The home page, the list and a campaign's page, as people meet them in the browser."""

from datetime import timedelta

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from calls.services import record_outcome
from campaigns.models import Campaign
from campaigns.services import end_campaign, resume_campaign, suspend_campaign
from matching.services import close_campaign, release_grant, settle_campaign
from tests.campaigns.stages import REASON, campaign_in
from tests.factories import give, make_call, make_campaign
from tests.pages import words_of

Status = Campaign.Status
KEEP = Call.FundingMode.KEEP_IT_ALL
LIST = reverse("campaigns:campaign_list")


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
    now = timezone.now()
    Campaign.objects.filter(pk__in=[made["won"].pk, made["far"].pk]).update(
        reached_at=now, first_reached_at=now
    )
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
        ("q=cicloficina", {"near"}),
        ("q=tetto", {"lost"}),
        ("q=CICLOFFICÌNA", {"near"}),
        ("q=municipio+9", {"lost"}),
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


def test_list_counts_what_the_other_filters_leave_in_each_borough(street: dict[str, Campaign]) -> None:
    answer = Client().get(f"{LIST}?state=reached&borough=3&page=1")

    counts = {area.number: area.count for area in answer.context["areas"]}
    assert counts == {**dict.fromkeys(range(1, 10), 0), 2: 1, 3: 1}
    assert [area.number for area in answer.context["areas"] if area.is_chosen] == [3]
    assert 'href="?state=reached&amp;borough=2"' in answer.content.decode()


def test_campaign_list_begins_with_what_ends_soonest(client: Client, street: dict[str, Campaign]) -> None:
    page = client.get(LIST).context["page"]

    assert list(page)[:2] == [street["near"], street["far"]]


def test_campaign_list_is_sorted_as_asked(
    client: Client, campaign: Campaign, officer: User, organizer: User
) -> None:
    ahead = make_campaign(officer=officer, promoter=organizer, call=campaign.call, days=50)
    give(campaign=ahead, amount_cents=500_000)

    def names(query: str) -> list[Campaign]:
        return list(client.get(f"{LIST}?{query}").context["page"])

    assert names("") == names("sort=ending") == [campaign, ahead]
    assert names("sort=near") == names("sort=new") == [ahead, campaign]
    assert names("q=forno&sort=near") == [ahead, campaign]


def test_campaign_list_says_what_it_looked_for_instead(client: Client, street: dict[str, Campaign]) -> None:
    assert client.get(f"{LIST}?q=cicloficina").context["meant"] == ["ciclofficina"]
    assert "<strong>ciclofficina</strong>" in client.get(f"{LIST}?q=cicloficina").content.decode()
    assert client.get(f"{LIST}?q=ciclofficina&borough=9").context["meant"] is None


def test_campaign_list_that_finds_nothing_offers_wider_searches(
    client: Client, street: dict[str, Campaign]
) -> None:
    page = client.get(f"{LIST}?q=ciclofficina&borough=9&state=open").content.decode()

    assert 'href="?q=ciclofficina&amp;state=open"' in page
    assert 'href="?q=ciclofficina&amp;borough=9"' in page


def test_campaign_feed_tells_the_newest_first_and_is_narrowed_as_the_list_is(
    client: Client, street: dict[str, Campaign]
) -> None:
    whole = client.get(f"{LIST}feed.xml")
    some = client.get(f"{LIST}feed.xml?borough=3").content.decode()

    assert whole["Content-Type"].startswith("application/atom+xml")
    told = [street[name].get_absolute_url() in some for name in ("near", "won", "far", "hidden")]
    assert told == [True, True, False, False]
    assert street["hidden"].get_absolute_url() not in whole.content.decode()


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


def test_campaign_detail_gives_the_reason_in_the_readers_language(
    client: Client, campaign: Campaign, officer: User
) -> None:
    suspend_campaign(
        campaign=campaign, by=officer, reason=REASON, reason_en="A permit is missing.", now=timezone.now()
    )

    told = {
        language: client.get(
            campaign.get_absolute_url(), headers={"accept-language": language}
        ).content.decode()
        for language in ("it", "en")
    }

    assert REASON in told["it"] and "A permit is missing." not in told["it"]
    assert "A permit is missing." in told["en"] and REASON not in told["en"]


def test_campaign_detail_says_why_the_city_has_ended_it(
    client: Client, campaign: Campaign, officer: User
) -> None:
    give(campaign=campaign, amount_cents=1_000_000)
    stopped = suspend_campaign(campaign=campaign, by=officer, reason=REASON, now=timezone.now())
    end_campaign(campaign=stopped, by=officer)

    def told() -> str:
        page = client.get(campaign.get_absolute_url(), headers={"accept-language": "en"})
        return words_of(page)

    while_closing = told()
    settle_campaign(campaign=campaign, now=timezone.now())
    for words in (while_closing, told()):
        assert f"The city has ended this campaign. {REASON}" in words
        assert "not reached in time" not in words


def test_campaign_detail_names_only_those_who_wish_it(client: Client, campaign: Campaign) -> None:
    give(
        campaign=campaign, name="Ada Neri", show_name=True, message="Forza <forno>!", email="ada@example.org"
    )
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


def test_home_shows_the_campaigns_that_end_soonest(
    client: Client, call: Call, officer: User, organizer: User
) -> None:
    made = [
        campaign_in(Status.OPEN, call=call, officer=officer, promoter=organizer, days=days)
        for days in (10, 3, 8, 4, 7, 5, 6, 9)
    ]

    context = client.get("/").context

    assert context["featured"] == made[1]
    assert [campaign.days for campaign in context["campaigns"]] == [4, 5, 6, 7, 8, 9]


def test_home_shows_the_campaign_nearest_to_its_gate_large(
    client: Client, campaign: Campaign, officer: User, organizer: User
) -> None:
    ahead = make_campaign(officer=officer, promoter=organizer, call=campaign.call)
    over = make_campaign(officer=officer, promoter=organizer, call=campaign.call)
    give(campaign=campaign, amount_cents=10_000)
    give(campaign=ahead, amount_cents=900_000)
    give(campaign=over, amount_cents=1_000_000)

    context = client.get("/").context

    assert context["featured"] == ahead
    assert set(context["campaigns"]) == {campaign, over}


def test_pages_follow_a_campaign_from_its_opening_to_its_end(campaign: Campaign, officer: User) -> None:
    address = campaign.get_absolute_url()

    def told() -> str:
        return words_of(Client().get(address))

    give(campaign=campaign, amount_cents=1_000_000)
    campaign.refresh_from_db()
    release_grant(campaign=campaign, now=timezone.now())
    assert "10.000\u00a0€" in told()
    suspend_campaign(campaign=campaign, by=officer, reason="Controlliamo un permesso.", now=timezone.now())
    assert "Controlliamo un permesso." in told()
    resume_campaign(campaign=campaign, by=officer, now=timezone.now())
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)
    campaign.refresh_from_db()
    assert campaign.status == Status.SUCCEEDED
    assert "10.000\u00a0€" in told()


def test_home_tells_past_editions_with_a_dash_for_what_is_not_known(call: Call) -> None:
    record_outcome(call=call, campaigns=18, raised_cents=33_313_600, source="un giornale")

    words = words_of(Client().get("/"))

    assert "333.136\u00a0€" in words
    assert "–" in words


@pytest.mark.parametrize("mode", Call.FundingMode)
def test_pages_promise_what_the_call_does_below_the_threshold(
    stripe: str, client: Client, officer: User, organizer: User, mode: str
) -> None:
    call = make_call(officer=officer, funding_mode=mode, keep_days=9 if mode == KEEP else 10, leave_days=4)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    donate = reverse("donations:donate", args=[campaign.slug])

    told = {
        url: words_of(client.get(url, headers={"accept-language": "en"}))
        for url in ("/", campaign.get_absolute_url(), donate)
    }
    mail = render_to_string("emails/campaign_opened_body.txt", {"campaign": campaign, "site_url": ""})

    for url, words in told.items():
        assert ("reduced project" in words) == (mode == KEEP), url
        assert ("get your" in words or "everyone gets" in words.lower()) == (url == "/" or mode != KEEP), url
    assert ("9 days to confirm a reduced project" in told[donate]) == (mode == KEEP)
    assert ("has 4 days to take the gift back" in told[campaign.get_absolute_url()]) == (mode == KEEP)
    assert ("9 days to confirm" in mail) == (mode == KEEP)
    changes = "have 4 days to take your gift back" in told[campaign.get_absolute_url()]
    assert changes == (mode != KEEP)
