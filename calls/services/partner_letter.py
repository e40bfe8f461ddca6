"""Signed letters of mandate: sent by the partner through its link or by the lead partner, kept like every document."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from calls.models import Partner, PartnerConsent, PartnerLetter, Upload
from calls.services.partner import lock_partner, lock_partner_for
from civicfund.papers import Paper, Unusable, examined
from civicfund.papers.examination import empty, too_large

#: Uploads of one partner's letter that may be under way, and letters it may send: whoever holds a link fills no disk.
MOST_UPLOADS = 3
MOST_LETTERS = 12


class LetterNotAsked(Exception):
    """Say that the call asks for no signed letter, or that the partner does not take part."""


class TooManyLetters(Exception):
    """Say that a partner's letter was sent, or begun to be sent, as often as it may be."""


def keep_letter(
    *,
    partner: Partner,
    pieces: Iterable[bytes],
    name: str,
    by: User | None,
    now: datetime,
    begun_at: datetime | None = None,
    public_id: uuid.UUID | None = None,
) -> PartnerLetter:
    """Keep a partner's signed letter in the place of the one before; a repetition with the same number changes nothing.

    `by` is nobody when the partner sends it by its own link. Raise Unusable with what is wrong with the file,
    LetterNotAsked, TooManyLetters, PartnerRemoved, MayOnlyRead, or ApplicationClosed once the application is handed in.
    """
    largest = settings.DOCUMENT_LARGEST_MB * 1024 * 1024
    with examined(pieces, name=name, largest_bytes=largest) as paper:
        return _store(paper, partner, by, now, begun_at or now, public_id or uuid.uuid4())


@transaction.atomic
def begin_letter_upload(
    *, partner: Partner, name: str, size_bytes: int, mark: str, by: User | None, now: datetime
) -> Upload:
    """Return the upload of a letter, begun now or earlier. Raise Unusable, and as `keep_letter` does."""
    if size_bytes > settings.DOCUMENT_LARGEST_MB * 1024 * 1024:
        raise Unusable(too_large(settings.DOCUMENT_LARGEST_MB * 1024 * 1024))
    if size_bytes < 1:
        raise Unusable(empty())
    partner = _lock(partner, by, now)
    known = partner.uploads.filter(begun_by=by, mark=mark).first()
    if known and known.size_bytes == size_bytes:
        return known
    _check_room(partner)
    if known or partner.uploads.count() >= MOST_UPLOADS:
        raise TooManyLetters(partner.public_id)
    return Upload.objects.create(
        public_id=uuid.uuid4(),
        application_id=partner.application_id,
        partner=partner,
        name=name[:255] or "mandato",
        mark=mark,
        size_bytes=size_bytes,
        begun_at=now,
        begun_by=by,
        touched_at=now,
    )


def _lock(partner: Partner, by: User | None, now: datetime, begun_at: datetime | None = None) -> Partner:
    """Lock a partner whose letter is asked for."""
    partner = lock_partner_for(partner, by, now, begun_at) if by else lock_partner(partner, now, begun_at)
    is_asked = partner.application.call.partner_letter == PartnerConsent.SIGNED
    if not is_asked or partner.status == Partner.Status.DECLINED:
        raise LetterNotAsked(partner.public_id)
    return partner


def _check_room(partner: Partner) -> None:
    """Raise TooManyLetters when a partner has sent as many as it may; the caller holds it locked."""
    if partner.letters.count() >= MOST_LETTERS:
        raise TooManyLetters(partner.public_id)


@transaction.atomic
def _store(
    paper: Paper,
    partner: Partner,
    by: User | None,
    now: datetime,
    begun_at: datetime,
    public_id: uuid.UUID,
) -> PartnerLetter:
    """Write the file and its row."""
    partner = _lock(partner, by, now, begun_at)
    known = PartnerLetter.objects.filter(partner=partner, public_id=public_id).first()
    if known:
        return known
    _check_room(partner)
    partner.letters.filter(replaced_at=None).update(replaced_at=now)
    letter = PartnerLetter(
        public_id=public_id,
        partner=partner,
        part_version=partner.version,
        begun_at=begun_at,
        kept_at=now,
        kept_by=by,
    )
    letter.take(paper, folder="letters")
    try:
        with transaction.atomic():
            letter.save()
    except Exception:
        letter.file.delete(save=False)
        raise
    return letter
