"""Several campaigns get their opening together, each by itself, with what stands in the way told before."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns import services
from campaigns.models import Campaign
from tests.campaigns.stages import campaign_in
from tests.desk import desk_of, list_url, seen_on, sign_in_freshly, text_of
from tests.factories import make_user

Status = Campaign.Status
PAGE = reverse("admin:campaigns_campaign_schedule_batch")


@pytest.fixture
def pair(call: Call, officer: User) -> list[Campaign]:
    """Return two campaigns that wait for a review, each of a body and a promoter of its own."""
    people = [make_user(f"promoter{number}") for number in range(2)]
    now = timezone.now()
    return [
        campaign_in(
            Status.IN_REVIEW,
            call=call,
            officer=officer,
            promoter=person,
            now=now + timedelta(seconds=number),
        )
        for number, person in enumerate(people)
    ]


def address(campaigns: list[Campaign]) -> str:
    """Return the page for some campaigns."""
    return f"{PAGE}?ids={','.join(str(one.pk) for one in campaigns)}"


def typed(**changes: Any) -> dict[str, Any]:
    """Return an opening in a week at nine, for 20 days."""
    opens = timezone.localtime(timezone.now() + timedelta(days=7)).replace(hour=9, minute=0)
    return {"opens_at": opens.strftime("%Y-%m-%dT%H:%M"), "days": "20", **changes}


def confirm(desk: Client, campaigns: list[Campaign], **changes: Any) -> Any:
    """Let the page tell what follows, then confirm."""
    values = typed(**changes)
    told = desk.post(address(campaigns), {**values, "preview": "1"})
    return desk.post(address(campaigns), {**values, "seen": seen_on(told)}, follow=True)


def opening_of(campaign: Campaign) -> datetime | None:
    """Return when a campaign opens by now, in the city's time."""
    campaign.refresh_from_db()
    return timezone.localtime(campaign.opens_at) if campaign.opens_at else None


def test_list_leads_the_chosen_to_the_page(pair: list[Campaign], officer: User) -> None:
    chosen = {"action": "schedule_together", "_selected_action": [one.pk for one in pair]}

    answer = desk_of(officer).post(list_url(pair[0]), chosen)

    assert answer["Location"] == address(sorted(pair, key=lambda one: one.pk))


def test_batch_opens_in_waves_at_the_same_hour(pair: list[Campaign], officer: User) -> None:
    words = text_of(confirm(desk_of(officer), pair, per_wave="1", apart="7"))

    first, second = map(opening_of, pair)
    assert first and second and (second.date() - first.date()).days == 7
    assert (first.hour, second.hour) == (9, 9)
    assert "2 campaigns are scheduled" in words
    assert Mail.objects.filter(key__startswith="campaign_approved:").count() == 2


def test_batch_tells_before_what_is_set_aside_and_what_stands_in_the_way(
    call: Call, officer: User, pair: list[Campaign]
) -> None:
    live = campaign_in(Status.OPEN, call=call, officer=officer, promoter=make_user("live"))
    desk = desk_of(officer)

    told = text_of(desk.post(address([*pair, live]), {**typed(), "preview": "1"}))
    done = text_of(confirm(desk, [*pair, live]))

    assert [f"{name}@example.org" in told for name in ("promoter0", "promoter1", "live")] == [
        True,
        True,
        False,
    ]
    assert "€20,000 in all are set aside" in told and "One is left out." in told
    assert "it has to connect Stripe" in told
    assert f"Not scheduled: {live.title}" in done
    assert [opening_of(one) is not None for one in pair] == [True, True]
    refused = desk.post(address(pair), {**typed(days="61"), "preview": "1"})
    assert text_of(refused).count("last from 1 to 60 days") == 2


def test_batch_says_where_the_fund_ends(pair: list[Campaign], officer: User, monkeypatch: Any) -> None:
    monkeypatch.setattr("campaigns.admin.batch.available_cents", lambda _fund: 1_500_000)

    words = text_of(desk_of(officer).post(address(pair), {**typed(), "preview": "1"}))

    assert words.count("which does not cover its share") == 1
    assert "the fund has €5,000 left" in words


def test_second_click_and_second_officer_change_nothing(pair: list[Campaign], officer: User) -> None:
    desk, other = desk_of(officer), desk_of(make_user("second", is_staff=True, is_superuser=True))
    seen = [seen_on(one.post(address(pair), {**typed(), "preview": "1"})) for one in (desk, other)]

    desk.post(address(pair), {**typed(), "seen": seen[0]})
    opening = opening_of(pair[0])
    again = desk.post(address(pair), {**typed(), "seen": seen[0]})
    late = other.post(address(pair), {**typed(days="30"), "seen": seen[1]})

    assert "What follows has changed" in text_of(again) and "What follows has changed" in text_of(late)
    assert (opening_of(pair[0]), pair[0].days, pair[0].approved_by) == (opening, 20, officer)
    assert Mail.objects.filter(key__startswith="campaign_approved:").count() == 2


def test_schedule_as_seen_hears_one_of_two(pair: list[Campaign], officer: User) -> None:
    campaign, now = pair[0], timezone.now()
    what: dict[str, Any] = {"by": officer, "opens_at": now + timedelta(days=1), "days": 20, "now": now}
    seen = services.schedule_mark(campaign)
    services.schedule_as_seen(campaign=campaign, seen=seen, **what)

    with pytest.raises(services.MovedOn):
        services.schedule_as_seen(campaign=campaign, seen=seen, **what)


def test_batch_leaves_out_the_officers_own_body_and_asks_for_a_fresh_login(
    pair: list[Campaign], officer: User
) -> None:
    own = make_user("own", is_staff=True, is_superuser=True)
    pair[0].organization.memberships.create(user=own, role="reader", created_at=timezone.now())
    desk = desk_of(own)

    confirm(desk, pair)
    assert [opening_of(one) is not None for one in pair] == [False, True]

    sign_in_freshly(desk, own, seconds_ago=16 * 60)
    assert reverse("account_reauthenticate") in desk.get(address(pair))["Location"]
