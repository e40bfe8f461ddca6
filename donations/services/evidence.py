from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from campaigns.models import Campaign
from civicfund.papers import Paper, Unusable, examined
from donations.models import Evidence

LARGEST_EVIDENCE_BYTES = 10 * 1024 * 1024


class EvidenceUnusable(Exception):
    """Say, in the reader's language, why a file cannot be taken; or that it is another campaign's or has served already."""


def keep_evidence(*, campaign: Campaign, upload: UploadedFile, by: User, now: datetime) -> Evidence:
    """Keep the file of a form that may still be wrong elsewhere, so that nobody uploads it twice. Raise EvidenceUnusable."""
    name = upload.name or ""
    try:
        with examined(upload.chunks(), name=name, largest_bytes=LARGEST_EVIDENCE_BYTES) as paper:
            return _store(paper, campaign=campaign, by=by, now=now)
    except Unusable as refusal:
        raise EvidenceUnusable(str(refusal)) from refusal


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


@transaction.atomic
def _store(paper: Paper, *, campaign: Campaign, by: User, now: datetime) -> Evidence:
    """Write the harmless copy and its row."""
    evidence = Evidence(
        campaign=campaign,
        name=paper.name,
        kind=paper.kind,
        size_bytes=paper.size_bytes,
        sha256=paper.came_sha256,
        kept_by=by,
        kept_at=now,
    )
    # Its own name on the disk says nothing about anybody.
    evidence.file.save(f"{evidence.public_id}.{paper.kind}", paper.file, save=False)
    evidence.save()
    return evidence
