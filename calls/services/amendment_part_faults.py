"""What keeps the lists of a published call from being amended: what applications already use or have answered to."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from calls.models import (
    Application,
    Attachment,
    Call,
    Criterion,
    Declaration,
    DeclarationText,
    Upload,
)
from calls.models.amendment import PARTS, AmendablePart
from calls.services.faults import Fault
from calls.services.part_faults import declaration_faults, merit_faults

Content = Mapping[str, Any]
Entries = list[Mapping[str, Any]]
Status = Application.Status
DECIDED_OR_WAITING = (Status.SUBMITTED, Status.ADMITTED, Status.INADMISSIBLE)


def part_faults(*, call: Call, before: Content, after: Content) -> list[Fault]:
    """Return what is wrong with the lists of a call that an amendment changes, and only with those."""
    faults = []
    for part in PARTS:
        if part.key not in after or after[part.key] == before[part.key]:
            continue
        old, new = before[part.key], after[part.key]
        found = _entry_faults(call, part, old, new)
        faults += found or [*_use_faults(call, part, old, new), *OWN_FAULTS[part.key](call, old, new)]
    return faults


def _came_from(part: AmendablePart, entry: Content) -> str:
    """Return by what an entry was known before the amendment."""
    return str(entry.get("was", entry[part.identity]))


def _entry_faults(call: Call, part: AmendablePart, old: Entries, new: Entries) -> list[Fault]:
    """Return entries whose columns are refused, that stand twice, or that take the name of another."""
    model: Any = call._meta.get_field(part.relation).related_model
    faults, title = [], "title" if part.identity == "key" else "name"
    for entry in new:
        row = model(**{column: entry[column] for column in part.columns})
        try:
            row.clean_fields(exclude=["call"])
            row.validate_constraints(exclude=["call"])
        except ValidationError as error:
            faults += [Fault(part.key, f"{entry[title]}: {words}") for words in error.messages]
    names = [entry[part.identity].strip() for entry in new]
    origins = [_came_from(part, entry) for entry in new]
    if len(set(names)) < len(names) or len(set(origins)) < len(origins):
        faults.append(Fault(part.key, _("The same thing is listed twice: remove one.")))
    known = {entry[part.identity] for entry in old}
    for entry in new:
        if "was" in entry and (entry["was"] not in known or entry[part.identity] in known):
            words = _("“%(name)s” is what something else was called before: choose another name.")
            faults.append(Fault(part.key, words % {"name": entry[part.identity]}))
    return faults


def _use_faults(call: Call, part: AmendablePart, old: Entries, new: Entries) -> list[Fault]:
    """Return what would be removed although applications use it; a draft counts like one handed in."""
    kept = {_came_from(part, entry) for entry in new}
    gone = {entry[part.identity]: entry.get("title", entry.get("name")) for entry in old}
    gone = {name: title for name, title in gone.items() if name not in kept}
    used = USES[part.key](call, list(gone)) if gone else set()
    words = _("Applications use “%(names)s” already: it can be changed, but not removed.")
    names = ", ".join(sorted(str(gone[name]) for name in used))
    return [Fault(part.key, words % {"names": names})] if used else []


def _used_themes(call: Call, names: list[str]) -> set[str]:
    return set(call.applications.filter(theme__name__in=names).values_list("theme__name", flat=True))


def _used_documents(call: Call, names: list[str]) -> set[str]:
    """Return the documents that somebody has sent, replaced or begun to send."""
    sent = [
        rows.filter(requirement__call=call, requirement__name__in=names).values_list("requirement__name")
        for rows in (Attachment.objects, Upload.objects)
    ]
    return {name for (name,) in sent[0].union(sent[1])}


def _used_declarations(call: Call, keys: list[str]) -> set[str]:
    made = Declaration.objects.filter(application__call=call, key__in=keys)
    return set(made.values_list("key", flat=True))


def _late_faults(call: Call, key: str, names: list[str]) -> list[Fault]:
    """Return what would be asked of those who have applied already without it."""
    if not names or not call.applications.filter(status__in=DECIDED_OR_WAITING).exists():
        return []
    words = _("Somebody has applied already without “%(names)s”: what is added now can only be optional.")
    return [Fault(key, words % {"names": ", ".join(sorted(names))})]


def _theme_faults(call: Call, old: Entries, new: Entries) -> list[Fault]:
    return _as_faults_of("themes", merit_faults(call, bool(new), list(call.criteria.all())))


def _criterion_faults(call: Call, old: Entries, new: Entries) -> list[Fault]:
    """Return that criteria stay as they are once somebody was judged by them, or what is wrong with their points."""
    if call.versions.exists():
        words = _("Somebody has handed an application in: what is judged, and how, can no longer change.")
        return [Fault("criteria", words)]
    columns = next(part.columns for part in PARTS if part.key == "criteria")
    criteria = [Criterion(**{column: entry[column] for column in columns}) for entry in new]
    return _as_faults_of("criteria", merit_faults(call, True, criteria))


def _document_faults(call: Call, old: Entries, new: Entries) -> list[Fault]:
    required = {document["name"] for document in old if document["required"]}
    late = [
        document["name"]
        for document in new
        if document["required"] and document.get("was", document["name"]) not in required
    ]
    return _late_faults(call, "documents", late)


def _declaration_faults(call: Call, old: Entries, new: Entries) -> list[Fault]:
    required = {(one["key"], one["asked_of"]) for one in old if one["required"]}
    late = [one["title"] for one in new if one["required"] and (one["key"], one["asked_of"]) not in required]
    texts = [DeclarationText(**one) for one in new]
    faults = _as_faults_of("declarations", declaration_faults(call, texts))
    return [*_late_faults(call, "declarations", late), *faults]


def _as_faults_of(key: str, faults: list[Fault]) -> list[Fault]:
    """Return faults of a call's rows as faults of the amendment's list."""
    return [Fault(key, fault.words) for fault in faults]


#: Which of some entries applications use. Criteria are used by none before the first is handed in.
USES = {
    "themes": _used_themes,
    "criteria": lambda call, names: set(),
    "documents": _used_documents,
    "declarations": _used_declarations,
}
#: What else each list has to keep.
OWN_FAULTS = {
    "themes": _theme_faults,
    "criteria": _criterion_faults,
    "documents": _document_faults,
    "declarations": _declaration_faults,
}
