"""What each fund would owe if every live campaign got there, if none did, and at today's pace: read from the rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Sum

from calls.models import Fund
from campaigns.models import Campaign, CampaignQuerySet
from campaigns.templatetags.gate import raised_cents
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
#: What a forecast reads of a campaign and of what it belongs to.
READ = (
    "application__call__count_basis",
    "application__call__min_donors",
    "application__session__fund__id",
    "closes_at",
    "grant__amount_cents",
    "grant__due_cents",
    "grant__state",
    "grant_due_cents",
    "opened_at",
    "outcome_raised_cents",
    "reached_at",
    "slug",
    "status",
    "threshold_cents",
)


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
    shares = Campaign.objects.filter(
        application__session__fund__in=funds,
        status__in=[*COMING, *RUNNING, Status.SUCCEEDED],
        grant_due_cents__gt=0,
    )
    campaigns: dict[int, list[Campaign]] = defaultdict(list)
    for campaign in _lightly(shares):
        campaigns[campaign.fund.pk].append(campaign)
    found = {}
    for fund in funds:
        held = -balances[fund.pk, Kind.ALLOCATED] or fund.allocation_cents
        awarded = balances[fund.pk, Kind.AWARDED] + balances[fund.pk, Kind.PAID]
        found[fund.pk] = _outlook(held, awarded, campaigns[fund.pk], now)
    return found


def _lightly(campaigns: CampaignQuerySet) -> CampaignQuerySet:
    """Fetch of campaigns what a forecast reads: the desk's first page looks at all that are alive."""
    with_call = campaigns.select_related("application__call", "application__session__fund", "grant")
    balances = Prefetch("accounts", Account.objects.only("campaign", "kind", "balance_cents"))
    return with_call.only(*READ).prefetch_related(balances, "grant__completions")


def outlook(fund: Fund, now: datetime) -> Outlook:
    """Return the outlook of one fund."""
    return outlooks([fund], now)[fund.pk]


def _outlook(held: int, awarded: int, campaigns: list[Campaign], now: datetime) -> Outlook:
    """Return the outlook of a fund with what it holds and has awarded, in cents, and its campaigns."""
    waiting, coming, runners = 0, [], []
    for campaign in campaigns:
        grant = getattr(campaign, "grant", None)
        if campaign.status in COMING:
            coming.append(campaign.grant_due_cents)
        elif grant and grant.state == Grant.State.AWARDED:
            waiting += grant.due_cents - grant.total_cents if campaign.status in COMPLETING else 0
        elif grant and grant.state in Grant.OVER:
            continue
        elif campaign.reached_at:
            waiting += campaign.grant_due_cents
        elif campaign.status in RUNNING:
            runners.append(_runner(campaign, now))
    return Outlook(
        forecast=rules.forecast(held, awarded + waiting, runners),
        awarded_cents=awarded,
        waiting_cents=waiting,
        coming=len(coming),
        coming_cents=sum(coming),
    )


def _runner(campaign: Campaign, now: datetime) -> rules.Runner:
    """Return a running campaign as a forecast sees it; time begins with its opening, the first day counts as a whole."""
    if campaign.opened_at is None or campaign.closes_at is None:
        raise ValueError(f"campaign {campaign.slug} has not opened")
    return rules.Runner(
        due_cents=campaign.grant_due_cents,
        threshold_cents=campaign.threshold_cents,
        raised_cents=raised_cents(campaign),
        elapsed_seconds=max(int((now - campaign.opened_at).total_seconds()), FIRST_DAY_SECONDS),
        whole_seconds=int((campaign.closes_at - campaign.opened_at).total_seconds()),
        donors=count_donors(campaign) if campaign.call.min_donors else 0,
        min_donors=campaign.call.min_donors or 0,
    )
