"""Deadlines are midnights of the city, whatever its clocks do in between."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import deadline_after, resume_campaign, suspend_campaign
from tests.campaigns.stages import campaign_in
from tests.factories import make_call

ROME = ZoneInfo("Europe/Rome")
SECOND = timedelta(seconds=1)
Status = Campaign.Status
OPENINGS = st.datetimes(datetime(2025, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("opens_at", "days", "deadline_utc"),
    [
        # Clocks go forward on 28 March 2027: midnight moves from 23:00 to 22:00 UTC.
        (datetime(2027, 3, 27, 9, 0, tzinfo=ROME), 1, datetime(2027, 3, 27, 23, 0, tzinfo=UTC)),
        (datetime(2027, 3, 27, 9, 0, tzinfo=ROME), 2, datetime(2027, 3, 28, 22, 0, tzinfo=UTC)),
        (datetime(2027, 3, 28, 0, 0, tzinfo=ROME), 1, datetime(2027, 3, 28, 22, 0, tzinfo=UTC)),
        (datetime(2027, 3, 1, 9, 0, tzinfo=ROME), 60, datetime(2027, 4, 29, 22, 0, tzinfo=UTC)),
        # Clocks go back on 31 October 2027: midnight moves from 22:00 to 23:00 UTC.
        (datetime(2027, 10, 30, 9, 0, tzinfo=ROME), 1, datetime(2027, 10, 30, 22, 0, tzinfo=UTC)),
        (datetime(2027, 10, 30, 9, 0, tzinfo=ROME), 2, datetime(2027, 10, 31, 23, 0, tzinfo=UTC)),
        (datetime(2027, 10, 31, 2, 30, fold=1, tzinfo=ROME), 1, datetime(2027, 10, 31, 23, 0, tzinfo=UTC)),
        (datetime(2027, 10, 1, 9, 0, tzinfo=ROME), 45, datetime(2027, 11, 14, 23, 0, tzinfo=UTC)),
        # The day is that of the city, not of the instant's own zone.
        (datetime(2027, 6, 30, 22, 30, tzinfo=UTC), 1, datetime(2027, 7, 1, 22, 0, tzinfo=UTC)),
        (datetime(2027, 12, 31, 23, 30, tzinfo=ROME), 1, datetime(2027, 12, 31, 23, 0, tzinfo=UTC)),
    ],
)
def test_deadline_after_both_nights_that_change_the_clocks(
    opens_at: datetime, days: int, deadline_utc: datetime
) -> None:
    assert deadline_after(opens_at, days) == deadline_utc


@given(opens_at=OPENINGS, days=st.integers(min_value=1, max_value=60))
def test_deadline_after_is_the_midnight_that_ends_the_last_day(opens_at: datetime, days: int) -> None:
    deadline = deadline_after(opens_at, days)

    local = deadline.astimezone(ROME)
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    last_day = (local - SECOND).date()
    assert (last_day - opens_at.astimezone(ROME).date()).days == days - 1
    assert Campaign(opens_at=opens_at, closes_at=deadline).days == days


def test_days_of_a_campaign_without_dates() -> None:
    assert Campaign().days is None


def test_is_open_is_half_open(officer: User, organizer: User) -> None:
    opens_at = datetime(2027, 3, 1, 9, 0, tzinfo=ROME)
    call = make_call(officer=officer, now=opens_at)
    campaign = campaign_in(Status.OPEN, call=call, officer=officer, promoter=organizer, now=opens_at, days=30)
    closes_at = datetime(2027, 3, 31, 0, 0, tzinfo=ROME)

    instants = [opens_at - SECOND, opens_at, closes_at - SECOND, closes_at]

    assert [campaign.is_open(now) for now in instants] == [False, True, True, False]
    found = [Campaign.objects.open_at(now).exists() for now in instants]
    assert found == [False, True, True, False]
    assert [Campaign.objects.closing_due(now).exists() for now in instants] == [False, False, False, True]


def test_opening_due_ends_with_the_deadline(call: Call, officer: User, organizer: User) -> None:
    campaign = campaign_in(Status.SCHEDULED, call=call, officer=officer, promoter=organizer, days=2)
    assert campaign.opens_at is not None
    assert campaign.closes_at is not None

    instants = [
        campaign.opens_at - SECOND,
        campaign.opens_at,
        campaign.closes_at - SECOND,
        campaign.closes_at,
    ]

    assert [Campaign.objects.opening_due(now).exists() for now in instants] == [False, True, True, False]


def test_resume_campaign_past_its_deadline_lets_it_close(call: Call, officer: User, organizer: User) -> None:
    campaign = campaign_in(Status.OPEN, call=call, officer=officer, promoter=organizer, days=1)
    suspend_campaign(campaign=campaign, by=officer, reason="Manca un permesso.", now=campaign.opens_at)
    assert not Campaign.objects.closing_due(campaign.closes_at).exists()

    resumed = resume_campaign(campaign=campaign, by=officer, now=campaign.opens_at)

    assert list(Campaign.objects.closing_due(campaign.closes_at)) == [resumed]
    assert not resumed.is_open(campaign.closes_at)
