"""What each fund would owe if every live campaign got there, if none did, and at today's pace: read from the rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from calls.models import Fund
from campaigns.models import Campaign
from campaigns.templatetags.gate import counted_kinds
from donations.services import count_donors
from ledger.models import Account
from matching import rules
from matching.models import Grant
from matching.services.completion import COMPLETING

Kind = Account.Kind
Status = Campaign.Status

#: The shortest time a pace is read from: what comes in the first hours says nothing about the weeks to follow.
FIRST_DAY_SECONDS = 24 * 60 * 60
#: Campaigns that have not opened yet; they may ask for a share later.
COMING = (Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED)
#: Campaigns that run: they have reached, or may still get there.
RUNNING = (Status.OPEN, Status.CLOSING, Status.CURE, Status.SUSPENDED)


class Share(NamedTuple):
    """What a forecast reads of a campaign and of what it belongs to; the desk's first page looks at all that are alive."""

    pk: int
    fund: int
    status: str
    opened_at: datetime | None
    closes_at: datetime | None
    reached_at: datetime | None
    threshold_cents: int
    #: The grant due to it, in cents.
    due_cents: int
    count_basis: str
    min_donors: int | None
    grant_state: str | None
    #: Of the grant it has, due and awarded, later completions included, in cents.
    grant_due_cents: int
    grant_cents: int

    @property
    def runs_for_it(self) -> bool:
        """Say whether it runs and may still reach its threshold."""
        decided = self.grant_state == Grant.State.AWARDED or self.grant_state in Grant.OVER
        return self.status in RUNNING and self.reached_at is None and not decided


#: Where each of these stands, seen from a campaign.
PLACES: dict[str, str | Combinable] = {
    "pk": "pk",
    "fund": "application__session__fund",
    "status": "status",
    "opened_at": "opened_at",
    "closes_at": "closes_at",
    "reached_at": "reached_at",
    "threshold_cents": "threshold_cents",
    "due_cents": "grant_due_cents",
    "count_basis": "application__call__count_basis",
    "min_donors": "application__call__min_donors",
    "grant_state": "grant__state",
    "grant_due_cents": Coalesce("grant__due_cents", 0),
    "grant_cents": Coalesce("grant__amount_cents", 0) + Coalesce(Sum("grant__completions__amount_cents"), 0),
}


@dataclass(frozen=True)
class Outlook:
    """The forecast of a fund and what it is made of; amounts in cents."""

    forecast: rules.Forecast
    #: Awarded, paid or not.
    awarded_cents: int
    #: What campaigns that have reached have not got yet: those in the line, and what partial grants lack.
    waiting_cents: int
    #: Campaigns that have not opened yet, which the forecast leaves out, and the grants due to them.
    coming: int
    coming_cents: int


def outlooks(funds: Iterable[Fund], now: datetime) -> dict[int, Outlook]:
    """Return the outlook of each fund by its primary key, in the same number of queries however many there are.

    Two more for each running campaign whose call asks for a number of donors: only that many people say who they are.
    """
    funds = list(funds)
    balances: dict[tuple[int, str], int] = defaultdict(int)
    rows = Account.objects.filter(fund__in=funds).order_by().values_list("fund", "kind")
    for fund_id, kind, cents in rows.annotate(cents=Sum("balance_cents")):
        balances[fund_id, kind] = cents
    shares: dict[int, list[Share]] = defaultdict(list)
    for share in _shares(funds):
        shares[share.fund].append(share)
    raised = _raised(one for ones in shares.values() for one in ones if one.runs_for_it)
    found = {}
    for fund in funds:
        held = -balances[fund.pk, Kind.ALLOCATED] or fund.allocation_cents
        awarded = balances[fund.pk, Kind.AWARDED] + balances[fund.pk, Kind.PAID]
        found[fund.pk] = _outlook(held, awarded, shares[fund.pk], raised, now)
    return found


def _shares(funds: Iterable[Fund]) -> Iterator[Share]:
    """Yield the campaigns that have, or may ask for, a share of some funds: as rows, since there are thousands."""
    alive = Campaign.objects.filter(
        application__session__fund__in=funds,
        status__in=[*COMING, *RUNNING, Status.SUCCEEDED],
        grant_due_cents__gt=0,
    )
    places = {f"read_{name}": F(place) if isinstance(place, str) else place for name, place in PLACES.items()}
    for row in alive.order_by().annotate(**places).values_list(*(f"read_{name}" for name in Share._fields)):
        yield Share(*row)


def _raised(shares: Iterable[Share]) -> dict[int, int]:
    """Return what counts for the threshold of each of some running campaigns, in cents, by its primary key."""
    kinds = {one.pk: counted_kinds(one.count_basis) for one in shares}
    balances: dict[int, int] = dict.fromkeys(kinds, 0)
    rows = Account.objects.filter(
        campaign__in=kinds, kind__in={kind for own in kinds.values() for kind in own}
    )
    for pk, kind, cents in rows.order_by().values_list("campaign", "kind", "balance_cents"):
        balances[pk] -= cents if kind in kinds[pk] else 0
    return {pk: max(cents, 0) for pk, cents in balances.items()}


def outlook(fund: Fund, now: datetime) -> Outlook:
    """Return the outlook of one fund."""
    return outlooks([fund], now)[fund.pk]


def _outlook(held: int, awarded: int, shares: list[Share], raised: dict[int, int], now: datetime) -> Outlook:
    """Return the outlook of a fund with what it holds and has awarded, in cents, and who has or may ask for a share."""
    waiting, coming, runners = 0, [], []
    for share in shares:
        if share.status in COMING:
            coming.append(share.due_cents)
        elif share.grant_state == Grant.State.AWARDED:
            waiting += share.grant_due_cents - share.grant_cents if share.status in COMPLETING else 0
        elif share.grant_state in Grant.OVER:
            continue
        elif share.reached_at:
            waiting += share.due_cents
        elif share.runs_for_it:
            runners.append(_runner(share, raised[share.pk], now))
    return Outlook(
        forecast=rules.forecast(held, awarded + waiting, runners),
        awarded_cents=awarded,
        waiting_cents=waiting,
        coming=len(coming),
        coming_cents=sum(coming),
    )


def _runner(share: Share, raised: int, now: datetime) -> rules.Runner:
    """Return a running campaign as a forecast sees it; time begins with its opening, the first day counts as a whole."""
    if share.opened_at is None or share.closes_at is None:
        raise ValueError(f"campaign {share.pk} has not opened")
    return rules.Runner(
        due_cents=share.due_cents,
        threshold_cents=share.threshold_cents,
        raised_cents=raised,
        elapsed_seconds=max(int((now - share.opened_at).total_seconds()), FIRST_DAY_SECONDS),
        whole_seconds=int((share.closes_at - share.opened_at).total_seconds()),
        donors=count_donors(Campaign(pk=share.pk)) if share.min_donors else 0,
        min_donors=share.min_donors or 0,
    )
