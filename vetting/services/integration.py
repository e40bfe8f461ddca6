"""Asking a body for what is missing (soccorso istruttorio): asked, answered, lapsed, called off. Source: L. 241/1990 art. 6."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import queue_mail_to_members
from calls.models import Application, ApplicationEvent, ApplicationVersion, DocumentRequirement
from calls.rules import end_of_day
from calls.services import (
    GRACE,
    ReasonMissing,
    close_opening,
    hand_in_answer,
    open_application,
)
from calls.services.version import note_event
from civicfund.templatetags.clock import TICK
from vetting.models import EligibilityCheck, IntegrationRequest
from vetting.services.eligibility import CheckConcluded, begin_check

State = IntegrationRequest.State
What = ApplicationEvent.What
#: More would be another application window.
MOST_DAYS = 60
#: How long before its end a body is written to again; a request of fewer days is not repeated.
REMIND_BEFORE = timedelta(days=2)


class DaysOutOfRange(Exception):
    """Say that a request gives no day, or too many."""


class RequestEnded(Exception):
    """Say that a request of the office waits for no answer any more."""


def due_after(now: datetime, days: int) -> datetime:
    """Return the midnight of the city that ends the last of so many whole days after an instant's own."""
    return end_of_day(now, days, timezone.get_default_timezone())


@transaction.atomic
def ask_for_more(
    *,
    application: Application,
    fields: Collection[str],
    documents: Iterable[DocumentRequirement],
    reason: str,
    days: int,
    by: User,
    now: datetime,
) -> IntegrationRequest:
    """Ask the body of an application for what is missing, open exactly what it may change, and tell it.

    Raise ReasonMissing, DaysOutOfRange, CheckConcluded, and calls' NothingOpened, NotOpened, OpeningStands and
    ApplicationClosed. The body has whole days: it may answer until the midnight that ends the last of them.
    """
    if not reason.strip():
        raise ReasonMissing
    if not 1 <= days <= MOST_DAYS:
        raise DaysOutOfRange(days)
    check = begin_check(application=application, now=now)
    if not check.is_open:
        raise CheckConcluded(check.pk)
    opening = open_application(
        application=application, fields=fields, documents=documents, due_at=due_after(now, days), now=now
    )
    request = IntegrationRequest.objects.create(
        application=opening.application,
        opening=opening,
        reason=reason.strip(),
        days=days,
        asked_at=now,
        asked_by=by,
        remind_at=opening.due_at - REMIND_BEFORE if days > REMIND_BEFORE.days else None,
    )
    note_event(application=opening.application, what=What.ASKED, by=by, now=now, reason=request.reason)
    _tell(request, "integration_asked", now)
    return request


@transaction.atomic
def answer_request(
    *, request: IntegrationRequest, by: User, now: datetime, read: str | None = None
) -> ApplicationVersion:
    """Hand the answer to a request in: the application becomes a version with its own number and receipt.

    Raise as calls' `hand_in_answer` does; OpeningOver when the time is over or an officer was faster.
    """
    version = hand_in_answer(opening=request.opening, by=by, now=now, read=read)
    request = _locked(request)
    request.state, request.answered_at = State.ANSWERED, now
    _end(request, now)
    # The check goes on with what has been handed in now; what was answered before stays answered.
    EligibilityCheck.objects.filter(application=request.application_id).update(version=version)
    _tell(request, "integration_answered", now, version=version, by=by)
    return version


@transaction.atomic
def lapse_request(*, request: IntegrationRequest, now: datetime) -> None:
    """Close a request whose time has passed in silence; what has changed meanwhile changes nothing."""
    Application.objects.select_for_update().get(pk=request.application_id)
    due = IntegrationRequest.objects.to_lapse(now - GRACE).filter(pk=request.pk).first()
    if due is None:
        return
    request = _locked(due)
    close_opening(opening=request.opening, now=now)
    request.state, request.lapsed_at = State.LAPSED, now
    _end(request, now)
    note_event(application=request.application, what=What.LAPSED, now=now)
    _tell(request, "integration_lapsed", now)


@transaction.atomic
def call_off_request(
    *, request: IntegrationRequest, by: User, reason: str, now: datetime
) -> IntegrationRequest:
    """Take a request back, for a reason its body reads. Raise ReasonMissing, and RequestEnded when it waits no more."""
    if not reason.strip():
        raise ReasonMissing
    request = _locked(request)
    if request.state != State.ASKED or request.opening.closed_at is not None:
        raise RequestEnded(request.pk)
    close_opening(opening=request.opening, now=now)
    request.state, request.called_off_reason = State.CALLED_OFF, reason.strip()
    request.called_off_at, request.called_off_by = now, by
    _end(request, now)
    note_event(
        application=request.application,
        what=What.CALLED_OFF,
        by=by,
        now=now,
        reason=request.called_off_reason,
    )
    _tell(request, "integration_called_off", now)
    return request


@transaction.atomic
def follow_taken_back(*, request: IntegrationRequest, now: datetime) -> None:
    """End a request whose application its body took back or withdrew; the body knows, so nobody is written to."""
    request = _locked(request)
    if request.state == State.ASKED and request.opening.closed_at is not None:
        request.state, request.overtaken_at = State.OVERTAKEN, now
        _end(request, now)


@transaction.atomic
def remind_request(*, request: IntegrationRequest, now: datetime) -> None:
    """Write again to a body that has not answered; what has changed meanwhile changes nothing."""
    request = _locked(request)
    if request.remind_at is None or now < request.remind_at or request.opening.closed_at is not None:
        return
    request.remind_at = None
    request.save(update_fields=["remind_at"])
    if request.opening.is_open(now):
        _tell(request, "integration_reminder", now)


def _locked(request: IntegrationRequest) -> IntegrationRequest:
    """Lock a request, its application first, and return it as it is now."""
    Application.objects.select_for_update().get(pk=request.application_id)
    rows = IntegrationRequest.objects.select_related(
        "opening", "application__call", "application__organization"
    )
    return rows.get(pk=request.pk)


def _end(request: IntegrationRequest, now: datetime) -> None:
    """Write the end of a request, and give the office back the days in which it could do nothing but wait."""
    request.remind_at = None
    request.save()
    zone = timezone.get_default_timezone()
    days = (now.astimezone(zone).date() - request.asked_at.astimezone(zone).date()).days
    for check in EligibilityCheck.objects.filter(application=request.application_id):
        # The midnight that ends a day still belongs to it.
        check.due_at = end_of_day(check.due_at - TICK, days, zone)
        check.save(update_fields=["due_at"])


def _tell(request: IntegrationRequest, template: str, now: datetime, **context: object) -> None:
    """Write to every member of the body."""
    application = request.application
    queue_mail_to_members(
        organization=application.organization,
        key=f"{template}:{request.pk}",
        topic=application.call.mail_topic,
        template=template,
        context={"application": application, "request": request, "opening": request.opening, **context},
        now=now,
    )
