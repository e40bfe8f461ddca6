"""What came in for a campaign, day by day and by the link it came from, counted as it stands now; cents."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from campaigns.models import Campaign

#: The height of the chart and the parts of its width, in units of the drawing.
HEIGHT, WIDTH = 160, 1000
#: Of the room of a day, what its bar leaves free, in thousandths of the chart's width for one day in a hundred.
GAP = 2


@dataclass(frozen=True)
class Day:
    """A day's income, and its bar in the chart: x and width in thousandths, y and height from the top."""

    day: date
    cents: int
    gifts: int
    #: With all the days before.
    total_cents: int
    x: int
    width: int
    y: int
    height: int


def days_of(campaign: Campaign, now: datetime) -> list[Day]:
    """Return each day from the opening to the last one that can bring something, those without gifts too."""
    came = _came_in(campaign)
    first = timezone.localdate(campaign.opened_at)
    ends = min(now, campaign.gifts_until or now)
    last = max([timezone.localdate(ends), *came])
    return list(_drawn(came, min([first, *came]), last))


def _drawn(came: dict[date, tuple[int, int]], first: date, last: date) -> Iterator[Day]:
    """Yield the days with their bars; the richest one is as high as the chart."""
    number = (last - first).days + 1
    most = max([cents for cents, _gifts in came.values()], default=0)
    total = 0
    for place in range(number):
        day = first + timedelta(days=place)
        cents, gifts = came.get(day, (0, 0))
        total += cents
        x, end = place * WIDTH // number, (place + 1) * WIDTH // number
        # A day with a gift is seen, however small the gift beside the richest day.
        height = max(3, cents * HEIGHT // most) if cents else 0
        yield Day(day, cents, gifts, total, x, max(1, end - x - GAP), HEIGHT - height, height)


def _came_in(campaign: Campaign) -> dict[date, tuple[int, int]]:
    """Return cents and number of gifts of each day: settled ones of the site, and verified ones from outside."""
    zone = timezone.get_default_timezone()
    kept = Sum(F("counted_cents") + F("uncounted_cents"))
    site = campaign.donations.settled().order_by().annotate(day=TruncDate("settled_at", tzinfo=zone))
    outside = campaign.offline_donations.verified().order_by()
    outside = outside.annotate(day=TruncDate("verified_at", tzinfo=zone))
    came: dict[date, tuple[int, int]] = {}
    for rows in (site, outside):
        for day, cents, gifts in (
            rows.values("day").annotate(cents=kept, gifts=Count("pk")).values_list("day", "cents", "gifts")
        ):
            before = came.get(day, (0, 0))
            came[day] = (before[0] + cents, before[1] + gifts)
    return came


def sources_of(campaign: Campaign) -> list[dict[str, Any]]:
    """Return how many settled gifts came by each word of a link, and their sum; those without a word last."""
    settled = campaign.donations.settled().order_by()
    rows = settled.values("source").annotate(
        gifts=Count("pk"), cents=Sum(F("counted_cents") + F("uncounted_cents"))
    )
    return sorted(rows, key=lambda row: (row["source"] == "", -row["cents"], row["source"]))
