"""Appoint the members of a committee, and end their office."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from calls.models import Call, CallSession
from vetting.models import Assignment, CommitteeMember
from vetting.services.assignment import hand_over
from vetting.services.decision import ReasonMissing

Role = CommitteeMember.Role


class AlreadyOnCommittee(Exception):
    """Say that the person sits on this committee already."""


class PresidentServes(Exception):
    """Say that this committee has its president."""


class OfficeEnded(Exception):
    """Say that the member's office has ended already."""


@transaction.atomic
def appoint_member(
    *,
    call: Call,
    user: User,
    act_number: str,
    act_date: date,
    by: User,
    now: datetime,
    session: CallSession | None = None,
    role: str = Role.MEMBER,
    is_substitute: bool = False,
    tax_code: str = "",
) -> CommitteeMember:
    """Enter whom an act has appointed, for one window of a call or for all; the first digest of files tells the person.

    Raise AlreadyOnCommittee, and PresidentServes for a second president.
    """
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    serving = CommitteeMember.objects.overlapping(call, session)
    if serving.filter(user=user).exists():
        raise AlreadyOnCommittee
    if role == Role.PRESIDENT and serving.filter(role=Role.PRESIDENT).exists():
        raise PresidentServes
    return CommitteeMember.objects.create(
        call=call,
        session=session,
        user=user,
        role=role,
        is_substitute=is_substitute,
        tax_code=tax_code.strip().upper(),
        act_number=act_number.strip(),
        act_date=act_date,
        appointed_at=now,
        appointed_by=by,
    )


@transaction.atomic
def end_office(*, member: CommitteeMember, reason: str, by: User, now: datetime) -> CommitteeMember:
    """End a member's office; what the member has not judged passes to others, final sheets stay.

    Raise ReasonMissing and OfficeEnded.
    """
    if not reason.strip():
        raise ReasonMissing
    member = CommitteeMember.objects.select_for_update(no_key=True).get(pk=member.pk)
    if member.ended_at:
        raise OfficeEnded
    member.ended_at, member.ended_by, member.end_reason = now, by, reason.strip()
    member.save(update_fields=["ended_at", "ended_by", "end_reason"])
    held = member.assignments.to_judge().filter(round__closed_at=None)
    for assignment in held.unfinished().order_by("pk"):
        hand_over(
            assignment=assignment,
            reason=Assignment.RemovalReason.REPLACED,
            note=reason.strip(),
            by=by,
            now=now,
        )
    return member
