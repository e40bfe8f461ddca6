"""How calls have gone: the figures that were published, or else what the database counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from calls.models import Application, Call

GIVEN = Q(campaign__accounts__kind__in=["donors", "promoter"]) | Q(
    campaign__accounts__kind="fees", call__count_basis=Call.CountBasis.NET
)
#: Campaigns whose gifts go back or have gone back.
RETURNED = Q(campaign__status__in=["failed", "refunded", "withdrawn"])
#: What has left a fund for a campaign, paid out or not.
AWARDED = Q(campaign__accounts__kind__in=["awarded", "paid"])


@dataclass
class Figures:
    """The totals of a call; what nobody knows is None. Computed ones have no source."""

    call: Call
    applications: int | None = None
    admitted: int | None = None
    campaigns: int | None = None
    successful: int | None = None
    raised_cents: int | None = None
    granted_cents: int | None = None
    donors: int | None = None
    source: str = ""
    note: str = ""


NAMES = (
    "applications",
    "admitted",
    "campaigns",
    "successful",
    "raised_cents",
    "granted_cents",
    "donors",
    "source",
    "note",
)


def figures_of(calls: Iterable[Call]) -> list[Figures]:
    """Return the totals of some calls, in their order; their outcomes should have been fetched."""
    calls = list(calls)
    counted = _counted([call for call in calls if not hasattr(call, "outcome")])
    return [
        Figures(call, **{name: getattr(call.outcome, name) for name in NAMES})
        if hasattr(call, "outcome")
        else Figures(call, **counted[call.pk])
        for call in calls
    ]


def _counted(calls: list[Call]) -> dict[int, dict[str, Any]]:
    """Count what has happened in some calls, and add it up."""
    handed_in = Application.objects.filter(call__in=calls, submitted_at__isnull=False)
    opened = Q(campaign__opened_at__isnull=False)
    rows = handed_in.order_by().values("call")
    totals: dict[int, dict[str, Any]] = {
        call.pk: dict.fromkeys(NAMES[:6], 0) | {"donors": None} for call in calls
    }
    for row in rows.annotate(
        applications=Count("pk"),
        admitted=Count("pk", filter=Q(status=Application.Status.ADMITTED)),
        campaigns=Count("pk", filter=opened),
        successful=Count("pk", filter=opened & Q(campaign__reached_at__isnull=False) & ~RETURNED),
    ):
        totals[row.pop("call")] |= row
    balance = "campaign__accounts__balance_cents"
    for row in rows.annotate(
        raised_cents=-Sum(balance, filter=GIVEN & ~RETURNED, default=0),
        granted_cents=Sum(balance, filter=AWARDED, default=0),
    ):
        totals[row.pop("call")] |= row
    return totals
