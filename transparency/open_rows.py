"""What the open data tell, one flat row per thing: calls, campaigns, funds and grants that are public. No personal data.

A name that ends in `_cents` is an integer of euro cents, one in `_bp` of basis points, one in `_at` an aware datetime.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from calls.models import Call, Fund
from calls.past import NAMES, figures_of
from campaigns.models import Campaign
from campaigns.templatetags.gate import raised_cents, received_cents
from campaigns.views.people import with_people
from matching.models import Grant

Row = dict[str, Any]
#: What a fund's money is doing; together they are what was allocated.
STANDING = ("available", "reserved", "awarded", "paid")
#: What is told of a grant as it stands in its row.
GRANT_RULE = ("cost_cents", "threshold_bp", "grant_bp", "cap_cents", "threshold_cents", "due_cents")
GRANT_EVIDENCE = ("raised_cents", "available_cents", "rule_version")
GRANT_TIMES = ("reserved", "waitlisted", "reached", "awarded", "returned", "refused", "revoked")


@dataclass(frozen=True)
class Resource:
    """One kind of thing: where its rows come from, in an order that only grows, and what each is found by."""

    rows_of: Callable[[Iterable[Any]], list[Row]]
    published: Callable[[], QuerySet[Any]]
    #: The instant it became public, which never changes.
    since: str
    #: The column of its address.
    key: str
    #: What the list may be narrowed by.
    filters: dict[str, str]


def calls() -> QuerySet[Call]:
    """Return the calls the public may see."""
    return Call.objects.published().select_related("outcome").prefetch_related("sessions", "funds")


def campaigns() -> QuerySet[Campaign]:
    """Return the campaigns the public may see."""
    return with_people(Campaign.objects.public()).with_story()


def funds() -> QuerySet[Fund]:
    """Return the funds of calls the public may see."""
    found = Fund.objects.filter(call__in=Call.objects.published())
    return found.select_related("call").prefetch_related("accounts")


def grants() -> QuerySet[Grant]:
    """Return the grants of campaigns the public may see."""
    found = Grant.objects.filter(campaign__in=Campaign.objects.public())
    related = ("campaign__application__call", "campaign__application__organization")
    return found.select_related(*related).prefetch_related("completions")


def call_rows(found: Iterable[Call]) -> list[Row]:
    """Return calls with how they have gone; what nobody knows is None."""
    # As on the pages: how many have applied is nobody's business before the first campaign has opened.
    return [
        _call(told.call)
        | {name: getattr(told, name) if told.source or told.campaigns else None for name in NAMES[:-1]}
        for told in figures_of(found)
    ]


def _call(call: Call) -> Row:
    windows = call.sessions.all()
    return {
        "slug": call.slug,
        "title": call.title,
        "edition": call.edition,
        "url": _address(call.get_absolute_url()),
        "rules_url": _address(reverse("calls:call_data", args=[call.slug])),
        "published_at": _local(call.published_at),
        "version": call.version,
        "first_opens_at": _local(min((one.opens_at for one in windows), default=None)),
        "last_closes_at": _local(max((one.closes_at for one in windows), default=None)),
        "allocation_cents": sum(fund.allocation_cents for fund in call.funds.all()),
    }


def campaign_rows(found: Iterable[Campaign]) -> list[Row]:
    """Return campaigns with their money as their pages tell it."""
    return [_campaign(campaign) for campaign in found]


def _campaign(campaign: Campaign) -> Row:
    grant = getattr(campaign, "grant", None)
    return {
        "slug": campaign.slug,
        "title": campaign.title,
        "summary": campaign.summary,
        "url": _address(campaign.get_absolute_url()),
        "call": campaign.call.slug,
        "promoter": campaign.organization.legal_name,
        "promoter_kind": campaign.organization.kind,
        "theme": campaign.theme,
        "borough": campaign.application.borough,
        "place": campaign.application.place,
        "state": campaign.status,
        "opened_at": _local(campaign.opened_at),
        "closes_at": _local(campaign.closes_at),
        "reached_at": _local(campaign.reached_at),
        "settled_at": _local(campaign.settled_at),
        "cost_cents": campaign.cost_cents,
        "threshold_cents": campaign.threshold_cents,
        "own_cents": campaign.own_cents,
        "grant_due_cents": campaign.grant_due_cents,
        "raised_cents": raised_cents(campaign),
        "received_cents": received_cents(campaign),
        "donors": campaign.givers + campaign.givers_outside,  # type: ignore[attr-defined]
        "grant_state": grant.state if grant else None,
        "grant_cents": grant.total_cents if grant else None,
        "picture_url": _address(campaign.image.url) if campaign.image else None,
        "picture_words": campaign.image_alt,
    }


def fund_rows(found: Iterable[Fund]) -> list[Row]:
    """Return funds as they were published and as the ledger has them; None for those of editions run elsewhere."""
    return [_fund(fund) for fund in found]


def _fund(fund: Fund) -> Row:
    balances = dict.fromkeys(("allocated", *STANDING), 0)
    for account in fund.accounts.all():
        balances[account.kind] += account.balance_cents
    # What a municipality puts into a fund stands on the other side of the books.
    money = balances | {"allocated": -balances["allocated"]}
    is_kept = bool(fund.accounts.all())
    return {
        "id": fund.pk,
        "name": fund.name,
        "call": fund.call.slug,
        "published_allocation_cents": fund.allocation_cents,
        **{f"{kind}_cents": cents if is_kept else None for kind, cents in money.items()},
    }


def grant_rows(found: Iterable[Grant]) -> list[Row]:
    """Return grants with what each was computed from."""
    return [_grant(grant) for grant in found]


def _grant(grant: Grant) -> Row:
    return {
        "campaign": grant.campaign.slug,
        "call": grant.campaign.call.slug,
        "fund": grant.fund_id,
        "promoter": grant.campaign.organization.legal_name,
        "state": grant.state,
        "amount_cents": grant.total_cents,
        **{name: getattr(grant, name) for name in (*GRANT_RULE, *GRANT_EVIDENCE)},
        **{f"{name}_at": _local(getattr(grant, f"{name}_at")) for name in GRANT_TIMES},
    }


RESOURCES = {
    "calls": Resource(call_rows, calls, "published_at", "slug", {}),
    "campaigns": Resource(
        campaign_rows,
        campaigns,
        "opened_at",
        "slug",
        {"call": "application__call__slug", "state": "status"},
    ),
    "funds": Resource(fund_rows, funds, "call__published_at", "pk", {"call": "call__slug"}),
    "grants": Resource(
        grant_rows,
        grants,
        "campaign__opened_at",
        "campaign__slug",
        {"call": "campaign__application__call__slug", "state": "state"},
    ),
}


def _address(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _local(moment: datetime | None) -> str | None:
    """Return an aware datetime with the city's offset, as 2026-10-31T12:00:00+01:00."""
    return timezone.localtime(moment).isoformat() if moment else None
