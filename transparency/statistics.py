"""What the editions and the boroughs add up to: counted from campaigns and the ledger's balances, never from single gifts.

Amounts are integer euro cents, bars are thousandths of the longest one.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from calls.models import Call
from calls.models.call import BOROUGHS
from calls.past import Figures, figures_of
from campaigns.models import Campaign
from civicfund.boroughs import INHABITANTS

BAR = 1000
RETURNED = Q(status__in=["failed", "refunded", "withdrawn"])
GIVEN = Q(accounts__kind__in=["donors", "promoter"]) | Q(
    accounts__kind="fees", application__call__count_basis=Call.CountBasis.NET
)
AWARDED = Q(accounts__kind__in=["awarded", "paid"])


@dataclass(frozen=True)
class EditionBar:
    """An edition with its two parts, citizens and city, as a drawing of both; None where no figure is known."""

    figures: Figures
    citizens: int
    city: int

    @property
    def is_history(self) -> bool:
        """Say whether the figures are published ones, of an edition that this site did not run."""
        return bool(self.figures.source)


@dataclass(frozen=True)
class BoroughFigures:
    """What has happened in a borough."""

    number: int
    name: str
    inhabitants: int
    campaigns: int = 0
    successful: int = 0
    raised_cents: int = 0
    granted_cents: int = 0
    citizens: int = 0
    city: int = 0

    @property
    def per_inhabitant_cents(self) -> int:
        """Return what citizens and city gave for each inhabitant, in cents, rounded down."""
        return (self.raised_cents + self.granted_cents) // self.inhabitants


def editions() -> list[EditionBar]:
    """Return the published editions, the newest first, as far as something is known of them."""
    calls = Call.objects.published().select_related("outcome").order_by("-published_at")
    known = [one for one in figures_of(calls) if one.source or one.campaigns]
    most = max(((one.raised_cents or 0) + (one.granted_cents or 0) for one in known), default=0)
    return [
        EditionBar(one, _part(one.raised_cents or 0, most), _part(one.granted_cents or 0, most))
        for one in known
    ]


def boroughs() -> list[BoroughFigures]:
    """Return the boroughs in their order, with what this site has counted in each."""
    totals = _counted()
    most = max((sum(_money(one)) for one in totals.values()), default=0)
    rows = []
    for number, name in BOROUGHS:
        found = totals.get(number, {})
        raised, granted = _money(found)
        bar = {"citizens": _part(raised, most), "city": _part(granted, most)}
        rows.append(BoroughFigures(number, str(name), INHABITANTS[number], **found, **bar))
    return rows


def _counted() -> dict[int, dict[str, Any]]:
    """Count campaigns and add up balances by borough."""
    there = "application__borough"
    rows = Campaign.objects.public().order_by().values(there)
    reached = Q(reached_at__isnull=False) & ~RETURNED
    totals = {
        row.pop(there): row
        for row in rows.annotate(campaigns=Count("pk"), successful=Count("pk", filter=reached))
    }
    balance = "accounts__balance_cents"
    for row in rows.annotate(
        raised_cents=-Sum(balance, filter=GIVEN & ~RETURNED, default=0),
        granted_cents=Sum(balance, filter=AWARDED, default=0),
    ):
        totals[row.pop(there)] |= row
    return totals


def _money(found: dict[str, Any]) -> tuple[int, int]:
    """Return what citizens and what the city gave, in cents."""
    return found.get("raised_cents", 0), found.get("granted_cents", 0)


def _part(cents: int, most: int) -> int:
    """Return an amount as a part of the longest bar."""
    return cents * BAR // most if most else 0
