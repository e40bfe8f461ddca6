"""A document that arrives in pieces: begun, gone on with after any interruption, finished or given up.

Each piece is a file of its own in the private storage, named by its offset, since object stores cannot append. It is
stored before its row says so: what a crash left is replaced when the piece is sent again.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import User
from calls.models import Application, Attachment, DocumentRequirement, PartnerLetter, Upload
from calls.services.attachment import TooManyDocuments, check_room, keep_attachment, lock_place
from calls.services.partner import lock_partner
from calls.services.partner_letter import keep_letter
from civicfund.papers import Unusable, private_files
from civicfund.papers.examination import empty, too_large

FOLDER = "uploads"


class WrongOffset(Exception):
    """Say that a piece does not begin where the last one ended; carry how many bytes have arrived."""

    def __init__(self, received_bytes: int) -> None:
        super().__init__(received_bytes)
        self.received_bytes = received_bytes


@transaction.atomic
def begin_upload(
    *,
    application: Application,
    requirement: DocumentRequirement,
    name: str,
    size_bytes: int,
    mark: str,
    by: User,
    now: datetime,
    replaces: Attachment | None = None,
) -> Upload:
    """Return the upload of a file, begun now or earlier. Raise Unusable, TooManyDocuments or ApplicationClosed."""
    if size_bytes > settings.DOCUMENT_LARGEST_MB * 1024 * 1024:
        raise Unusable(too_large(settings.DOCUMENT_LARGEST_MB * 1024 * 1024))
    if size_bytes < 1:
        raise Unusable(empty())
    application, opening = lock_place(application.pk, requirement.pk, now)
    known = application.uploads.filter(requirement=requirement, begun_by=by, mark=mark).first()
    if known and known.size_bytes == size_bytes:
        return known
    if not replaces:
        check_room(application, opening)
    if application.uploads.count() >= settings.DOCUMENTS_MOST:
        raise TooManyDocuments(application.public_id)
    return Upload.objects.create(
        public_id=uuid.uuid4(),
        application=application,
        requirement=requirement,
        replaces=replaces,
        name=name[:255] or "documento",
        mark=mark,
        size_bytes=size_bytes,
        begun_at=now,
        begun_by=by,
        touched_at=now,
    )


@transaction.atomic
def append_piece(*, upload: Upload, offset: int, piece: bytes, now: datetime) -> Upload:
    """Add the next piece. Raise WrongOffset when it is another one, Unusable when more comes than was announced."""
    if upload.partner:
        lock_partner(upload.partner, now, upload.begun_at)
    else:
        lock_place(upload.application_id, upload.requirement_id, now, upload.begun_at)
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if offset != upload.received_bytes:
        raise WrongOffset(upload.received_bytes)
    if not piece or offset + len(piece) > upload.size_bytes:
        raise Unusable(too_large(settings.DOCUMENT_LARGEST_MB * 1024 * 1024))
    path = _path(upload, offset)
    if private_files().exists(path):
        private_files().delete(path)
    private_files().save(path, ContentFile(piece))
    upload.received_bytes += len(piece)
    upload.touched_at = now
    upload.save(update_fields=["received_bytes", "touched_at"])
    return upload


def finish_upload(*, upload: Upload, by: User | None, now: datetime) -> Attachment | PartnerLetter:
    """Keep the whole file. Raise WrongOffset while bytes are missing, Unusable when it cannot be taken, ApplicationClosed.

    `by` is nobody when a partner sends its signed letter by its own link.
    """
    if not upload.is_whole:
        raise WrongOffset(upload.received_bytes)
    try:
        kept = _kept(upload, by, now)
    except Unusable:
        drop_upload(upload=upload)
        raise
    drop_upload(upload=upload)
    return kept


def drop_upload(*, upload: Upload) -> None:
    """Give up an upload, or end one whose file is kept."""
    Upload.objects.filter(pk=upload.pk).delete()
    # After the row: a piece too many harms less than an upload without its pieces.
    _clear(upload)


def forget_upload(*, upload: Upload, now: datetime) -> None:
    """Remove an upload that nobody has gone on with; one that goes on meanwhile stays."""
    with transaction.atomic():
        forgotten = Upload.objects.forgotten(now).filter(pk=upload.pk).select_for_update().first()
        if forgotten is None:
            return
        forgotten.delete()
    _clear(upload)


def _kept(upload: Upload, by: User | None, now: datetime) -> Attachment | PartnerLetter:
    """Keep a whole upload as what it is to become."""
    arrived: dict[str, Any] = {
        "pieces": _pieces(upload),
        "name": upload.name,
        "now": now,
        "begun_at": upload.begun_at,
        "public_id": upload.public_id,
    }
    if upload.partner:
        return keep_letter(partner=upload.partner, by=by, **arrived)
    if upload.requirement is None or by is None:
        raise LookupError(upload.pk)
    return keep_attachment(
        application=upload.application,
        requirement=upload.requirement,
        by=by,
        replaces=upload.replaces,
        **arrived,
    )


def _path(upload: Upload, offset: int) -> str:
    """Return where a piece lies."""
    return f"{FOLDER}/{upload.public_id}/{offset}"


def _pieces(upload: Upload) -> Iterator[bytes]:
    """Read the pieces one behind the other."""
    offset = 0
    while offset < upload.size_bytes:
        with private_files().open(_path(upload, offset)) as piece:
            content = piece.read()
        yield content
        offset += len(content)


def _clear(upload: Upload) -> None:
    """Remove every piece of an upload, what a crash left included."""
    folder = f"{FOLDER}/{upload.public_id}"
    try:
        _folders, names = private_files().listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        private_files().delete(f"{folder}/{name}")
    private_files().delete(folder)
