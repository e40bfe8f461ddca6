import hashlib
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from campaigns.models import Campaign
from donations import rules
from donations.models import Evidence

LARGEST_EVIDENCE_BYTES = 10 * 1024 * 1024


class EvidenceUnusable(Exception):
    """Say that a file is no PDF, JPEG or PNG, too large or empty, that it is another campaign's or has served already."""


@transaction.atomic
def keep_evidence(*, campaign: Campaign, upload: UploadedFile, by: User, now: datetime) -> Evidence:
    """Keep the file of a form that may still be wrong elsewhere, so that nobody uploads it twice. Raise EvidenceUnusable."""
    content = upload.read(LARGEST_EVIDENCE_BYTES + 1)
    kind = rules.file_kind(content)
    if not kind or len(content) > LARGEST_EVIDENCE_BYTES:
        raise EvidenceUnusable(upload.name)
    evidence = Evidence(
        campaign=campaign,
        name=(upload.name or kind)[-120:],
        kind=kind,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        kept_by=by,
        kept_at=now,
    )
    upload.seek(0)
    # Its own name on the disk says nothing about anybody.
    evidence.file.save(f"{evidence.public_id}.{kind}", upload, save=False)
    evidence.save()
    return evidence


def forget_evidence(*, evidence: Evidence, now: datetime) -> None:
    """Remove a file whose form was never finished; one that serves meanwhile stays."""
    with transaction.atomic():
        forgotten = (
            Evidence.objects.forgotten(now).filter(pk=evidence.pk).select_for_update(of=("self",)).first()
        )
        if forgotten is None:
            return
        forgotten.delete()
    # After the row: a file too many harms less than a proof without its file.
    forgotten.file.delete(save=False)


def is_unused(evidence: Evidence, campaign: Campaign) -> bool:
    """Say whether a file was sent for this campaign and proves nothing yet; the caller holds the campaign locked."""
    return Evidence.objects.unused().filter(pk=evidence.pk, campaign=campaign).exists()
