"""What everybody may read about the city's share of a project and about the funds behind it."""

from typing import Any

from django import template
from django.utils import timezone

from calls.models import Fund
from campaigns.models import Campaign
from matching.forecast import outlook
from matching.models import Grant
from matching.reasons import proven_cents, why_this_amount

register = template.Library()


@register.filter
def why(grant: Grant) -> str:
    """Say why a grant has its amount."""
    return why_this_amount(grant)


@register.inclusion_tag("components/grant_evidence.html")
def grant_evidence(campaign: Campaign) -> dict[str, Any]:
    """Say why the city's share of a campaign has its amount, with everything needed to compute it again."""
    grant = getattr(campaign, "grant", None)
    return {"grant": grant, "proven_cents": proven_cents(grant) if grant else None}


@register.inclusion_tag("components/fund_forecast.html")
def fund_forecast(fund: Fund) -> dict[str, Any]:
    """Say in short what a fund would owe: to nobody else, at today's pace, to all."""
    return {"forecast": outlook(fund, timezone.now()).forecast, "call": fund.call}
