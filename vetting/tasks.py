"""When formal checks begin, when requests of the office lapse or are repeated, and when members of committees are written to.

Each task loops over rows that are due, one service call each; one bad row is logged and does not stop the rest.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db.models import F, Max, Q
from django.utils import timezone

from calls.models import Application
from calls.services import GRACE
from civicfund.turns import one_at_a_time
from vetting import services
from vetting.models import CommitteeMember, IntegrationRequest, Round

logger = logging.getLogger(__name__)

#: How many rows one run takes; the next run follows within seconds.
BATCH = 100
#: Files assigned within this time go into one mail.
SETTLED_AFTER = timedelta(minutes=5)
#: How long before sheets are due their members are reminded.
REMIND_BEFORE = timedelta(days=3)


@shared_task
@one_at_a_time
def begin_checks() -> None:
    """Begin the formal check of everything that was handed in, or handed in anew, where the call asks for one."""
    submitted = Application.objects.filter(status=Application.Status.SUBMITTED, call__check_days__gt=0)
    latest = submitted.annotate(latest=Max("versions__number"))
    due = latest.filter(Q(eligibility=None) | Q(eligibility__version__number__lt=F("latest")))
    for application in due.order_by("submitted_at")[:BATCH]:
        try:
            services.begin_check(application=application, now=timezone.now())
        except Exception:
            logger.exception("the check of application %s does not begin", application.public_id)


@shared_task
@one_at_a_time
def close_requests() -> None:
    """End the requests whose time is over, and those whose application its body has taken back."""
    now = timezone.now()
    _each(IntegrationRequest.objects.to_lapse(now - GRACE)[:BATCH], services.lapse_request)
    _each(IntegrationRequest.objects.overtaken()[:BATCH], services.follow_taken_back)


@shared_task
@one_at_a_time
def remind_of_requests() -> None:
    """Write again to the bodies whose time to answer is nearly over."""
    _each(IntegrationRequest.objects.to_remind(timezone.now())[:BATCH], services.remind_request)


@shared_task
@one_at_a_time
def tell_members() -> None:
    """Write to members about their new files, once nothing more was assigned for a moment, and about newer versions."""
    now = timezone.now()
    for round_ in Round.objects.under_way().select_related("call", "session"):
        waiting = round_.assignments.untold()
        if not waiting.filter(assigned_at__gt=now - SETTLED_AFTER).exists():
            seats = CommitteeMember.objects.filter(assignments__in=waiting).distinct()
            for member in seats.select_related("user", "call"):
                try:
                    services.tell_member(member=member, round_=round_, now=now)
                except Exception:
                    logger.exception("member %s is not told of new files", member.pk)
        again = round_.assignments.to_judge().unfinished().filter(judged_before=True)
        for assignment in again.select_related("application", "member__user", "member__call", "round__call"):
            try:
                services.tell_of_version(assignment=assignment, now=now)
            except Exception:
                logger.exception("assignment %s: nobody is told of the newer version", assignment.pk)


@shared_task
@one_at_a_time
def remind_members() -> None:
    """Remind members whose sheets are due soon."""
    now = timezone.now()
    soon = Round.objects.under_way().filter(due_at__lte=now + REMIND_BEFORE, due_at__gt=now)
    for round_ in soon.select_related("call", "session"):
        for member in services.members_to_remind(round_):
            try:
                services.remind_member(member=member, round_=round_, now=now)
            except Exception:
                logger.exception("member %s is not reminded", member.pk)


def _each(requests: Iterable[IntegrationRequest], service: Callable[..., Any]) -> None:
    """Call a service for each of some requests."""
    for request in requests:
        try:
            service(request=request, now=timezone.now())
        except Exception:
            logger.exception("request %s stays as it is", request.pk)
