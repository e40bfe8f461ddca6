from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import refuse_own_body
from campaigns import rules
from campaigns.models import Campaign
from campaigns.services.money import mark_closing
from campaigns.services.row import RemarksMissing, locked, tell

Status = Campaign.Status


class BadSchedule(Exception):
    """Say that the opening lies in the past or the length is outside the call's limits."""


class HeldTooLong(BadSchedule):
    """Say that the first gift could be held for longer than Stripe allows before anybody has decided."""


@transaction.atomic
def approve_campaign(
    *, campaign: Campaign, by: User, opens_at: datetime, days: int, now: datetime
) -> Campaign:
    """Approve a page and schedule it, or give a scheduled one new dates.

    It takes gifts from `opens_at` through the end of its last calendar day: the deadline is the midnight, in the city's
    time, that ends the last of `days` days. Raise BadSchedule when the opening is in the past or the length is outside
    the call's limits, HeldTooLong when Stripe could not hold the first gift until the decision, OwnBody.
    """
    campaign = locked(campaign, Status.IN_REVIEW, Status.SCHEDULED)
    refuse_own_body(campaign.organization, by)
    call = campaign.call
    if not rules.fits_holding(opens_at, deadline_after(opens_at, days)):
        raise HeldTooLong(f"{opens_at.isoformat()} {days}")
    if opens_at < now or not call.campaign_days_min <= days <= call.campaign_days_max:
        raise BadSchedule(f"{opens_at.isoformat()} {days}")
    campaign.status = Status.SCHEDULED
    campaign.approved_at = now
    campaign.approved_by = by
    campaign.opens_at = opens_at
    campaign.closes_at = deadline_after(opens_at, days)
    # New dates are a new try: whatever stood in the way is looked at, and told, again.
    campaign.opening_refusal = Campaign.OpeningRefusal.NONE
    campaign.save(
        update_fields=["status", "approved_at", "approved_by", "opens_at", "closes_at", "opening_refusal"]
    )
    tell(campaign, "campaign_approved", now)
    return campaign


def deadline_after(opens_at: datetime, days: int) -> datetime:
    """Return the midnight in the city's time that ends the last of `days` calendar days, the first one included."""
    zone = timezone.get_default_timezone()
    last_day = opens_at.astimezone(zone).date() + timedelta(days=days)
    return datetime(last_day.year, last_day.month, last_day.day, tzinfo=zone)


@transaction.atomic
def suspend_campaign(*, campaign: Campaign, reason: str, now: datetime) -> Campaign:
    """Stop a campaign from taking gifts, for a reason the public reads; its deadline goes on."""
    if not reason.strip():
        raise RemarksMissing
    campaign = locked(campaign, Status.OPEN)
    campaign.status = Status.SUSPENDED
    campaign.suspended_at = now
    campaign.suspension_reason = reason.strip()
    campaign.save(update_fields=["status", "suspended_at", "suspension_reason"])
    return campaign


@transaction.atomic
def resume_campaign(*, campaign: Campaign) -> Campaign:
    """Let a suspended campaign take gifts again; past its deadline it closes and gets its outcome."""
    campaign = locked(campaign, Status.SUSPENDED)
    campaign.status = Status.OPEN
    campaign.suspended_at = None
    campaign.suspension_reason = ""
    campaign.save(update_fields=["status", "suspended_at", "suspension_reason"])
    return campaign


@transaction.atomic
def end_campaign(*, campaign: Campaign) -> Campaign:
    """End a suspended campaign for good: whatever it has raised goes back to the donors, and its reason stays public.

    The refunds and the return of the municipality's share follow within seconds. Raise WrongState for a campaign that is
    not suspended.
    """
    campaign = locked(campaign, Status.SUSPENDED)
    mark_closing(campaign=campaign)
    return campaign
