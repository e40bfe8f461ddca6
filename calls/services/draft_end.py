"""Applications that were never handed in are removed, with everything somebody had written and uploaded."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from calls.models import Application, Attachment, Partner, PartnerLetter
from calls.services.upload import drop_upload
from civicfund.retention.rows import erase_each

#: For how long after its window has closed a draft is kept: the body may take it up for the next call.
DRAFT_KEPT = timedelta(days=365)


class HandedIn(Exception):
    """Say that an application was handed in, or that the office has written in it: it belongs to the procedure."""


def old_drafts(now: datetime) -> QuerySet[Application]:
    """Return the drafts of calls whose last window closed so long ago that nobody needs them."""
    return never_handed_in().exclude(call__sessions__closes_at__gte=now - DRAFT_KEPT)


def never_handed_in() -> QuerySet[Application]:
    """Return the drafts of which no version was ever handed in and that the office has not touched."""
    drafts = Application.objects.filter(status=Application.Status.DRAFT, versions=None, events=None)
    letters = PartnerLetter.objects.filter(partner__application=OuterRef("pk"))
    return drafts.filter(~Exists(letters), desk_writings=None)


@transaction.atomic
def forget_draft(*, application: Application) -> None:
    """Remove a draft with its parts and files. Raise HandedIn."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if not never_handed_in().filter(pk=locked.pk).exists():
        raise HandedIn(locked.pk)
    for upload in locked.uploads.all():
        drop_upload(upload=upload)
    files = [one.file for one in Attachment.objects.filter(application=locked)]
    Attachment.objects.filter(application=locked).delete()
    for partner in Partner.objects.filter(application=locked).order_by("-pk"):
        # One that took another's place goes first.
        partner.delete()
    locked.delete()
    transaction.on_commit(lambda: _remove(files))


def _remove(files: list[Any]) -> None:
    """Remove files after their rows: a file too many harms less than a row without its file."""
    for file in files:
        file.delete(save=False)


def forget_old_drafts(*, now: datetime) -> int:
    """Remove the drafts nobody needs any longer; return how many."""
    return erase_each(old_drafts(now)[:500], lambda application: forget_draft(application=application))
