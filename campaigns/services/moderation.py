"""Officers look at what is said on a campaign's page, hide it for a public reason, and show it again."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail_to_members, refuse_own_body
from campaigns.models import Moderated
from campaigns.pictures import put_away
from campaigns.services.row import RemarksMissing


class HiddenAlready(Exception):
    """Say that somebody has hidden it already."""


class NotHidden(Exception):
    """Say that it is not hidden, so there is nothing to show again."""


@transaction.atomic
def look_at_words(*, row: Moderated, by: User, now: datetime) -> Moderated:
    """Let something stand as it is, and take it from the list; a repetition changes nothing. Raise OwnBody."""
    row = _locked(row, by)
    if row.looked_at is None:
        row.looked_at, row.looked_by = now, by
        row.save(update_fields=["looked_at", "looked_by"])
    return row


@transaction.atomic
def hide_words(*, row: Moderated, reason: str, by: User, now: datetime) -> Moderated:
    """Hide something from everybody, who read the reason instead, and write to the promoter.

    Raise HiddenAlready, RemarksMissing, OwnBody.
    """
    if not reason.strip():
        raise RemarksMissing
    row = _locked(row, by)
    if row.is_hidden:
        raise HiddenAlready(row.pk)
    row.hidden_at, row.hidden_by, row.hidden_reason = now, by, reason.strip()
    row.looked_at, row.looked_by = now, by
    fields = ["hidden_at", "hidden_by", "hidden_reason", "looked_at", "looked_by"]
    pictured: Any = row
    if getattr(pictured, "image", None):
        # Whoever has kept the picture's address no longer finds it there.
        pictured.image = put_away(pictured.image)
        fields.append("image")
    row.save(update_fields=fields)
    _tell_promoter(row, "words_hidden", reason.strip(), now)
    return row


@transaction.atomic
def show_words(*, row: Moderated, reason: str, by: User, now: datetime) -> Moderated:
    """Show something again and write to the promoter why. Raise NotHidden, RemarksMissing, OwnBody."""
    if not reason.strip():
        raise RemarksMissing
    row = _locked(row, by)
    if not row.is_hidden:
        raise NotHidden(row.pk)
    row.hidden_at, row.hidden_by, row.hidden_reason = None, None, ""
    row.looked_at, row.looked_by = now, by
    row.save(update_fields=["hidden_at", "hidden_by", "hidden_reason", "looked_at", "looked_by"])
    _tell_promoter(row, "words_shown", reason.strip(), now)
    return row


def _locked(row: Moderated, by: User) -> Any:
    """Return a row locked and read anew. Raise OwnBody for an officer of the promoter."""
    refuse_own_body(row.organization, by)
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def _tell_promoter(row: Any, template: str, reason: str, now: datetime) -> None:
    """Write to the members of the promoter what was hidden or shown, and why."""
    campaign = row.campaign
    queue_mail_to_members(
        organization=campaign.organization,
        key=f"{template}:{row._meta.model_name}:{row.pk}:{now.timestamp():.0f}",
        topic=campaign.call.mail_topic,
        template=template,
        context={"campaign": campaign, "words": row, "kind": row._meta.verbose_name, "reason": reason},
        now=now,
    )
