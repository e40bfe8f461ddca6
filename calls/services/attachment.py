"""Documents of an application: kept as soon as they have arrived, replaced and taken away while it is a draft."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from calls.models import Application, Attachment, DocumentRequirement, Opening, PartnerLetter, StepKey
from calls.services.application import ApplicationClosed
from calls.services.desk_writing import admit_hand
from civicfund.papers import Paper, examined

#: For how long an upload that was begun before a deadline still counts after it.
GRACE = timedelta(minutes=15)


class TooManyDocuments(Exception):
    """Say that an application carries as many files as it may."""


def keep_attachment(
    *,
    application: Application,
    requirement: DocumentRequirement,
    pieces: Iterable[bytes],
    name: str,
    by: User,
    now: datetime,
    replaces: Attachment | None = None,
    begun_at: datetime | None = None,
    public_id: uuid.UUID | None = None,
) -> Attachment:
    """Keep a document that has arrived, whatever is missing elsewhere; a repetition with the same number changes nothing.

    Raise Unusable with what is wrong with the file, TooManyDocuments, MayOnlyRead, or ApplicationClosed once it is
    handed in.
    """
    largest = settings.DOCUMENT_LARGEST_MB * 1024 * 1024
    with examined(pieces, name=name, largest_bytes=largest) as paper:
        return _store(
            paper,
            application=application,
            requirement=requirement,
            by=by,
            now=now,
            replaces=replaces,
            begun_at=begun_at or now,
            public_id=public_id or uuid.uuid4(),
        )


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User, now: datetime) -> Attachment:
    """Take a document away; it stays in the history. Raise ApplicationClosed where it can no longer be changed, MayOnlyRead.

    One that was handed in and whose place is open again is left out once the answer is handed in.
    """
    _application, opening = write_place(attachment.application_id, attachment.requirement_id, by, now)
    return _leave_out(attachment, opening, by, now)


@transaction.atomic
def restore_attachment(*, attachment: Attachment, by: User, now: datetime) -> Attachment:
    """Put a document back that was taken away. Raise as `remove_attachment` does, or TooManyDocuments."""
    application, opening = write_place(attachment.application_id, attachment.requirement_id, by, now)
    attachment = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if opening and attachment.is_current:
        opening.taken_away.remove(attachment)
        check_room(application, opening, more=0)
    elif attachment.removed_at is not None and attachment.waits_in == opening:
        check_room(application, opening)
        attachment.removed_at = attachment.removed_by = None
        attachment.save(update_fields=["removed_at", "removed_by"])
    return attachment


def begun_before(*, application: Application, deadline: datetime, now: datetime) -> bool:
    """Say whether a document that was on its way at a deadline came in after it, and the time it is given is not over."""
    if not deadline <= now < deadline + GRACE:
        return False
    late = {"begun_at__lt": deadline, "kept_at__gte": deadline, "kept_at__lt": deadline + GRACE}
    documents = Attachment.objects.current().filter(application=application, **late)
    letters = PartnerLetter.objects.current().filter(partner__application=application, **late)
    return documents.exists() or letters.exists()


def is_only_uploading(*, application: Application, now: datetime) -> bool:
    """Say whether a window has just closed while a document was on its way, so that what stood then may yet be handed in.

    Until that time is over a partner neither answers nor takes back: it would undo what stood at the deadline.
    """
    if application.status != Application.Status.DRAFT:
        return False
    closed = application.call.sessions.filter(closes_at__lte=now, closes_at__gt=now - GRACE)
    last = closed.order_by("closes_at").last()
    return last is not None and begun_before(application=application, deadline=last.closes_at, now=now)


def check_room(application: Application, opening: Opening | None = None, *, more: int = 1) -> None:
    """Raise TooManyDocuments when there is no room for `more` files; the caller holds the application locked."""
    files = Attachment.objects.filter(application=application)
    carried = files.carried_in(opening) if opening else files.current()
    if carried.count() + more > settings.DOCUMENTS_MOST:
        raise TooManyDocuments(application.public_id)


def lock_place(
    application_id: int, requirement_id: int | None, now: datetime, begun_at: datetime | None = None
) -> tuple[Application, Opening | None]:
    """Lock an application that takes files for one of its documents; return it with the opening they wait in, if any.

    A file that was begun in time may arrive a little later. Raise ApplicationClosed where nothing is taken.
    """
    application = Application.objects.select_for_update().get(pk=application_id)
    if application.status == Application.Status.DRAFT:
        return application, None
    openings = application.openings.standing().filter(documents=requirement_id or 0)
    opening = openings.filter(due_at__gt=now).first()
    if opening is None and begun_at is not None:
        opening = openings.filter(due_at__gt=max(begun_at, now - GRACE)).first()
    if application.status != Application.Status.SUBMITTED or opening is None:
        raise ApplicationClosed(application.public_id)
    return application, opening


def _leave_out(attachment: Attachment, opening: Opening | None, by: User, now: datetime) -> Attachment:
    """Take a document away, or out of the answer to come; the caller holds the application locked."""
    attachment = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if opening and not opening.documents.filter(pk=attachment.requirement_id).exists():
        raise ApplicationClosed(attachment.application_id)
    if opening and attachment.is_current:
        opening.taken_away.add(attachment)
    elif attachment.removed_at is None and attachment.waits_in == opening:
        attachment.removed_at, attachment.removed_by = now, by
        attachment.save(update_fields=["removed_at", "removed_by"])
    return attachment


def write_place(
    application_id: int, requirement_id: int, by: User, now: datetime, begun_at: datetime | None = None
) -> tuple[Application, Opening | None]:
    """Lock an application as `lock_place` does, for a person who writes it. Raise ApplicationClosed or MayOnlyRead."""
    application, opening = lock_place(application_id, requirement_id, now, begun_at)
    admit_hand(application=application, step=StepKey.DOCUMENTS, by=by, now=now)
    return application, opening


@transaction.atomic
def _store(
    paper: Paper,
    *,
    application: Application,
    requirement: DocumentRequirement,
    by: User,
    now: datetime,
    replaces: Attachment | None,
    begun_at: datetime,
    public_id: uuid.UUID,
) -> Attachment:
    """Write the file and its row."""
    application, opening = write_place(application.pk, requirement.pk, by, now, begun_at)
    known = Attachment.objects.filter(application=application, public_id=public_id).first()
    if known:
        return known
    if replaces and replaces.application_id == application.pk:
        _leave_out(replaces, opening, by, now)
    check_room(application, opening)
    attachment = Attachment(
        public_id=public_id,
        application=application,
        requirement=requirement,
        begun_at=begun_at,
        kept_at=now,
        kept_by=by,
        waits_in=opening,
    )
    attachment.take(paper, folder="documents")
    try:
        with transaction.atomic():
            attachment.save()
    except Exception:
        attachment.file.delete(save=False)
        raise
    return attachment
