"""Documents of an application: kept as soon as they have arrived, replaced and taken away while it is a draft."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from calls.models import Application, Attachment, DocumentRequirement, PartnerLetter, StepKey
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
    """Take a document away from a draft; it stays in the history. Raise ApplicationClosed or MayOnlyRead."""
    write_documents(attachment.application_id, by, now)
    attachment = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if attachment.is_current:
        attachment.removed_at, attachment.removed_by = now, by
        attachment.save(update_fields=["removed_at", "removed_by"])
    return attachment


@transaction.atomic
def restore_attachment(*, attachment: Attachment, by: User, now: datetime) -> Attachment:
    """Put a document back that was taken away. Raise ApplicationClosed, MayOnlyRead or TooManyDocuments."""
    application = write_documents(attachment.application_id, by, now)
    attachment = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if not attachment.is_current:
        check_room(application)
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


def check_room(application: Application) -> None:
    """Raise TooManyDocuments when an application carries as many files as it may; the caller holds it locked."""
    if Attachment.objects.current().filter(application=application).count() >= settings.DOCUMENTS_MOST:
        raise TooManyDocuments(application.public_id)


def draft_of(application_id: int) -> Application:
    """Lock an application and return it. Raise ApplicationClosed if it is no draft."""
    application = Application.objects.select_for_update().get(pk=application_id)
    if application.status != Application.Status.DRAFT:
        raise ApplicationClosed(application.public_id)
    return application


def write_documents(application_id: int, by: User, now: datetime) -> Application:
    """Lock a draft whose documents a person changes, and return it. Raise ApplicationClosed or MayOnlyRead."""
    application = draft_of(application_id)
    admit_hand(application=application, step=StepKey.DOCUMENTS, by=by, now=now)
    return application


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
    application = write_documents(application.pk, by, now)
    known = Attachment.objects.filter(application=application, public_id=public_id).first()
    if known:
        return known
    if replaces and replaces.application_id == application.pk:
        remove_attachment(attachment=replaces, by=by, now=now)
    check_room(application)
    attachment = Attachment(
        public_id=public_id,
        application=application,
        requirement=requirement,
        begun_at=begun_at,
        kept_at=now,
        kept_by=by,
    )
    attachment.take(paper, folder="documents")
    try:
        with transaction.atomic():
            attachment.save()
    except Exception:
        attachment.file.delete(save=False)
        raise
    return attachment
