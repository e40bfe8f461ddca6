"""What a promoter tells of a campaign: written, published, put right, thrown away before anybody has read it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from campaigns import rules
from campaigns.models import Campaign, CampaignUpdate, EarlierText
from campaigns.pictures import keep_variants, prepared, throw_away

Status = CampaignUpdate.Status
#: What everybody reads of an update; a change of it is a correction.
READ = ("title", "text", "image", "image_alt")


class UpdatesOver(Exception):
    """Say that nothing can be told about a campaign in its present state."""


class UpdatePublished(Exception):
    """Say that an update has been published: it can be corrected, not thrown away."""


@transaction.atomic
def write_update(
    *,
    campaign: Campaign,
    by: User,
    now: datetime,
    title: str,
    text: str,
    image: Any = "",
    image_alt: str = "",
) -> CampaignUpdate:
    """Write a draft that only the promoter's members read. Raise UpdatesOver."""
    # Two drafts at once would take the same number.
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    _refuse_when_over(campaign, now)
    last = campaign.updates.aggregate(last=Max("number"))["last"] or 0
    words = {"title": title.strip(), "text": text.strip(), "image": image, "image_alt": image_alt.strip()}
    variants = prepared(image)
    update = CampaignUpdate.objects.create(
        campaign=campaign, number=last + 1, written_at=now, written_by=by, **words
    )
    keep_variants(update.image.storage, str(update.image.name), variants)
    return update


@transaction.atomic
def edit_update(*, update: CampaignUpdate, by: User, now: datetime, **words: Any) -> CampaignUpdate:
    """Change an update; once it is published the earlier text is kept and shown, and an officer looks at it again.

    What is published can be put right in every state of the campaign.
    """
    update = CampaignUpdate.objects.select_for_update(of=("self",)).get(pk=update.pk)
    words = {name: value.strip() if isinstance(value, str) else value for name, value in words.items()}
    changed = {name: value for name, value in words.items() if value != getattr(update, name)}
    if not changed:
        return update
    if update.status == Status.PUBLISHED:
        # What was hidden never comes back beside its correction.
        if changed.keys() & {"title", "text"} and not update.is_hidden:
            EarlierText.objects.create(
                update=update, title=update.title, text=update.text, replaced_at=now, replaced_by=by
            )
        changed |= {"corrected_at": now, "looked_at": None, "looked_by": None}
    variants = prepared(changed.get("image"))
    for name, value in changed.items():
        setattr(update, name, value)
    update.save(update_fields=list(changed))
    keep_variants(update.image.storage, str(update.image.name), variants)
    return update


@transaction.atomic
def publish_update(*, update: CampaignUpdate, now: datetime) -> CampaignUpdate:
    """Show a draft to everybody, and let followers have it by mail half an hour later; a repetition changes nothing.

    Raise UpdatesOver.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=update.campaign_id)
    update = CampaignUpdate.objects.select_for_update(of=("self",)).get(pk=update.pk)
    if update.status == Status.DRAFT:
        _refuse_when_over(campaign, now)
        update.status, update.published_at = Status.PUBLISHED, now
        update.save(update_fields=["status", "published_at"])
    return update


@transaction.atomic
def discard_update(*, update: CampaignUpdate) -> None:
    """Throw a draft away, its picture too. Raise UpdatePublished for what others may have read."""
    update = CampaignUpdate.objects.select_for_update(of=("self",)).get(pk=update.pk)
    if update.status != Status.DRAFT:
        raise UpdatePublished(update.pk)
    if update.image:
        throw_away(update.image)
    update.delete()


def _refuse_when_over(campaign: Campaign, now: datetime) -> None:
    """Raise UpdatesOver where the promoter has no word now."""
    if not rules.may_tell(status=campaign.status, settled_at=campaign.settled_at, now=now):
        raise UpdatesOver(campaign.slug)
