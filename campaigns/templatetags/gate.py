"""The gate bar and the fund's meter, each drawn by one template everywhere."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django import template
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from calls.models import Call, Fund
from campaigns.models import Campaign
from campaigns.rules import BAR, after_gift, gate, surplus

register = template.Library()

FAILED = (Campaign.Status.FAILED, Campaign.Status.REFUNDED)
#: States in which everything goes back or has gone back: what had been raised is read from the outcome.
RETURNED = (*FAILED, Campaign.Status.WITHDRAWN)
#: States that the bar names instead of how far it is.
NAMED = {
    Campaign.Status.FAILED: "failed",
    Campaign.Status.REFUNDED: "failed",
    Campaign.Status.SUSPENDED: "suspended",
    Campaign.Status.WITHDRAWN: "withdrawn",
    Campaign.Status.CURE: "cure",
    Campaign.Status.KEEPING: "keeping",
}
SETTLED = (Campaign.Status.SUCCEEDED, *FAILED)


def raised_cents(campaign: Campaign) -> int:
    """Return what counts for the threshold, in cents; once decided, what had been raised at the deadline."""
    if campaign.status in RETURNED:
        return campaign.outcome_raised_cents or 0
    return max(-_balance(campaign, *counted_kinds(campaign.call.count_basis)), 0)


def counted_kinds(basis: str) -> tuple[str, ...]:
    """Return the kinds of accounts whose balances together, taken negatively, count for a threshold on a basis."""
    # What Stripe keeps stands on the other side of the books.
    return ("donors", "promoter", "fees") if basis == Call.CountBasis.NET else ("donors", "promoter")


def received_cents(campaign: Campaign) -> int:
    """Return what a campaign has received, in cents, whether it counts for the threshold or not."""
    if campaign.status in RETURNED:
        return campaign.outcome_raised_cents or 0
    return -_balance(campaign, "donors", "promoter", "uncounted")


def _balance(campaign: Campaign, *kinds: str) -> int:
    """Return the sum of some of a campaign's accounts, which should have been fetched, in cents."""
    return sum(account.balance_cents for account in campaign.accounts.all() if account.kind in kinds)


def figures(campaign: Campaign, donors: int | None = None) -> dict[str, Any]:
    """Return what draws and tells a campaign's bar; its accounts and its grant should have been fetched."""
    grant = getattr(campaign, "grant", None)
    kept = campaign.status == Campaign.Status.SUCCEEDED and campaign.kept_at
    awarded = grant is not None and grant.state == "awarded"
    bar = gate(
        cost_cents=campaign.cost_cents,
        threshold_cents=campaign.threshold_cents,
        grant_cents=grant.total_cents if awarded else campaign.grant_due_cents,
        raised_cents=raised_cents(campaign),
        ended="kept" if kept else NAMED.get(Campaign.Status(campaign.status), ""),
        grant_state=grant.state if grant else "",
    )
    return asdict(bar) | {
        "grant_word": grant_word(campaign),
        "awaits_body": campaign.organization.is_informal,
        "received_cents": received_cents(campaign),
        "uncounted_cents": received_cents(campaign) - bar.raised_cents,
        **asdict(surplus(received_cents(campaign), bar.threshold_cents, bar.own_cents)),
        "donors": donors,
        "uid": f"gate-{campaign.slug}",
    }


def grant_word(campaign: Campaign) -> str:
    """Return the state of the municipality's share in words."""
    grant = getattr(campaign, "grant", None)
    if campaign.grant_due_cents == 0:
        return _("none")
    if grant is None:
        if campaign.opened_at is None:
            return _("set aside at the opening")
        return _("until the fund is used up")
    if grant.state == "awarded" and grant.total_cents < grant.due_cents:
        return _("released in part")
    if grant.state == "reserved" and campaign.reached_at and campaign.organization.is_informal:
        return _("kept until the group has become a body")
    return {
        "reserved": _("set aside"),
        "waitlisted": _("waiting: the fund is used up"),
        "offered": _("a part is offered to the promoter"),
        "awarded": _("released"),
        "returned": _("returned to the fund"),
        "refused": _("refused"),
        "revoked": _("revoked"),
    }[grant.state]


@register.inclusion_tag("components/gate_bar.html", takes_context=True)
def gate_bar(context: dict[str, Any], campaign: Campaign, compact: bool = False) -> dict[str, Any]:
    """Draw a campaign's bar with its twin in words."""
    drawn = figures(campaign, donors=None if compact else context.get("donors"))
    # Ids have to be unique on a page, and that of the full bar the same on every visit.
    if compact:
        drawn["uid"] = f"card-{campaign.slug}"
    return {"gate": drawn, "compact": compact}


@register.inclusion_tag("components/fund_meter.html")
def fund_meter(owner: Call | Fund) -> dict[str, Any]:
    """Draw how much of a fund, or of all funds of a call, is awarded, set aside and left."""
    return {"meter": meter_figures(owner)}


def meter_figures(owner: Call | Fund, funds: Iterable[Fund] | None = None) -> dict[str, Any]:
    """Return a fund's or a call's money by state, in cents and in thousandths of the whole.

    A call's funds may be given when they have been fetched another way.
    """
    call = owner if isinstance(owner, Call) else owner.call
    if funds is None:
        funds = owner.funds.all() if isinstance(owner, Call) else [owner]
    totals = dict.fromkeys(("allocated", "awarded", "reserved", "available"), 0)
    for fund in funds:
        for account in fund.accounts.all():
            if account.kind in totals:
                totals[account.kind] += account.balance_cents
    allocated = -totals.pop("allocated")
    widths = {kind: cents * BAR // max(allocated, 1) for kind, cents in totals.items()}
    amounts = {f"{kind}_cents": cents for kind, cents in totals.items()}
    uid = f"meter-{slugify(owner.name) if isinstance(owner, Fund) else owner.slug}"
    return {"call": call, "uid": uid, "allocated_cents": allocated, **widths, **amounts}


def promise_figures(campaign: Campaign, amount_cents: int) -> dict[str, Any]:
    """Return what a gift of this amount would do now, with the city's share and the deadline."""
    bar = figures(campaign)
    return asdict(after_gift(amount_cents, bar["raised_cents"], bar["threshold_cents"])) | {
        "grant_cents": bar["grant_cents"],
        "deadline": campaign.closes_at,
    }


@register.filter
def suspension_words(campaign: Campaign) -> str:
    """Return why a campaign is suspended, in the reader's language where the officer wrote it in both."""
    english = (get_language() or "").startswith("en")
    return (english and campaign.suspension_reason_en) or campaign.suspension_reason
