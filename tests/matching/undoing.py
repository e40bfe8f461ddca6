"""What the tests of undoing begin with: campaigns that reached their threshold and wait, and gifts that go back."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from donations.models import Donation
from donations.services import claim_reversals, owe_refund, send_refund
from matching.models import Grant, Revocation
from matching.services import (
    close_campaign,
    confirm_revocation,
    propose_revocation,
    release_grant,
    settle_campaign,
)
from tests.factories import give, make_call, make_campaign

ACT = {"act_number": "DD 1234", "act_date": date(2027, 3, 1)}


def waiting_campaign(officer: User, promoter: User, **changes: Any) -> Campaign:
    """Return a campaign above its threshold on the waiting list: an earlier one has taken the whole fund."""
    rules = {
        "fund_cents": 5_000_000,
        "reservation_mode": Call.ReservationMode.FIRST_REACHED,
        "partial_policy": "none",
        **changes,
    }
    call = make_call(officer=officer, **rules)
    first = make_campaign(officer=officer, promoter=promoter, call=call, cost_cents=10_000_000)
    give(campaign=first, amount_cents=5_000_000)
    release_grant(campaign=first, now=timezone.now())
    campaign = make_campaign(officer=officer, promoter=promoter, call=call)
    give(campaign=campaign, amount_cents=1_000_000)
    grant = release_grant(campaign=campaign, now=timezone.now())
    assert grant and grant.state == Grant.State.WAITLISTED
    campaign.refresh_from_db()
    return campaign


def awarded_campaign(campaign: Campaign) -> Grant:
    """Give a campaign its threshold in two gifts, and its grant."""
    give(campaign=campaign, amount_cents=400_000)
    give(campaign=campaign, amount_cents=600_000)
    grant = release_grant(campaign=campaign, now=timezone.now())
    assert grant
    return grant


def undo(donation: Donation, by: User) -> None:
    """Give one gift back."""
    owe_refund(donation=donation, by=by, reason="Richiesta del donatore", now=timezone.now())


def end(campaign: Campaign, now: datetime | None = None) -> Campaign:
    """Close a campaign, at its deadline when nothing else is said, and decide its outcome."""
    instant = now or campaign.closes_at
    assert instant
    close_campaign(campaign=campaign, now=instant)
    return settle_campaign(campaign=campaign, now=instant)


def send_all_refunds() -> None:
    """Send every refund that is owed."""
    for reversal in claim_reversals(now=timezone.now() + timedelta(days=400)):
        send_refund(reversal=reversal, now=timezone.now())


def revoke(grant: Grant, *, first: User, second: User, cause: str = "shortfall") -> Revocation:
    """Take a grant back as two officers do."""
    revocation = propose_revocation(
        grant=grant, cause=Revocation.Cause(cause), reason="Manca la soglia.", by=first, now=timezone.now()
    )
    return confirm_revocation(
        revocation=revocation, office="Direzione Cultura", by=second, now=timezone.now(), **ACT
    )
