"""The gate bar and the fund's meter, from a campaign's own rows."""

import re

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import end_campaign, suspend_campaign
from campaigns.templatetags.gate import figures, grant_word, meter_figures, promise_figures
from matching.services import release_grant, settle_campaign
from tests.campaigns.stages import campaign_in
from tests.factories import give, make_call

Status = Campaign.Status


def fetched(campaign: Campaign) -> Campaign:
    """Return a campaign as the pages fetch it."""
    return Campaign.objects.with_story().get(pk=campaign.pk)


def drawn(campaign: Campaign, tag: str = "{% gate_bar campaign %}", language: str = "it") -> str:
    """Return the markup of a campaign's bar."""
    with translation.override(language):
        return Template("{% load gate %}" + tag).render(Context({"campaign": campaign}))


def test_figures_follow_the_gifts_and_the_grant(campaign: Campaign) -> None:
    before = figures(fetched(campaign))
    give(campaign=campaign, amount_cents=950_000)
    near = figures(fetched(campaign))
    give(campaign=campaign, amount_cents=60_000)
    reached = figures(fetched(campaign))
    release_grant(campaign=campaign, now=timezone.now())
    released = figures(fetched(campaign), donors=2)

    assert [bar["state"] for bar in (before, near, reached, released)] == [
        "empty",
        "near",
        "reached",
        "above",
    ]
    assert [bar["raised_cents"] for bar in (before, near, reached)] == [0, 950_000, 1_010_000]
    assert (near["missing_cents"], near["percent"]) == (50_000, 95)
    assert (released["grant_cents"], released["donors"]) == (1_000_000, 2)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (Status.DRAFT, "empty"),
        (Status.OPEN, "empty"),
        (Status.SUSPENDED, "suspended"),
        (Status.FAILED, "failed"),
        (Status.REFUNDED, "failed"),
    ],
)
def test_figures_of_a_campaign_that_is_not_running(
    call: Call, officer: User, organizer: User, status: str, state: str
) -> None:
    campaign = campaign_in(status, call=call, officer=officer, promoter=organizer, raised_cents=490_000)

    bar = figures(fetched(campaign))

    assert bar["state"] == state
    # What had been raised stays visible although everything was given back.
    assert bar["raised_cents"] == (490_000 if state == "failed" else 0)


def test_grant_word_without_and_before_a_grant(officer: User, organizer: User) -> None:
    call = make_call(officer=officer, reservation_mode=Call.ReservationMode.FIRST_REACHED)
    draft = campaign_in(Status.DRAFT, call=call, officer=officer, promoter=organizer)
    live = campaign_in(Status.OPEN, call=call, officer=officer, promoter=organizer)

    with translation.override("en"):
        words = [grant_word(draft), grant_word(live), grant_word(Campaign(grant_due_cents=0))]

    assert len(set(words)) == 3
    assert all(words)


def test_grant_word_of_a_grant(campaign: Campaign) -> None:
    with translation.override("en"):
        assert grant_word(fetched(campaign)) == "set aside"
        give(campaign=campaign, amount_cents=1_000_000)
        release_grant(campaign=campaign, now=timezone.now())
        assert grant_word(fetched(campaign)) == "released"


def test_gate_bar_is_a_drawing_with_its_twin_in_words(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=490_000)

    markup = drawn(fetched(campaign))

    assert "<svg" in markup
    assert "style=" not in markup
    assert "4.900\u00a0€" in markup
    assert "10.000\u00a0€" in markup
    assert "€4,900" in drawn(fetched(campaign), language="en")


def test_gate_bar_has_unique_ids(campaign: Campaign) -> None:
    markup = drawn(fetched(campaign), "{% gate_bar campaign %}{% gate_bar campaign compact=True %}")

    ids = re.findall(r'\bid="([^"]+)"', markup)
    assert ids
    assert len(ids) == len(set(ids))
    assert all(campaign.slug in one for one in ids)


def test_meter_figures_follow_the_fund(campaign: Campaign) -> None:
    before = meter_figures(campaign.call)
    give(campaign=campaign, amount_cents=1_000_000)
    release_grant(campaign=campaign, now=timezone.now())
    after = meter_figures(Call.objects.get(pk=campaign.call.pk))

    assert before["allocated_cents"] == after["allocated_cents"] == 60_000_000
    assert (before["reserved_cents"], before["awarded_cents"]) == (1_000_000, 0)
    assert (after["reserved_cents"], after["awarded_cents"]) == (0, 1_000_000)
    assert after["available_cents"] == 59_000_000
    assert (after["awarded"], after["reserved"], after["available"]) == (16, 0, 983)


def test_meter_figures_of_a_fund_that_has_no_account_yet(call: Call) -> None:
    meter = meter_figures(call.funds.get())

    assert meter["allocated_cents"] == meter["available_cents"] == 0
    assert meter["call"] == call


def test_promise_figures_say_what_a_gift_does(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=999_000)

    promised = promise_figures(fetched(campaign), 2000)

    assert promised["reaches"]
    assert promised["missing_after_cents"] == 0
    assert (promised["grant_cents"], promised["deadline"]) == (1_000_000, campaign.closes_at)


@pytest.mark.parametrize(("cents", "words"), [(5000, "not reached"), (1_000_000, "ended by the city")])
def test_gate_bar_tells_an_ended_campaign_by_what_it_had_raised(
    campaign: Campaign, officer: User, cents: int, words: str
) -> None:
    give(campaign=campaign, amount_cents=cents)
    suspend_campaign(campaign=campaign, by=officer, reason="Una verifica in corso.", now=timezone.now())
    end_campaign(campaign=campaign, by=officer)
    settle_campaign(campaign=campaign, now=timezone.now())

    for compact in ("", " compact=True"):
        assert words in drawn(fetched(campaign), f"{{% gate_bar campaign{compact} %}}", "en")
