"""What keeps a published call from being amended: dates that move back, windows that are over, documents added late."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from calls.models import Call, DocumentRequirement
from calls.models.application import FILED
from calls.services.faults import Fault

Content = Mapping[str, Any]
TEXTS = ("summary", "text", "contact_email")


def amendment_faults(*, call: Call, before: Content, after: Content, now: datetime) -> list[Fault]:
    """Return what is wrong with an amendment at an instant; fields are named as the desk asks for them."""
    return [
        *_text_faults(after),
        *_window_faults(before["sessions"], after["sessions"], now),
        *_document_faults(call, before["documents"], after["documents"]),
    ]


def _text_faults(after: Content) -> list[Fault]:
    """Return texts that are missing or too long, and a contact that is no address."""
    faults = []
    others = [column.name for column in Call._meta.fields if column.name not in TEXTS]
    try:
        Call(**{name: after[name] for name in TEXTS}).clean_fields(exclude=others)
    except ValidationError as error:
        told = error.message_dict.items()
        faults = [Fault(name, words) for name, sentences in told for words in sentences]
    # The database sets no length for long texts, so a column does not check its own.
    most = Call._meta.get_field("summary").max_length
    if most and len(after["summary"]) > most:
        faults.append(
            Fault("summary", _("The summary is too long: %(most)s characters at most.") % {"most": most})
        )
    return faults


def _window_faults(before: list[Content], after: list[Content], now: datetime) -> list[Fault]:
    """Return windows that move back, that are over, or that overlap."""
    if [window["number"] for window in before] != [window["number"] for window in after]:
        return [Fault("", _("An amendment moves windows: it neither adds nor removes one."))]
    faults = [fault for old, new in zip(before, after, strict=True) for fault in _moved(old, new, now)]
    in_time = sorted(after, key=lambda window: _at(window, "opens_at"))
    for first, second in pairwise(in_time):
        if _at(second, "opens_at") < _at(first, "closes_at"):
            words = _(
                "Windows %(first)s and %(second)s overlap: the first must close before the second opens."
            )
            numbers = {"first": first["number"], "second": second["number"]}
            faults.append(Fault(f"closes_at_{first['number']}", words % numbers))
    return faults


def _moved(old: Content, new: Content, now: datetime) -> list[Fault]:
    """Return what is wrong with the way one window moves."""
    faults, number = [], old["number"]
    for name in ("opens_at", "closes_at"):
        if new[name] == old[name]:
            continue
        field = f"{name}_{number}"
        if _at(new, name) < _at(old, name):
            faults.append(Fault(field, _("A published date can only move to a later time.")))
        elif _at(old, name) <= now and name == "opens_at":
            faults.append(Fault(field, _("This window has opened: only its end can still move.")))
        elif _at(old, name) <= now:
            faults.append(Fault(field, _("This window has closed: it cannot be opened again.")))
    if not _at(new, "opens_at") < _at(new, "closes_at"):
        faults.append(Fault(f"closes_at_{number}", _("The window has to close after it opens.")))
    return faults


def _document_faults(call: Call, before: list[Content], after: list[Content]) -> list[Fault]:
    """Return documents without a name, named twice, or asked of those who have applied already."""
    names = [document["name"].strip() for document in after]
    faults = []
    for document in after:
        faults += _column_faults(document)
    if len(set(names)) < len(names):
        faults.append(Fault("documents", _("A document is listed twice: remove one.")))
    asked = {document["name"] for document in before if document["required"]}
    added = {document["name"] for document in after if document["required"]} - asked
    submitted = call.applications.filter(status__in=FILED)
    if added and submitted.exists():
        words = _(
            "Somebody has applied already without “%(names)s”: a document added now can only be optional."
        )
        faults.append(Fault("documents", words % {"names": ", ".join(sorted(added))}))
    return faults


def _column_faults(document: Content) -> list[Fault]:
    """Return what the columns of a document refuse."""
    try:
        DocumentRequirement(**document).clean_fields(exclude=["call"])
    except ValidationError as error:
        return [Fault("documents", f"{document['name']}: {words}") for words in error.messages]
    return []


def _at(window: Content, name: str) -> datetime:
    return datetime.fromisoformat(window[name])
