"""Handing an application in, taking it back to change it, and withdrawing it for good."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import queue_mail_to_members
from calls.models import (
    Application,
    ApplicationEvent,
    ApplicationVersion,
    Call,
    CallSession,
    DeskWriting,
    StepKey,
)
from calls.models.application import FILED
from calls.services.application import ApplicationClosed
from calls.services.application_faults import application_faults
from calls.services.attachment import begun_before
from calls.services.desk_writing import admit_hand
from calls.services.opening import close_openings
from calls.services.partner_faults import partner_limit_faults
from calls.services.shortcoming import Shortcoming
from calls.services.version import digest_of, file_version, note_event
from civicfund.templatetags.clock import to_the_second

What = ApplicationEvent.What
#: The step that stands for the call's dates: nothing in the application puts it right.
WINDOW = "window"
#: The states in which a body may still leave by itself.
WITHDRAWABLE = (Application.Status.DRAFT, Application.Status.SUBMITTED, Application.Status.RESERVE)


class ApplicationRefused(Exception):
    """Carry what keeps an application from being handed in, in the reader's language."""

    def __init__(self, shortcomings: list[Shortcoming]) -> None:
        super().__init__("; ".join(fault.words for fault in shortcomings))
        self.shortcomings = shortcomings

    @property
    def faults(self) -> list[str]:
        """Return one sentence per fault."""
        return [fault.words for fault in self.shortcomings]


class ApplicationChanged(Exception):
    """Say that an application is no longer what the person has read before handing it in."""


class WindowOver(Exception):
    """Say that an application can no longer be taken back to be changed: its window is over."""


def shortcomings_of(*, application: Application, now: datetime) -> list[Shortcoming]:
    """Return everything that would keep an application from being handed in at an instant, the dates first."""
    call = application.call
    session = _window_of(application, call, now)
    found = [] if session else [Shortcoming(WINDOW, "", _window_fault(call, now))]
    if session and _has_applied(application, session):
        words = _("Your organization has an application in this window already: withdraw it first.")
        found.append(Shortcoming(WINDOW, "", words))
    found += application_faults(application, call)
    return [*found, *(partner_limit_faults(application, session) if session else [])]


@transaction.atomic
def submit_application(
    *, application: Application, by: User, now: datetime, read: str | None = None
) -> Application:
    """Hand an application in: it is kept as a version with its own protocol number and can no longer be changed.

    `read` is the fingerprint of what the person had before the eyes. Raise ApplicationRefused with every fault,
    ApplicationChanged when the application says something else by now, ApplicationClosed when it was handed in before,
    MayOnlyRead when the person may not write it. An officer hands in for a body only while a window is open.
    The instant `now` decides the window, half-open, whatever page the person still has before the eyes.
    """
    call = Call.objects.select_for_update().get(pk=application.call_id)
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status != Application.Status.DRAFT:
        raise ApplicationClosed(application.public_id)
    application.call = call
    found = shortcomings_of(application=application, now=now)
    session = _window_of(application, call, now)
    if found or session is None:
        raise ApplicationRefused(found)
    if read is not None and read != digest_of(application):
        raise ApplicationChanged(application.public_id)
    writing = admit_hand(application=application, step=StepKey.CHECK, by=by, now=now)
    version = file_version(
        application=application,
        call=call,
        session=session,
        kind=ApplicationVersion.Kind.SUBMISSION,
        by=by,
        now=now,
    )
    application.session = session
    application.status = Application.Status.SUBMITTED
    application.submitted_at = now
    application.protocol_number = version.protocol_number
    application.save(update_fields=["session", "status", "submitted_at", "protocol_number"])
    _tell(application, version, "application_submitted", by, now, writing)
    return application


@transaction.atomic
def take_back_application(*, application: Application, by: User, now: datetime) -> Application:
    """Make a submitted application a draft again while its window is open; what was handed in stays on record.

    Raise ApplicationClosed in any other state, WindowOver when the window has closed, MayOnlyRead.
    """
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status != Application.Status.SUBMITTED:
        raise ApplicationClosed(application.public_id)
    if not application.may_be_taken_back(now):
        raise WindowOver(application.public_id)
    writing = admit_hand(application=application, step=StepKey.CHECK, by=by, now=now)
    close_openings(application=application, now=now)
    version = application.versions.latest("number")
    application.status = Application.Status.DRAFT
    application.session = application.submitted_at = application.protocol_number = None
    application.save(update_fields=["status", "session", "submitted_at", "protocol_number"])
    note_event(application=application, what=What.TAKEN_BACK, by=by, now=now, version=version)
    _tell(application, version, "application_taken_back", by, now, writing)
    return application


@transaction.atomic
def withdraw_application(*, application: Application, by: User, now: datetime) -> Application:
    """Withdraw an application for good before it is decided, or from the reserve list.

    Raise ApplicationClosed afterwards.
    """
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status not in WITHDRAWABLE:
        raise ApplicationClosed(application.public_id)
    close_openings(application=application, now=now)
    was_filed = application.status != Application.Status.DRAFT
    application.status = Application.Status.WITHDRAWN
    application.withdrawn_at = now
    application.save(update_fields=["status", "withdrawn_at"])
    note_event(application=application, what=What.WITHDRAWN, by=by, now=now)
    if was_filed:
        _tell(application, application.versions.latest("number"), "application_withdrawn", by, now)
    return application


def _tell(
    application: Application,
    version: ApplicationVersion,
    template: str,
    by: User,
    now: datetime,
    writing: DeskWriting | None = None,
) -> None:
    """Write to every member of the body about what was done with a version, and whether the office did it for it."""
    queue_mail_to_members(
        organization=application.organization,
        key=f"{template}:{version.pk}",
        topic=application.call.mail_topic,
        template=template,
        context={"application": application, "version": version, "by": by, "writing": writing},
        now=now,
    )


def _window_of(application: Application, call: Call, now: datetime) -> CallSession | None:
    """Return the window of a published call that is open at an instant, or that was while a document was on its way."""
    if call.status != Call.Status.PUBLISHED:
        return None
    found: CallSession | None = call.session_open_at(now)
    if found is None:
        last = call.sessions.filter(closes_at__lte=now).order_by("closes_at").last()
        if last and _was_only_uploading(application, last.closes_at, now):
            return last
    return found


def _was_only_uploading(application: Application, deadline: datetime, now: datetime) -> bool:
    """Say whether all that came in since a deadline is documents that were on their way.

    Whoever is late with a file may not go on writing meanwhile: everybody has the same time.
    """
    if application.saved_steps.filter(saved_at__gte=deadline).exists():
        return False
    if application.attachments.current().filter(begun_at__gte=deadline).exists():
        return False
    late = Q(changed_at__gte=deadline) | Q(answered_at__gte=deadline) | Q(removed_at__gte=deadline)
    partners = application.partners.filter(waits_in=None)
    if partners.filter(late | Q(named_at__gte=deadline) | Q(letters__begun_at__gte=deadline)).exists():
        return False
    return begun_before(application=application, deadline=deadline, now=now)


def _has_applied(application: Application, session: CallSession) -> bool:
    """Say whether the body has another live application in the window."""
    others = Application.objects.filter(
        organization=application.organization_id, session=session, status__in=FILED
    )
    return others.exclude(pk=application.pk).exists()


def _window_fault(call: Call, now: datetime) -> str:
    """Say that no window is open, since when, and when the next one opens."""
    sentences = []
    last = call.sessions.filter(closes_at__lte=now).order_by("closes_at").last()
    if last and call.status == Call.Status.PUBLISHED:
        sentences.append(
            _("The time for applying ended on %(end)s; this reached us on %(now)s.")
            % {"end": to_the_second(last.closes_at), "now": to_the_second(now)}
        )
    following = call.sessions.filter(opens_at__gt=now).order_by("opens_at").first()
    if following:
        opens_at = following.opens_at.astimezone(timezone.get_default_timezone())
        sentences.append(
            _("Applications are closed now: they open again on %(when)s.")
            % {"when": date_format(opens_at, "j F Y, H:i")}
        )
    else:
        sentences.append(_("Applications to this call are closed."))
    return " ".join(sentences)
