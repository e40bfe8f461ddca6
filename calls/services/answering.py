"""Handing in what was written in an opening: checked, applied and kept as a version, all at once or not at all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from accounts.models import User
from calls.content import Content, content_of, files_of
from calls.models import (
    Application,
    ApplicationVersion,
    Attachment,
    Call,
    Opening,
    PartnerLetter,
    Presence,
    StepKey,
)
from calls.openable import open_values
from calls.services.application_faults import application_faults
from calls.services.attachment import GRACE
from calls.services.desk_writing import MayOnlyRead
from calls.services.opening import OpeningOver, lock_opening
from calls.services.partner_opening import take_partners_in, tell_partners_out
from calls.services.shortcoming import Shortcoming
from calls.services.submission import ApplicationChanged, ApplicationRefused
from calls.services.version import digest_of, file_version
from calls.services.writing import write_step

#: The columns that `application_complete_once_submitted` asks for.
NEEDED = ("summary", "theme", "borough", "duration_months", "campaign_text")


class NothingAnswered(Exception):
    """Say that nothing of what is open has been changed."""


class Foreseen(NamedTuple):
    """What an application would be once the answer is handed in."""

    content: Content
    files: list[dict[str, Any]]
    faults: list[Shortcoming]
    digest: str


def foresee_answer(*, opening: Opening) -> Foreseen:
    """Return what the application would be with the answer as it is now: it is applied for real, and undone."""
    with transaction.atomic():
        # Neither who hands it in nor when shows in the content.
        application = _take_in(opening, opening.application.author, opening.opened_at)
        found = Foreseen(
            content_of(application),
            files_of(application),
            _faults(opening, application),
            digest_of(application),
        )
        transaction.set_rollback(True)
    return found


@transaction.atomic
def hand_in_answer(
    *, opening: Opening, by: User, now: datetime, read: str | None = None
) -> ApplicationVersion:
    """Apply what was written in an opening and keep the application as a version under its own protocol number.

    `read` is the fingerprint of what the person had before the eyes. Raise ApplicationRefused with what is wrong in the
    open parts, ApplicationChanged, NothingAnswered, OpeningOver, and MayOnlyRead for whoever does not write for the body.
    The instant `now` decides, half-open, but for a document that was on its way.
    """
    if not Application.objects.writable_by(by).filter(pk=opening.application_id).exists():
        raise MayOnlyRead(by)
    call = Call.objects.select_for_update().get(pk=opening.application.call_id)
    opening = lock_opening(opening)
    if not takes_answer_at(opening, now):
        raise OpeningOver(opening.pk)
    application = _take_in(opening, by, now)
    last = application.versions.latest("number")
    is_unread = any(saved.unfinished for saved in opening.steps.all())
    if not _is_changed(application, last) and not is_unread:
        raise NothingAnswered(opening.pk)
    if found := _faults(opening, application):
        raise ApplicationRefused(found)
    if read is not None and read != digest_of(application):
        raise ApplicationChanged(application.public_id)
    version = file_version(
        application=application,
        call=call,
        session=last.session,
        kind=ApplicationVersion.Kind.ANSWER,
        by=by,
        now=now,
    )
    opening.closed_at, opening.answer = now, version
    opening.save(update_fields=["closed_at", "answer"])
    tell_partners_out(opening, by, now)
    Presence.objects.filter(application=application).update(overtaken={})
    return version


def takes_answer_at(opening: Opening, now: datetime) -> bool:
    """Say whether an answer may be handed in: in time, or a little later when all that came late was on its way."""
    if opening.closed_at is not None:
        return False
    if now < opening.due_at:
        return True
    late = {"kept_at__gte": opening.due_at, "begun_at__lt": opening.due_at}
    documents = Attachment.objects.filter(waits_in=opening, removed_at=None, **late)
    letters = PartnerLetter.objects.current().filter(partner__waits_in=opening, **late)
    return now < opening.due_at + GRACE and (documents.exists() or letters.exists())


def _is_changed(application: Application, last: ApplicationVersion) -> bool:
    """Say whether an application says or carries something else than what was handed in last."""
    content = content_of(application)
    # What an older version does not know of yet is no change.
    differs = any(last.content[key] != content[key] for key in content if key in last.content)
    return differs or last.files != files_of(application)


def _take_in(opening: Opening, by: User, now: datetime) -> Application:
    """Write what waits in an opening into the application, and return it as it then is."""
    application = Application.objects.select_for_update().get(pk=opening.application_id)
    emptied: dict[str, Any] = {}
    for saved in opening.steps.all():
        values = _read(application, saved.values)
        lacking = _lacking(saved.key, values)
        emptied |= lacking
        write_step(
            application, saved.key, {name: values[name] for name in values if name not in lacking}, by, now
        )
    gone = Attachment.objects.filter(pk__in=opening.taken_away.values("pk"), removed_at=None)
    gone.update(removed_at=now, removed_by=by)
    Attachment.objects.filter(waits_in=opening, removed_at=None).update(waits_in=None)
    take_partners_in(opening, now)
    application = Application.objects.with_story().with_parts().get(pk=application.pk)
    application.opening = opening
    # What may not be missing is not stored empty: it is seen so, and refused.
    for name, value in emptied.items():
        setattr(application, *(("cost_cents", 0) if name == "rows" else (name, value)))
    return application


def _lacking(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a step is left empty although nothing that was handed in lacks it."""
    empty = {name: values[name] for name in NEEDED if name in values and not values[name]}
    if key == "budget" and "rows" in values and not sum(row["eligible_cents"] for row in values["rows"]):
        empty["rows"] = values["rows"]
    return empty


def _read(application: Application, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values as the writing service takes them."""
    read = dict(values)
    if "theme" in read:
        read["theme"] = application.call.themes.filter(pk=read["theme"]).first()
    if "supported" in read:
        read["supported"] = {int(offer): words for offer, words in read["supported"].items()}
    return read


def _faults(opening: Opening, application: Application) -> list[Shortcoming]:
    """Return what is wrong in the open parts; what is closed nobody could put right here."""
    found = application_faults(application, application.call)
    return [_placed(fault) for fault in found if _is_open(opening, fault)]


def _placed(fault: Shortcoming) -> Shortcoming:
    """Return a fault of the body's record where it is put right while that is open."""
    if fault.step == StepKey.PROJECT and fault.field == "organization":
        return Shortcoming(StepKey.ORGANIZATION, "", fault.words)
    return fault


def _is_open(opening: Opening, fault: Shortcoming) -> bool:
    """Say whether a fault lies in what is open."""
    if fault.step == StepKey.DOCUMENTS:
        return fault.field in {f"document_{document.pk}" for document in opening.documents.all()}
    if fault.step == StepKey.PROJECT and fault.field == "organization":
        return "organization" in opening.fields
    if fault.step == StepKey.PARTNERS:
        return "partners" in opening.fields
    names = open_values(opening.fields, fault.step)
    if fault.step == StepKey.DECLARATIONS:
        return bool(names)
    return fault.field in names or (bool(names) and not fault.field)
