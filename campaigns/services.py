"""Every change to a campaign's page and schedule happens in a function of this module.

Opening, reaching the threshold and closing touch money, so they live in the apps that know it and call down to the
functions at the end of this one. Each function is one sentence of the business: keyword-only arguments, `now` passed in,
one transaction, an exception if it cannot be done.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from accounts.services import queue_mail_to_members
from campaigns.models import Campaign
from vetting.models import Decision

Status = Campaign.Status


class WrongState(Exception):
    """Say that a campaign is not in the state this step starts from."""


class CampaignIncomplete(Exception):
    """Say that a campaign's page lacks something the public needs."""


class BadSchedule(Exception):
    """Say that the opening lies in the past or the length is outside the call's limits."""


class RemarksMissing(Exception):
    """Say that returning or suspending a campaign needs a reason."""


@transaction.atomic
def draft_campaign(*, decision: Decision, now: datetime) -> Campaign:
    """Make the page of an admitted project, with threshold, grant and own share frozen; a repetition changes nothing."""
    application = decision.application
    if decision.outcome != Decision.Outcome.ADMITTED or decision.admitted_cost_cents is None:
        raise WrongState(decision.outcome)
    promise = application.call.promise(decision.admitted_cost_cents)
    campaign, _created = Campaign.objects.get_or_create(
        application=application,
        defaults={
            "slug": _free_slug(application.title),
            "title": application.title,
            "summary": application.summary,
            "story": application.campaign_text,
            "cost_cents": promise.cost_cents,
            "threshold_cents": promise.threshold_cents,
            "grant_due_cents": promise.grant_cents,
            "own_cents": promise.own_cents,
            "created_at": now,
        },
    )
    return campaign


@transaction.atomic
def edit_campaign(*, campaign: Campaign, **fields: Any) -> Campaign:
    """Change the page of a draft. Raise WrongState once it is with the officers."""
    campaign = _locked(campaign, *Campaign.EDITABLE)
    for name, value in fields.items():
        setattr(campaign, name, value)
    campaign.save(update_fields=list(fields))
    return campaign


@transaction.atomic
def submit_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """Hand the page to the officers. Raise CampaignIncomplete when picture, its description or story is missing."""
    campaign = _locked(campaign, Status.DRAFT)
    if not (campaign.image and campaign.image_alt and campaign.story.strip()):
        raise CampaignIncomplete(campaign.slug)
    campaign.status = Status.IN_REVIEW
    campaign.submitted_at = now
    campaign.remarks = ""
    campaign.save(update_fields=["status", "submitted_at", "remarks"])
    return campaign


@transaction.atomic
def return_campaign(*, campaign: Campaign, remarks: str, now: datetime) -> Campaign:
    """Give the page back to the promoter with remarks, also after its approval. Raise RemarksMissing without them."""
    if not remarks.strip():
        raise RemarksMissing
    campaign = _locked(campaign, Status.IN_REVIEW, Status.SCHEDULED)
    campaign.status = Status.DRAFT
    campaign.remarks = remarks.strip()
    campaign.approved_at = campaign.approved_by = campaign.opens_at = campaign.closes_at = None
    campaign.opening_refusal = Campaign.OpeningRefusal.NONE
    campaign.save(
        update_fields=[
            "status",
            "remarks",
            "approved_at",
            "approved_by",
            "opens_at",
            "closes_at",
            "opening_refusal",
        ]
    )
    _tell(campaign, "campaign_returned", now)
    return campaign


@transaction.atomic
def approve_campaign(
    *, campaign: Campaign, by: User, opens_at: datetime, days: int, now: datetime
) -> Campaign:
    """Approve a page and schedule it, or give a scheduled one new dates.

    It takes gifts from `opens_at` through the end of its last calendar day: the deadline is the midnight, in the city's
    time, that ends the last of `days` days. Raise BadSchedule when the opening is in the past or the length is outside
    the call's limits.
    """
    campaign = _locked(campaign, Status.IN_REVIEW, Status.SCHEDULED)
    call = campaign.call
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
    _tell(campaign, "campaign_approved", now)
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
    campaign = _locked(campaign, Status.OPEN)
    campaign.status = Status.SUSPENDED
    campaign.suspended_at = now
    campaign.suspension_reason = reason.strip()
    campaign.save(update_fields=["status", "suspended_at", "suspension_reason"])
    return campaign


@transaction.atomic
def resume_campaign(*, campaign: Campaign) -> Campaign:
    """Let a suspended campaign take gifts again; past its deadline it closes and gets its outcome."""
    campaign = _locked(campaign, Status.SUSPENDED)
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
    campaign = _locked(campaign, Status.SUSPENDED)
    mark_closing(campaign=campaign)
    return campaign


# What the apps that know money write into a campaign they hold locked.


def mark_open(*, campaign: Campaign, now: datetime) -> None:
    """Open a scheduled campaign the caller has locked."""
    _require(campaign, Status.SCHEDULED)
    campaign.status = Status.OPEN
    campaign.opened_at = now
    campaign.opening_refusal = Campaign.OpeningRefusal.NONE
    campaign.save(update_fields=["status", "opened_at", "opening_refusal"])
    _tell(campaign, "campaign_opened", now)


def mark_opening_refused(*, campaign: Campaign, refusal: str, now: datetime) -> None:
    """Keep why a scheduled campaign, locked by the caller, could not open; the promoter is told once per reason."""
    _require(campaign, Status.SCHEDULED)
    if campaign.opening_refusal == refusal:
        return
    campaign.opening_refusal = refusal
    campaign.save(update_fields=["opening_refusal"])
    _tell(campaign, "campaign_not_opened", now, suffix=f":{refusal}")


def mark_reached(*, campaign: Campaign, now: datetime | None) -> None:
    """Write when a campaign, locked by the caller, reached its threshold; None when it has fallen below again."""
    campaign.reached_at = now
    campaign.save(update_fields=["reached_at"])


def mark_closing(*, campaign: Campaign) -> None:
    """End the giving on an open or suspended campaign the caller has locked; a suspension keeps its reason."""
    _require(campaign, Status.OPEN, Status.SUSPENDED)
    campaign.status = Status.CLOSING
    campaign.save(update_fields=["status"])


def mark_settled(*, campaign: Campaign, status: Campaign.Status, raised_cents: int, now: datetime) -> None:
    """Write the outcome of a closing campaign the caller has locked, with what had been raised in cents."""
    _require(campaign, Status.CLOSING)
    campaign.status = status
    campaign.settled_at = now
    campaign.outcome_raised_cents = raised_cents
    campaign.save(update_fields=["status", "settled_at", "outcome_raised_cents"])


def mark_refunded(*, campaign: Campaign) -> None:
    """Write that every donor of a failed campaign, locked by the caller, has the money back."""
    _require(campaign, Status.FAILED)
    campaign.status = Status.REFUNDED
    campaign.save(update_fields=["status"])


def mark_refund_returned(*, campaign: Campaign) -> None:
    """Write that a donor of a refunded campaign, locked by the caller, is owed money again."""
    _require(campaign, Status.REFUNDED)
    campaign.status = Status.FAILED
    campaign.save(update_fields=["status"])


def _locked(campaign: Campaign, *states: Campaign.Status) -> Campaign:
    """Return the campaign's row, locked, or raise WrongState."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    _require(campaign, *states)
    return campaign


def _require(campaign: Campaign, *states: Campaign.Status) -> None:
    """Raise WrongState unless the campaign is in one of the states."""
    if campaign.status not in states:
        raise WrongState(f"{campaign.slug} is {campaign.status}")


def _tell(campaign: Campaign, template: str, now: datetime, suffix: str = "") -> None:
    """Write to the members of the promoter."""
    queue_mail_to_members(
        organization=campaign.organization,
        key=f"{template}:{campaign.pk}:{now.timestamp():.0f}{suffix}",
        template=template,
        context={"campaign": campaign},
        now=now,
    )


def _free_slug(title: str) -> str:
    """Return a readable address that no campaign has."""
    base = slugify(title)[:70] or "progetto"
    taken = set(Campaign.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return (
        base
        if base not in taken
        else next(f"{base}-{n}" for n in range(2, 10_000) if f"{base}-{n}" not in taken)
    )
