from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail, refuse_own_body
from campaigns.models import Campaign
from campaigns.services import WrongState, mark_answered, mark_kept, mark_leaving
from matching.services.campaign import lock_campaign

Status = Campaign.Status


class ProjectMissing(Exception):
    """Say that donors have to read what the reduced project will be, or why they may leave."""


@transaction.atomic
def confirm_reduced_project(*, campaign: Campaign, project: str, by: User, now: datetime) -> Campaign:
    """Write that the promoter carries out a reduced project with what was given; donors may leave for some days.

    Raise ProjectMissing without a description, WrongState when nobody asked or the time is over.
    """
    if not project.strip():
        raise ProjectMissing
    _fund, campaign = lock_campaign(campaign)
    _require_undecided(campaign, now)
    open_leaving(campaign, project.strip(), by, now)
    mark_answered(campaign=campaign, by=by)
    mark_kept(campaign=campaign, project=project.strip(), now=now)
    return campaign


@transaction.atomic
def let_donors_leave(*, campaign: Campaign, reason: str, by: User, now: datetime) -> Campaign:
    """Let donors take their gift back for the days of the call, because the project changes after they gave.

    So when a partial grant leaves a gap the promoter cannot cover. Raise ProjectMissing without a reason, OwnBody,
    WrongState for a campaign that takes or holds no gifts.
    """
    if not reason.strip():
        raise ProjectMissing
    _fund, campaign = lock_campaign(campaign)
    refuse_own_body(campaign.organization, by)
    if campaign.status not in (Status.OPEN, Status.CLOSING, Status.CURE, Status.SUCCEEDED):
        raise WrongState(f"{campaign.slug} is {campaign.status}")
    open_leaving(campaign, reason.strip(), by, now)
    return campaign


def open_leaving(campaign: Campaign, reason: str, by: User, now: datetime) -> None:
    """Start the days in which donors of a campaign, locked by the caller, may leave, and write to each of them once.

    Who gave outside the site has no page with a button: that mail says whom to ask.
    """
    until = now + timedelta(days=campaign.call.leave_days)
    mark_leaving(campaign=campaign, until=until, reason=reason, by=by)
    for gift in campaign.offline_donations.verified().exclude(email="").order_by("pk"):
        queue_mail(
            key=f"offline_donor_may_leave:{gift.pk}:{until:%Y%m%d%H%M%S}",
            topic=campaign.call.mail_topic,
            recipient=gift.email,
            template="offline_donor_may_leave",
            context={"gift": gift, "campaign": campaign},
            language="it",
            now=now,
        )
    for donation in campaign.donations.settled().order_by("pk"):
        queue_mail(
            key=f"donors_may_leave:{donation.pk}:{until:%Y%m%d%H%M%S}",
            topic=campaign.call.mail_topic,
            recipient=donation.email,
            template="donors_may_leave",
            context={"donation": donation, "campaign": campaign},
            language=donation.language,
            now=now,
        )


def _require_undecided(campaign: Campaign, now: datetime) -> None:
    """Raise WrongState unless the promoter is still being asked."""
    undecided = campaign.status == Status.KEEPING and campaign.kept_at is None
    if not undecided or campaign.keep_until is None or now >= campaign.keep_until:
        raise WrongState(f"{campaign.slug} is {campaign.status}")
