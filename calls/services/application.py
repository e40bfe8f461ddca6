from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import queue_mail_to_members
from calls.models import Application, Call
from calls.services.application_faults import application_faults
from calls.services.partner_faults import partner_limit_faults


class ApplicationClosed(Exception):
    """Say that an application is no longer in a state in which it may be changed so."""


class ApplicationRefused(Exception):
    """Carry the reasons why an application cannot be submitted, one sentence each, in the reader's language."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@transaction.atomic
def submit_application(*, application: Application, by: User, now: datetime) -> Application:
    """Hand an application in: it gets its protocol number and can no longer be changed.

    Raise ApplicationRefused with one sentence per reason, ApplicationClosed when it was handed in before. The instant
    `now` decides the window, half-open, whatever page the person still has before the eyes.
    """
    call = Call.objects.select_for_update().get(pk=application.call_id)
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status != Application.Status.DRAFT:
        raise ApplicationClosed(application.public_id)
    session = call.session_open_at(now) if call.status == Call.Status.PUBLISHED else None
    faults = [] if session else [_window_fault(call, now)]
    faults += [fault.words for fault in application_faults(application, call)]
    if session:
        faults += [fault.words for fault in partner_limit_faults(application, session)]
    if session and _has_applied(application, session.pk):
        faults.append(_("Your organization has an application in this window already: withdraw it first."))
    if faults:
        raise ApplicationRefused(faults)
    number = call.applications.exclude(protocol_number=None).count() + 1
    application.session = session
    application.status = Application.Status.SUBMITTED
    application.submitted_at = now
    application.protocol_number = _protocol_number(call, number, now)
    application.save(update_fields=["session", "status", "submitted_at", "protocol_number"])
    queue_mail_to_members(
        organization=application.organization,
        key=f"application_submitted:{application.pk}",
        topic=call.mail_topic,
        template="application_submitted",
        context={"application": application, "by": by},
        now=now,
    )
    return application


@transaction.atomic
def withdraw_application(*, application: Application, now: datetime) -> Application:
    """Take an application back before it is decided. Raise ApplicationClosed afterwards."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status not in (Application.Status.DRAFT, Application.Status.SUBMITTED):
        raise ApplicationClosed(application.public_id)
    application.status = Application.Status.WITHDRAWN
    application.withdrawn_at = now
    application.save(update_fields=["status", "withdrawn_at"])
    return application


def mark_admitted(*, application: Application) -> Application:
    """Let a submitted application go on to its campaign; the decision itself is kept by the caller."""
    return _decide(application, Application.Status.ADMITTED)


def mark_inadmissible(*, application: Application) -> Application:
    """Close a submitted application; the decision with its reason is kept by the caller."""
    return _decide(application, Application.Status.INADMISSIBLE)


@transaction.atomic
def _decide(application: Application, status: Application.Status) -> Application:
    """Move a submitted application to its outcome. Raise ApplicationClosed in any other state."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status != Application.Status.SUBMITTED:
        raise ApplicationClosed(application.public_id)
    application.status = status
    application.save(update_fields=["status"])
    return application


def _protocol_number(call: Call, number: int, now: datetime) -> str:
    """Return the number a submission is filed under: year of the city's calendar, call, running number."""
    year = now.astimezone(timezone.get_default_timezone()).year
    return f"{year}-{call.pk:02d}-{number:04d}"


def _has_applied(application: Application, session_id: int) -> bool:
    """Say whether the body has another live application in the window."""
    live = [Application.Status.SUBMITTED, Application.Status.ADMITTED, Application.Status.INADMISSIBLE]
    others = Application.objects.filter(
        organization=application.organization_id, session=session_id, status__in=live
    )
    return others.exclude(pk=application.pk).exists()


def _window_fault(call: Call, now: datetime) -> str:
    """Say that no window is open, and when the next one opens."""
    following = call.sessions.filter(opens_at__gt=now).order_by("opens_at").first()
    if following:
        return _("Applications are closed now: they open again on %(when)s.") % {
            "when": date_format(following.opens_at.astimezone(timezone.get_default_timezone()), "j F Y, H:i")
        }
    return _("Applications to this call are closed.")
