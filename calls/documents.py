"""What the page of documents shows, slot by slot."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from calls.forms import AttachmentForm
from calls.models import Application, Attachment, DocumentRequirement, Upload
from calls.services import ApplicationClosed, OpeningOver, TooManyDocuments

TAKEN_OUT = {
    "script": lambda: _("programs"),
    "action": lambda: _("commands"),
    "form": lambda: _("forms that send themselves"),
    "attachment": lambda: _("attached files"),
    "media": lambda: _("films and sounds"),
    "place": lambda: _("hidden data, such as the place of the photograph"),
}


@dataclass
class Slot:
    """One document the call asks for, with the files that are there for it."""

    requirement: DocumentRequirement
    files: list[Attachment] = field(default_factory=list)
    removed: list[Attachment] = field(default_factory=list)
    unfinished: list[Upload] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    #: The number of the file that a refused one was to replace.
    replacing: str = ""


def document_slots(application: Application, user: User, form: AttachmentForm | None) -> list[Slot]:
    """Return the documents of an application in the order of its call, and beside which one something went wrong."""
    opening = application.opening
    asked_for = opening.documents if opening else application.call.document_requirements
    slots = {asked.pk: Slot(asked) for asked in asked_for.all()}
    for one in _known_files(application):
        one.lost = ", ".join(TAKEN_OUT[word]() for word in one.taken_out.split())
        if one.requirement_id in slots:
            slot = slots[one.requirement_id]
            (slot.files if one.is_there else slot.removed).append(one)
    for upload in application.uploads.filter(begun_by=user, requirement__in=slots):
        slots[upload.requirement_id].unfinished.append(upload)
    sent_for = form.data.get("requirement", "") if form else ""
    for slot in slots.values():
        if form and sent_for == str(slot.requirement.pk):
            slot.errors = [words for found in form.errors.values() for words in found]
            wanted = form.data.get("replaces", "")
            slot.replacing = wanted if wanted in {str(one.public_id) for one in slot.files} else ""
    return list(slots.values())


def _known_files(application: Application) -> Iterator[Attachment]:
    """Yield the files of an application, each with whether it is there; in an opening, as they will be with the answer."""
    opening = application.opening
    gone = {one.pk for one in opening.taken_away.all()} if opening else set()
    for one in application.attachments.all():
        one.is_there = one.removed_at is None and one.pk not in gone
        if (opening is None and one.waits_in_id is None) or (
            opening and (one.waits_in_id == opening.pk or one.is_current)
        ):
            yield one


def words_of(refusal: Exception) -> str:
    """Return what a person is told when a file is not taken."""
    if isinstance(refusal, TooManyDocuments):
        most = {"most": settings.DOCUMENTS_MOST}
        return _("An application carries at most %(most)s files: take one away first.") % most
    if isinstance(refusal, OpeningOver):
        return _("The time for the answer is over: nothing can be changed any more.")
    if isinstance(refusal, ApplicationClosed):
        return _("A submitted application can no longer be changed.")
    return str(refusal)
