"""Officers write, hand in and take back an application for its body, and every part they touch is marked as theirs."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from accounts.services import queue_mail_to_members, register_for_people
from calls.models import Application, ApplicationEvent, Call, DeskWriting, StepKey
from calls.services.application import ApplicationClosed
from calls.services.incident import ReasonMissing
from calls.services.version import note_event

What = ApplicationEvent.What
#: The rights that let an officer write for a body, and begin an application for one.
ACT_RIGHT = "calls.change_draft"
BEGIN_RIGHT = "calls.change_applicant"


class MayOnlyRead(Exception):
    """Say that a person may read the papers of a body but not write them."""


class NotForOwnBody(Exception):
    """Say that an officer belongs to the body: a colleague writes for it at the desk, or the officer as its member."""


class NotAnOfficer(Exception):
    """Say that a person lacks the right to write for bodies."""


class DeskClosed(Exception):
    """Say that no window of the call is open: after a deadline an officer writes for nobody."""


class KindNotAdmitted(Exception):
    """Say that the call does not admit bodies of this kind."""


@transaction.atomic
def begin_desk_writing(*, application: Application, reason: str, by: User, now: datetime) -> DeskWriting:
    """Let an officer write an application for its body for some hours; an earlier time of the same officer ends.

    Raise NotAnOfficer, NotForOwnBody, ReasonMissing, DeskClosed out of every window, or ApplicationClosed once it is
    decided or withdrawn.
    """
    _check_officer(by, ACT_RIGHT, application.organization)
    if not reason.strip():
        raise ReasonMissing(application.pk)
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status not in (Application.Status.DRAFT, Application.Status.SUBMITTED):
        raise ApplicationClosed(application.public_id)
    if not is_desk_open(application, now):
        raise DeskClosed(application.call_id)
    DeskWriting.objects.filter(application=application, by=by, ended_at=None).update(ended_at=now)
    return DeskWriting.objects.create(
        application=application,
        by=by,
        reason=reason.strip(),
        begun_at=now,
        over_at=now + DeskWriting.LASTS,
    )


@transaction.atomic
def register_at_counter(*, reason: str, by: User, now: datetime, **fields: Any) -> Organization:
    """Register a body that came to the counter, so that an application can be begun for it.

    Raise NotAnOfficer, and accounts' ReasonMissing and OrganizationExists. Source: decision 0043.
    """
    _check_right(by, BEGIN_RIGHT)
    return register_for_people(reason=reason, by=by, now=now, **fields)


@transaction.atomic
def begin_for_body(
    *, call: Call, organization: Organization, title: str, reason: str, by: User, now: datetime
) -> DeskWriting:
    """Begin an application for a body that came to the counter, and write it; its members get a mail at once.

    Raise NotAnOfficer, NotForOwnBody, ReasonMissing, DeskClosed or KindNotAdmitted.
    """
    _check_officer(by, BEGIN_RIGHT, organization)
    if organization.kind not in call.eligible_kinds:
        raise KindNotAdmitted(organization.kind)
    application = Application.objects.create(
        call=call, organization=organization, title=title, author=by, created_at=now, updated_at=now
    )
    writing = begin_desk_writing(application=application, reason=reason, by=by, now=now)
    _mark(writing, StepKey.PROJECT, now)
    return writing


@transaction.atomic
def end_desk_writing(*, writing: DeskWriting, now: datetime) -> None:
    """End the time in which an officer writes for a body; one that is over already stays as it is."""
    DeskWriting.objects.filter(pk=writing.pk, ended_at=None).update(ended_at=now)


def is_desk_open(application: Application, now: datetime) -> bool:
    """Say whether an officer may write for the body at an instant: a draft, or what may still be taken back."""
    if application.status == Application.Status.SUBMITTED:
        return application.may_be_taken_back(now)
    is_open = application.call.status == Call.Status.PUBLISHED and application.call.session_open_at(now)
    return application.status == Application.Status.DRAFT and bool(is_open)


def desk_writing_of(*, application: Application, by: User, now: datetime) -> DeskWriting | None:
    """Return the time in which a person writes as an officer for the body of an application; None for everybody else."""
    if not may_act(by):
        return None
    going_on = DeskWriting.objects.going_on(now).filter(application=application, by=by)
    return going_on.exclude(application__organization__members=by).first()


def open_to(user: User, now: datetime) -> list[int]:
    """Return the keys of the applications a person opens as an officer for their bodies at an instant."""
    if not may_act(user):
        return []
    going_on = DeskWriting.objects.going_on(now).filter(by=user)
    own = Organization.objects.of(user)
    return list(going_on.exclude(application__organization__in=own).values_list("application_id", flat=True))


def may_act(user: User) -> bool:
    """Say whether a person is an officer who may write for bodies."""
    return user.is_staff and user.is_active and user.has_perm(ACT_RIGHT)


def admit_hand(*, application: Application, step: StepKey, by: User, now: datetime) -> DeskWriting | None:
    """Let through who may write an application now; what an officer writes for a body is marked, and its members told.

    Return the officer's time of writing, None for the body's own people. The caller holds the application locked.
    Raise MayOnlyRead.
    """
    if Application.objects.writable_by(by).filter(pk=application.pk).exists():
        return None
    writing = desk_writing_of(application=application, by=by, now=now)
    if writing is None:
        raise MayOnlyRead(by)
    _mark(writing, step, now)
    return writing


def _check_officer(by: User, right: str, organization: Organization) -> None:
    """Refuse who may not write for this body. Raise NotAnOfficer or NotForOwnBody."""
    _check_right(by, right)
    if organization.members.filter(pk=by.pk).exists():
        raise NotForOwnBody(by.pk)


def _check_right(by: User, right: str) -> None:
    """Refuse who may not write for bodies. Raise NotAnOfficer."""
    if not (by.is_staff and by.is_active and by.has_perm(right) and by.has_perm(ACT_RIGHT)):
        raise NotAnOfficer(by.pk)


def _mark(writing: DeskWriting, step: StepKey, now: datetime) -> None:
    """Keep once per step and time of writing that the office wrote; each handing in and taking back by itself."""
    application = writing.application
    marks = application.events.filter(
        what=What.DESK_WROTE, by=writing.by, step=step, at__gte=writing.begun_at
    )
    if step != StepKey.CHECK and marks.exists():
        return
    note_event(
        application=application,
        what=What.DESK_WROTE,
        by=writing.by,
        now=now,
        reason=writing.reason,
        step=step,
    )
    queue_mail_to_members(
        organization=application.organization,
        key=f"desk_wrote:{writing.pk}",
        topic=application.call.mail_topic,
        template="desk_wrote",
        context={"application": application, "writing": writing},
        now=now,
    )
