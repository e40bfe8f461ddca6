"""Files about bodies: kept as soon as they have arrived, harmless, where no address leads."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import Membership, Organization, OrganizationPaper, User
from accounts.services.members import NotAnOwner
from civicfund.papers import Paper, Unusable, examined

Purpose = OrganizationPaper.Purpose
LARGEST_BYTES = 10 * 1024 * 1024


class NotAPdf(Exception):
    """Say that a statute is no PDF."""


def keep_statute(
    *, organization: Organization, upload: UploadedFile, by: User, now: datetime
) -> OrganizationPaper:
    """Keep a body's statute; the earlier ones stay. Raise NotAnOwner, NotAPdf or Unusable."""
    owners = Membership.objects.filter(organization=organization, role=Membership.Role.OWNER)
    if not owners.filter(user=by).exists():
        raise NotAnOwner(by.pk)
    return _keep(organization, Purpose.STATUTE, upload, by, now)


def keep_proof(
    *, organization: Organization, upload: UploadedFile, by: User, now: datetime
) -> OrganizationPaper:
    """Keep the proof of a claim whose form may still be wrong elsewhere. Raise Unusable."""
    return _keep(organization, Purpose.PROOF, upload, by, now)


def forget_proof(*, paper: OrganizationPaper, now: datetime) -> None:
    """Remove a proof whose form was never finished; one that serves meanwhile stays."""
    with transaction.atomic():
        waiting = OrganizationPaper.objects.forgotten(now).filter(pk=paper.pk)
        forgotten = waiting.select_for_update(of=("self",)).first()
        if forgotten is None:
            return
        forgotten.delete()
    # After the row: a file too many harms less than a proof without its file.
    forgotten.file.delete(save=False)


def _keep(
    organization: Organization, purpose: Purpose, upload: UploadedFile, by: User, now: datetime
) -> OrganizationPaper:
    """Examine a file, make it harmless and keep it."""
    name = upload.name or ""
    with examined(upload.chunks(), name=name, largest_bytes=LARGEST_BYTES) as paper:
        if purpose == Purpose.STATUTE and paper.kind != OrganizationPaper.Kind.PDF:
            raise NotAPdf(paper.kind)
        return _store(organization, purpose, paper, by, now)


def _store(
    organization: Organization, purpose: Purpose, paper: Paper, by: User, now: datetime
) -> OrganizationPaper:
    """Write a harmless file and its row."""
    kept = OrganizationPaper(
        organization=organization,
        purpose=purpose,
        name=paper.name,
        kind=paper.kind,
        size_bytes=paper.size_bytes,
        sha256=paper.sha256,
        kept_by=by,
        kept_at=now,
    )
    # Its own name on the disk says nothing about anybody.
    kept.file.save(f"{kept.public_id}.{paper.kind}", paper.file, save=False)
    kept.save()
    return kept


__all__ = ["LARGEST_BYTES", "NotAPdf", "Unusable", "forget_proof", "keep_proof", "keep_statute"]
