"""What a fund would owe: none, today's pace, all; the same number of queries for any number of funds."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from matching.forecast import outlook, outlooks
from tests.factories import (
    give,
    make_application,
    make_campaign,
    make_organization,
    make_scheduled_campaign,
    make_user,
)
from tests.matching.short import accept, offered, reached, release, short_call
from tests.matching.undoing import end, revoke

DAY = timedelta(days=1)


def open_campaigns(call: Call, officer: User, promoter: User, *gifts: int) -> list[Campaign]:
    """Open a campaign of 20,000 euro for 40 days for each sum given to it so far, in cents."""
    campaigns = []
    for cents in gifts:
        campaign = make_campaign(officer=officer, promoter=promoter, call=call)
        if cents:
            give(campaign=campaign, amount_cents=cents)
        campaigns.append(campaign)
    return campaigns


def test_outlook_tells_none_pace_and_all(stripe: str, officer: User, organizer: User) -> None:
    call = short_call(officer, 2_500_000)
    release(reached(call, officer, organizer))
    _behind, ahead = open_campaigns(call, officer, organizer, 249_999, 250_000)
    after_a_quarter = ahead.opened_at + (ahead.closes_at - ahead.opened_at) / 4

    found = outlook(call.funds.get(), after_a_quarter)

    forecast = found.forecast
    assert (forecast.fund_cents, forecast.if_none_cents) == (2_500_000, 1_000_000)
    assert (forecast.live, forecast.live_at_pace) == (2, 1)
    assert (forecast.at_pace_cents, forecast.if_all_cents) == (2_000_000, 3_000_000)
    assert forecast.short_cents == 500_000
    assert (found.awarded_cents, found.waiting_cents) == (1_000_000, 0)


def test_outlook_reads_no_pace_from_the_first_hours(
    stripe: str, call: Call, officer: User, organizer: User
) -> None:
    # 200 euro a day for forty days are too little, 400 are enough; in one hour both would be plenty.
    slow, _quick = open_campaigns(call, officer, organizer, 20_000, 40_000)

    found = outlook(call.funds.get(), slow.opened_at + timedelta(hours=1))

    assert (found.forecast.live, found.forecast.live_at_pace) == (2, 1)


def test_outlook_counts_what_those_who_reached_have_not_got(
    stripe: str, officer: User, organizer: User
) -> None:
    call = short_call(officer, 1_600_000)
    whole, part, waiting, refused = (reached(call, officer, organizer) for _number in range(4))
    release(whole)
    accept(offered(part), organizer)
    release(waiting)
    scheduled = make_application(call=call, organization=make_organization(user=make_user("bice")))
    make_scheduled_campaign(application=scheduled, officer=officer, now=timezone.now() + DAY)

    found = outlook(call.funds.get(), timezone.now())

    # 4,000 are missing to the second; the third waits and the fourth was not looked at yet: 10,000 each.
    assert (found.awarded_cents, found.waiting_cents) == (1_600_000, 2_400_000)
    assert found.forecast.if_none_cents == found.forecast.if_all_cents == 4_000_000
    assert (found.coming, found.coming_cents) == (1, 1_000_000)

    end(whole)
    end(refused)
    assert outlook(call.funds.get(), timezone.now()).forecast.if_none_cents == 4_000_000


def test_outlook_leaves_out_what_is_over(stripe: str, call: Call, officer: User, organizer: User) -> None:
    failed, _running = open_campaigns(call, officer, organizer, 5000, 0)
    end(failed)
    second = make_user("second", is_staff=True, is_superuser=True)
    revoke(release(reached(call, officer, organizer)), first=officer, second=second)

    found = outlook(call.funds.get(), timezone.now())

    assert (found.forecast.live, found.forecast.if_all_cents) == (1, 1_000_000)
    assert found.forecast.if_none_cents == 0


def test_outlooks_of_many_funds_take_as_many_queries_as_of_one(
    stripe: str, officer: User, organizer: User, django_assert_num_queries: Any
) -> None:
    calls = [short_call(officer, 3_000_000) for _number in range(2)]
    for call in calls:
        release(reached(call, officer, organizer))
        open_campaigns(call, officer, organizer, 5000)
    funds = [call.funds.get() for call in calls]

    for some in (funds[:1], funds):
        with django_assert_num_queries(3):
            found = outlooks(some, timezone.now())
    assert [found[fund.pk].forecast.if_all_cents for fund in funds] == [2_000_000, 2_000_000]
