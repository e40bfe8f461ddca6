"""Campaigns at every stage of their life, brought there by the services, without a payment service."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import (
    approve_campaign,
    mark_closing,
    mark_cure,
    mark_keeping,
    mark_open,
    mark_refunded,
    mark_settled,
    mark_withdrawn,
    submit_campaign,
    suspend_campaign,
)
from tests.factories import make_application, make_draft_campaign, make_organization

Status = Campaign.Status
REASON = "Manca un permesso."


def campaign_in(
    status: str,
    *,
    call: Call,
    officer: User,
    promoter: User,
    now: datetime | None = None,
    opens_at: datetime | None = None,
    days: int = 40,
    raised_cents: int = 0,
    **changes: Any,
) -> Campaign:
    """Return a campaign of a body of its own in a state of its life."""
    now = now or timezone.now()
    organization = make_organization(user=promoter, now=now)
    application = make_application(call=call, organization=organization, now=now, **changes)
    campaign = make_draft_campaign(application=application, officer=officer, now=now)
    if status != Status.DRAFT:
        campaign = submit_campaign(campaign=campaign, now=now)
    if status not in (Status.DRAFT, Status.IN_REVIEW):
        campaign = approve_campaign(
            campaign=campaign, by=officer, opens_at=opens_at or now, days=days, now=now
        )
        _live(campaign, status, now, raised_cents)
    campaign.refresh_from_db()
    return campaign


def _live(campaign: Campaign, status: str, now: datetime, raised_cents: int) -> None:
    """Take an approved campaign on to a later state."""
    if status == Status.SCHEDULED:
        return
    mark_open(campaign=campaign, now=now)
    if status == Status.SUSPENDED:
        assert campaign.approved_by
        suspend_campaign(campaign=campaign, by=campaign.approved_by, reason=REASON, now=now)
    if status in (Status.OPEN, Status.SUSPENDED):
        return
    mark_closing(campaign=campaign)
    if status == Status.CLOSING:
        return
    if status == Status.WITHDRAWN:
        mark_withdrawn(campaign=campaign, reason=REASON, raised_cents=raised_cents, now=now)
    if status == Status.CURE:
        mark_cure(campaign=campaign, until=now + timedelta(days=10), now=now)
    if status == Status.KEEPING:
        mark_keeping(campaign=campaign, until=now + timedelta(days=10), now=now)
    if status in (Status.WITHDRAWN, Status.CURE, Status.KEEPING):
        return
    outcome = Status.SUCCEEDED if status == Status.SUCCEEDED else Status.FAILED
    mark_settled(campaign=campaign, status=outcome, raised_cents=raised_cents, now=now)
    if status == Status.REFUNDED:
        mark_refunded(campaign=campaign)
