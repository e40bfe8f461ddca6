from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import refuse_own_body
from calls.models import Call
from campaigns import rules
from campaigns.models import Campaign, CampaignQuerySet, DeadlineExtension
from campaigns.services.row import RemarksMissing, tell
from campaigns.services.schedule import BadSchedule, HeldTooLong, deadline_after

Status = Campaign.Status


class NothingToExtend(Exception):
    """Say that no campaign of the batch is still before its deadline."""


def batch_of(*, call: Call, opening_day: date, now: datetime) -> CampaignQuerySet:
    """Return the campaigns that an extension concerns: of one call, opened on one day, still before their deadline."""
    zone = timezone.get_default_timezone()
    start = datetime(opening_day.year, opening_day.month, opening_day.day, tzinfo=zone)
    next_day = opening_day + timedelta(days=1)
    end = datetime(next_day.year, next_day.month, next_day.day, tzinfo=zone)
    return Campaign.objects.filter(
        application__call=call,
        status__in=[Status.OPEN, Status.SUSPENDED],
        opens_at__gte=start,
        opens_at__lt=end,
        closes_at__gt=now,
    )


@transaction.atomic
def extend_deadline(
    *,
    call: Call,
    opening_day: date,
    days: int,
    act_number: str,
    act_date: date,
    reason: str,
    by: User,
    now: datetime,
) -> DeadlineExtension:
    """Give all the campaigns of a call that opened on the same day, and have not ended, the same longer time by an act.

    `days` is the whole length. Raise RemarksMissing, NothingToExtend, BadSchedule, HeldTooLong, OwnBody (L. 241/1990).
    """
    if not act_number.strip() or not reason.strip():
        raise RemarksMissing
    batch = batch_of(call=call, opening_day=opening_day, now=now).order_by("pk")
    campaigns = list(batch.select_for_update(no_key=True, of=("self",)))
    if not campaigns:
        raise NothingToExtend(f"{call.slug} {opening_day}")
    if days > call.campaign_days_max or any(days <= (campaign.days or 0) for campaign in campaigns):
        raise BadSchedule(f"{call.slug} {days}")
    _check(campaigns, days, by)
    extension = DeadlineExtension.objects.create(
        call=call,
        opening_day=opening_day,
        days=days,
        campaigns=len(campaigns),
        act_number=act_number.strip(),
        act_date=act_date,
        reason=reason.strip(),
        decided_by=by,
        decided_at=now,
    )
    for campaign in campaigns:
        campaign.closes_at = deadline_after(campaign.opens_at or now, days)
        campaign.save(update_fields=["closes_at"])
        tell(campaign, "campaign_extended", now)
    return extension


def _check(campaigns: list[Campaign], days: int, by: User) -> None:
    """Raise OwnBody for a member of a promoter, HeldTooLong when Stripe could not hold a first gift until the decision."""
    for campaign in campaigns:
        refuse_own_body(campaign.organization, by)
        opens_at = campaign.opens_at
        if opens_at and not rules.fits_holding(opens_at, deadline_after(opens_at, days)):
            raise HeldTooLong(f"{campaign.slug} {days}")
