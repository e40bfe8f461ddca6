"""What a promoter shows beside the story: pictures, a video, documents."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from campaigns import rules
from campaigns.models import Campaign, GalleryItem
from campaigns.pictures import keep_variants, prepared, put_away
from campaigns.videos import player_of
from civicfund.papers import Unusable, examined

Kind = GalleryItem.Kind


class GalleryClosed(Exception):
    """Say that nothing is added to a campaign in its present state."""


class GalleryFull(Exception):
    """Say that a campaign shows as many of a kind as it may."""


class VideoUnknown(Exception):
    """Say that a video's address is none of a host whose player is allowed here."""


class DocumentUnusable(Exception):
    """Say, in the reader's language, why a document cannot be taken."""


def show_picture(
    *, campaign: Campaign, image: ContentFile, words: str, by: User, now: datetime
) -> GalleryItem:
    """Add a picture, washed by the form, in every size. Raise GalleryClosed, GalleryFull."""
    variants = prepared(image)
    item = _add(campaign, Kind.PICTURE, words, by, now, image=image)
    keep_variants(item.image.storage, str(item.image.name), variants)
    return item


def show_video(*, campaign: Campaign, address: str, words: str, by: User, now: datetime) -> GalleryItem:
    """Add a video by its address; nothing is asked of its host. Raise VideoUnknown, GalleryClosed, GalleryFull."""
    if player_of(address, settings.VIDEO_HOSTS) is None:
        raise VideoUnknown(address)
    return _add(campaign, Kind.VIDEO, words, by, now, address=address)


def show_document(
    *, campaign: Campaign, upload: UploadedFile, words: str, by: User, now: datetime
) -> GalleryItem:
    """Add a PDF, made harmless. Raise DocumentUnusable, GalleryClosed, GalleryFull."""
    largest = settings.DOCUMENT_LARGEST_MB * 1024 * 1024
    try:
        with examined(upload.chunks(), name=upload.name or "", largest_bytes=largest) as paper:
            if paper.kind != "pdf":
                raise DocumentUnusable
            file = ContentFile(paper.file.read(), name=f"{uuid.uuid4()}.pdf")
            return _add(
                campaign,
                Kind.DOCUMENT,
                words,
                by,
                now,
                file=file,
                file_name=paper.name,
                file_bytes=paper.size_bytes,
            )
    except Unusable as refusal:
        raise DocumentUnusable(str(refusal)) from refusal


@transaction.atomic
def take_away(*, item: GalleryItem, now: datetime) -> None:
    """Show something no longer, not even at a picture's own address. A repetition changes nothing.

    The row stays, as what readers reported about it does.
    """
    item = GalleryItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if item.removed_at is None:
        item.removed_at = now
        item.image = put_away(item.image)
        item.save(update_fields=["removed_at", "image"])


@transaction.atomic
def _add(
    campaign: Campaign, kind: GalleryItem.Kind, words: str, by: User, now: datetime, **what: Any
) -> GalleryItem:
    """Write the row of something that is shown."""
    # Two that come at once wait here, so that both are counted.
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if not rules.may_show(status=campaign.status):
        raise GalleryClosed(campaign.slug)
    if campaign.gallery.kept().filter(kind=kind).count() >= GalleryItem.MOST[kind]:
        raise GalleryFull(kind)
    return GalleryItem.objects.create(
        campaign=campaign, kind=kind, words=words.strip(), added_at=now, added_by=by, **what
    )
