"""A fund that is short: calls in which the order of reaching decides, and campaigns that reach one after the other."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from matching.models import Grant, GrantOffer
from matching.services import ActName, accept_offer, release_grant
from tests.factories import give, make_call, make_campaign

#: Long enough for every instant of reaching to count.
LATER = timedelta(minutes=1)


def act(number: str = "DD 1/2027", **changes: Any) -> ActName:
    """Name an act of the municipality."""
    return ActName(**{"number": number, "day": date(2027, 3, 14), "office": "Area Cultura", **changes})


def short_call(officer: User, fund_cents: int, **changes: Any) -> Call:
    """Publish a call with whole grants of 10,000 euro, served in the order of reaching; parts are offered."""
    rules = {"reservation_mode": "first_reached", "cap_cents": 1_000_000, "fund_cents": fund_cents, **changes}
    return make_call(officer=officer, **rules)


def reached(
    call: Call, officer: User, promoter: User, now: datetime | None = None, cost_cents: int = 2_000_000
) -> Campaign:
    """Open a campaign and let it reach its threshold."""
    campaign = make_campaign(officer=officer, promoter=promoter, call=call, cost_cents=cost_cents)
    give(campaign=campaign, amount_cents=campaign.threshold_cents, now=now)
    campaign.refresh_from_db()
    return campaign


def release(campaign: Campaign) -> Grant:
    """Ask for a campaign's grant."""
    grant = release_grant(campaign=campaign, now=timezone.now())
    assert grant is not None
    return grant


def offered(campaign: Campaign) -> GrantOffer:
    """Ask for a campaign's grant and return the part that is offered."""
    return release(campaign).offers.get(status="open")


def accept(offer: GrantOffer, by: User) -> Grant:
    """Accept a part, the rest out of one's own pocket."""
    words = "Mettiamo il resto dalla cassa dell'associazione."
    return accept_offer(offer=offer, cover=GrantOffer.Cover.OWN_FUNDS, words=words, by=by, now=timezone.now())
