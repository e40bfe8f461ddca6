"""Opening some parts of an application that was handed in, writing in them, and closing them again."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from accounts.models import User
from calls.models import Application, DocumentRequirement, Opening, OpeningStep, Presence
from calls.openable import STEP_OF, open_values
from calls.services.application import ApplicationClosed
from calls.services.desk_writing import MayOnlyRead
from calls.services.writing import StaleStep


class OpeningOver(ApplicationClosed):
    """Say that what was open is closed again: its time is over, or it was called off or answered."""


class OpeningStands(Exception):
    """Say that something of the application is open already."""


class NothingOpened(Exception):
    """Say that nothing is to be opened."""


class NotOpened(Exception):
    """Say that a part is not among those that are open; carry the names of the parts."""


@transaction.atomic
def open_application(
    *,
    application: Application,
    fields: Collection[str],
    documents: Iterable[DocumentRequirement],
    due_at: datetime,
    now: datetime,
) -> Opening:
    """Open parts of an application to its body until `due_at`, exclusive; what was handed in stays as it is.

    Raise NothingOpened, NotOpened for a part that can never be opened, OpeningStands, and ApplicationClosed unless the
    application waits for its decision. Source: L. 241/1990 art. 6.
    """
    application = Application.objects.select_for_update().get(pk=application.pk)
    wanted = [one for one in documents if one.call_id == application.call_id]
    if application.status != Application.Status.SUBMITTED:
        raise ApplicationClosed(application.public_id)
    if not fields and not wanted:
        raise NothingOpened(application.public_id)
    if unknown := set(fields) - set(STEP_OF):
        raise NotOpened(unknown)
    if application.openings.standing().exists():
        raise OpeningStands(application.public_id)
    opening = Opening.objects.create(
        application=application,
        fields=[key for key in STEP_OF if key in fields],
        opened_at=now,
        due_at=due_at,
    )
    opening.documents.set(wanted)
    return opening


@transaction.atomic
def save_opened_step(
    *,
    opening: Opening,
    key: str,
    values: Mapping[str, Any],
    texts: Mapping[str, list[str]],
    by: User,
    now: datetime,
    version: int | None = None,
    page: str = "",
    unfinished: Mapping[str, list[str]] | None = None,
) -> OpeningStep:
    """Store what was written of an open step until the answer is handed in; nothing that was handed in changes.

    `version` and `page` as in `save_step`. Raise NotOpened for anything that is not open, StaleStep, MayOnlyRead, and
    OpeningOver from the instant on at which the time is over.
    """
    opening = lock_opening(opening)
    if not opening.is_open(now):
        raise OpeningOver(opening.pk)
    if not Application.objects.writable_by(by).filter(pk=opening.application_id).exists():
        raise MayOnlyRead(by)
    names = open_values(opening.fields, key)
    if not names or set(values) - names:
        raise NotOpened(set(values) - names)
    saved, _created = OpeningStep.objects.select_related("saved_by").get_or_create(
        opening=opening, key=key, defaults={"saved_at": now, "saved_by": by}
    )
    is_same_page = bool(page) and saved.page == page
    if version is not None and saved.version != version and not is_same_page:
        raise StaleStep(saved)
    saved.version += 1
    saved.page = page
    saved.values = {name: _plain(value) for name, value in values.items()}
    saved.texts, saved.unfinished = dict(texts), dict(unfinished or {})
    saved.saved_at, saved.saved_by = now, by
    saved.save()
    overtaken = Presence.objects.filter(application=opening.application_id, user=by, key=key)
    overtaken.update(overtaken={})
    return saved


@transaction.atomic
def close_opening(*, opening: Opening, now: datetime) -> Opening:
    """Close what is open without an answer: what was written there never counts. A repetition changes nothing."""
    opening = lock_opening(opening)
    if opening.closed_at is None:
        opening.closed_at = now
        opening.save(update_fields=["closed_at"])
    return opening


def close_openings(*, application: Application, now: datetime) -> None:
    """Close what is open of an application that its body takes out of the office's hands; the caller holds it locked."""
    application.openings.standing().update(closed_at=now)


def lock_opening(opening: Opening) -> Opening:
    """Lock an opening, its application first, and return it as it is now."""
    Application.objects.select_for_update().get(pk=opening.application_id)
    return Opening.objects.select_related("application__call").get(pk=opening.pk)


def _plain(value: Any) -> Any:
    """Return a value as JSON keeps it."""
    return value.pk if isinstance(value, models.Model) else value
