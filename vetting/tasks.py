"""When members of committees are written to.

Each task loops over rows that are due, one service call each; one bad row is logged and does not stop the rest.
"""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from civicfund.turns import one_at_a_time
from vetting import services
from vetting.models import CommitteeMember, Round

logger = logging.getLogger(__name__)

#: Files assigned within this time go into one mail.
SETTLED_AFTER = timedelta(minutes=5)
#: How long before sheets are due their members are reminded.
REMIND_BEFORE = timedelta(days=3)


@shared_task
@one_at_a_time
def tell_members() -> None:
    """Write to members about their new files, once nothing more was assigned for a moment, and about newer versions."""
    now = timezone.now()
    for round_ in Round.objects.under_way().select_related("call", "session"):
        waiting = round_.assignments.active().filter(told_at=None)
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
        late = round_.assignments.to_judge().unfinished()
        members = CommitteeMember.objects.filter(pk__in=late.values("member_id"))
        for member in members.select_related("user", "call"):
            try:
                services.remind_member(member=member, round_=round_, now=now)
            except Exception:
                logger.exception("member %s is not reminded", member.pk)
