from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import refuse_own_body
from campaigns import rules
from campaigns.models import Campaign
from campaigns.services.money import mark_closing
from campaigns.services.remark import settle_remarks
from campaigns.services.row import RemarksMissing, locked, tell

Status = Campaign.Status
#: The states in which a page can be approved, or given other dates.
SCHEDULABLE = (Status.IN_REVIEW, Status.SCHEDULED)


class BadSchedule(Exception):
    """Say that the opening lies in the past or the length is outside the call's limits."""


class MovedOn(Exception):
    """Say that a campaign is no longer as the officer saw it when the batch was put together."""


class HeldTooLong(BadSchedule):
    """Say that the first gift could be held for longer than Stripe allows before anybody has decided."""


@transaction.atomic
def approve_campaign(
    *, campaign: Campaign, by: User, opens_at: datetime, days: int, now: datetime
) -> Campaign:
    """Approve a page and schedule it, or give a scheduled one new dates; what was answered is settled.

    It takes gifts from `opens_at` through the end of its last calendar day: the deadline is the midnight, in the city's
    time, that ends the last of `days` days. Raise BadSchedule when the opening is in the past or the length is outside
    the call's limits, HeldTooLong when Stripe could not hold the first gift until the decision, OwnBody.
    """
    refuse_own_body(campaign.organization, by)
    campaign = locked(campaign, *SCHEDULABLE)
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
    settle_remarks(campaign, by, now)
    tell(campaign, "campaign_approved", now)
    return campaign


@transaction.atomic
def schedule_as_seen(
    *, campaign: Campaign, seen: str, by: User, opens_at: datetime, days: int, now: datetime
) -> Campaign:
    """Approve and schedule a campaign of a batch, as long as its `schedule_mark` is the one the officer saw.

    So of two officers, or of two clicks, one is heard. Raise MovedOn, and what approve_campaign raises.
    """
    current = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if schedule_mark(current) != seen:
        raise MovedOn(campaign.slug)
    return approve_campaign(campaign=current, by=by, opens_at=opens_at, days=days, now=now)


def schedule_mark(campaign: Campaign) -> str:
    """Return what changes whenever a page is handed in, returned, approved or given other dates."""
    moments = (campaign.submitted_at, campaign.approved_at, campaign.opens_at, campaign.closes_at)
    return " ".join([campaign.status, *(moment.isoformat() if moment else "-" for moment in moments)])


def deadline_after(opens_at: datetime, days: int) -> datetime:
    """Return the midnight in the city's time that ends the last of `days` calendar days, the first one included."""
    zone = timezone.get_default_timezone()
    last_day = opens_at.astimezone(zone).date() + timedelta(days=days)
    return datetime(last_day.year, last_day.month, last_day.day, tzinfo=zone)


@transaction.atomic
def suspend_campaign(
    *, campaign: Campaign, by: User, reason: str, now: datetime, reason_en: str = ""
) -> Campaign:
    """Stop a campaign from taking gifts, for a reason the public reads, in English too where given; its deadline goes on.

    Raise RemarksMissing without a reason, WrongState, OwnBody.
    """
    if not reason.strip():
        raise RemarksMissing
    refuse_own_body(campaign.organization, by)
    campaign = locked(campaign, Status.OPEN)
    campaign.status = Status.SUSPENDED
    campaign.suspended_at = now
    campaign.suspension_reason = reason.strip()
    campaign.suspension_reason_en = reason_en.strip()
    campaign.save(update_fields=["status", "suspended_at", "suspension_reason", "suspension_reason_en"])
    tell(campaign, "campaign_suspended", now)
    return campaign


@transaction.atomic
def resume_campaign(*, campaign: Campaign, by: User, now: datetime) -> Campaign:
    """Let a suspended campaign take gifts again; past its deadline it closes and gets its outcome.

    The suspension moves no deadline: more days are an extension, by an act. Raise WrongState, OwnBody.
    """
    refuse_own_body(campaign.organization, by)
    campaign = locked(campaign, Status.SUSPENDED)
    campaign.status = Status.OPEN
    campaign.suspended_at = None
    campaign.suspension_reason = campaign.suspension_reason_en = ""
    campaign.save(update_fields=["status", "suspended_at", "suspension_reason", "suspension_reason_en"])
    tell(campaign, "campaign_resumed", now)
    return campaign


@transaction.atomic
def end_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """End a suspended campaign for good: whatever it has raised goes back to the donors, and its reason stays public.

    The refunds and the return of the municipality's share follow within seconds. Raise WrongState for a campaign that is
    not suspended, OwnBody.
    """
    refuse_own_body(campaign.organization, by)
    campaign = locked(campaign, Status.SUSPENDED)
    mark_closing(campaign=campaign)
    return campaign
