"""The queues of the campaigns: what waits for an officer, and what runs by its own clock."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import OrgKind
from campaigns.models import Campaign
from civicfund.desk import Queue, after, everything

Status = Campaign.Status


def having(*states: Campaign.Status) -> Any:
    """Return what keeps the campaigns in some states."""
    return lambda rows, now: rows.filter(status__in=states)


def refused(rows: QuerySet, now: Any) -> QuerySet:
    """Keep the campaigns whose time came and that could not open."""
    return rows.filter(status=Status.SCHEDULED).exclude(opening_refusal="")


def leaving(rows: QuerySet, now: datetime) -> QuerySet:
    """Keep the campaigns whose donors may take their gift back at an instant, because the project has changed."""
    over = (Status.WITHDRAWN, Status.FAILED, Status.REFUNDED)
    return rows.filter(leave_until__gt=now).exclude(status__in=over)


def without_body(rows: QuerySet, now: datetime) -> QuerySet:
    """Keep the campaigns whose threshold is reached, but whose group of citizens is no body yet: no grant is awarded."""
    over = (Status.WITHDRAWN, Status.FAILED, Status.REFUNDED)
    groups = rows.filter(application__organization__kind=OrgKind.INFORMAL, reached_at__isnull=False)
    return groups.exclude(status__in=over)


QUEUES = (
    Queue(
        "to_review",
        _("To review"),
        having(Status.IN_REVIEW),
        _("No campaign waits for your review."),
        waits=_("Campaigns to review"),
        icon="rate_review",
        due=after("submitted_at", days=7),
        steps=("approve",),
    ),
    Queue(
        "not_opened",
        _("Could not open"),
        refused,
        _("Every campaign whose time came has opened."),
        waits=_("Campaigns that could not open"),
        icon="lock_clock",
        due="opens_at",
        steps=("approve",),
    ),
    Queue("scheduled", _("Scheduled"), having(Status.SCHEDULED), _("No campaign is scheduled.")),
    Queue("running", _("Open"), having(Status.OPEN, Status.CLOSING), _("No campaign is open now.")),
    Queue("suspended", _("Suspended"), having(Status.SUSPENDED), _("No campaign is suspended.")),
    Queue(
        "overdue",
        _("Suspended, past the deadline"),
        lambda rows, now: rows.suspended_past_deadline(now),
        _("No suspended campaign is past its deadline."),
        waits=_("Suspended campaigns past their deadline: resume or end them"),
        icon="gavel",
        due="closes_at",
        steps=("resume",),
    ),
    Queue(
        "cure",
        _("Restoring the threshold"),
        having(Status.CURE),
        _("No campaign is restoring its threshold."),
    ),
    Queue(
        "keeping",
        _("Below the threshold, being decided"),
        having(Status.KEEPING),
        _("No promoter is deciding about a reduced project."),
        waits=_("Reduced projects: promoters decide, then donors may leave"),
        icon="content_cut",
        due="keep_until",
        steps=("let_leave",),
    ),
    Queue(
        "leaving",
        _("Donors may leave"),
        leaving,
        _("No project has changed: no donor may leave one."),
        waits=_("Campaigns that donors may leave now"),
        icon="directions_walk",
        due="leave_until",
        steps=("let_leave",),
    ),
    Queue(
        "without_body",
        _("Reached, without a body"),
        without_body,
        _("No grant waits for a group to become a body."),
        waits=_("Grants kept until a group has become a body"),
        icon="diversity_3",
        steps=("approve",),
    ),
    Queue(
        "ended",
        _("Ended"),
        having(Status.SUCCEEDED, Status.FAILED, Status.REFUNDED, Status.WITHDRAWN),
        _("No campaign has ended yet."),
    ),
    Queue("drafts", _("Being written"), having(Status.DRAFT), _("No page is being written.")),
    everything(pgettext_lazy("feminine", "All"), _("There is no campaign yet: admit an application first.")),
)
