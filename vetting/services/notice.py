"""Write to the members of a committee: their new files in one mail, a reminder, a newer version of what they judged."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.services import queue_mail
from vetting.models import Assignment, CommitteeMember, Round


@transaction.atomic
def tell_member(*, member: CommitteeMember, round_: Round, now: datetime) -> int:
    """Write one mail about all files of a round the member has not been told of yet; return how many."""
    fresh = Assignment.objects.untold().filter(member=member, round=round_)
    new = list(fresh.select_for_update(no_key=True, of=("self",)).select_related("application__organization"))
    if not new:
        return 0
    _write(
        member,
        key=f"committee_assigned:{new[-1].pk}",
        template="committee_assigned",
        context={"round": round_, "member": member, "files": [one.application for one in new]},
        now=now,
    )
    fresh.filter(pk__in=[one.pk for one in new]).update(told_at=now)
    return len(new)


def members_to_remind(round_: Round) -> QuerySet[CommitteeMember]:
    """Return the members of a round who have sheets to come."""
    late = round_.assignments.to_judge().unfinished()
    return CommitteeMember.objects.filter(pk__in=late.values("member_id")).select_related("user", "call")


def remind_member(*, member: CommitteeMember, round_: Round, now: datetime) -> None:
    """Remind a member, once for each due date, of the sheets that are still to come."""
    left = round_.assignments.to_judge().filter(member=member).unfinished()
    files = left.select_related("application__organization")
    if not files:
        return
    _write(
        member,
        key=f"committee_reminder:{round_.pk}:{member.pk}:{round_.due_at.timestamp():.0f}",
        template="committee_reminder",
        context={"round": round_, "member": member, "files": [one.application for one in files]},
        now=now,
    )


def tell_of_version(*, assignment: Assignment, now: datetime) -> None:
    """Tell a member, once, that an application judged already was handed in again: to confirm or to judge anew."""
    version = assignment.application.versions.latest("number")
    _write(
        assignment.member,
        key=f"committee_version:{assignment.pk}:{version.pk}",
        template="committee_version",
        context={"round": assignment.round, "assignment": assignment, "version": version},
        now=now,
    )


def _write(
    member: CommitteeMember, *, key: str, template: str, context: dict[str, object], now: datetime
) -> None:
    """Write one mail to a member, in the own language."""
    queue_mail(
        key=key,
        topic=member.call.mail_topic,
        recipient=member.user.email,
        template=template,
        context=context,
        language=member.user.language,
        now=now,
    )
