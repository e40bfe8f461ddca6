"""What an amendment changes, in the public's words."""

from collections.abc import Mapping
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from calls.models import Amendment
from civicfund.templatetags.clock import moment, until

Content = Mapping[str, Any]


class Difference(NamedTuple):
    """One thing that changed: its name, and what stood there before and afterwards, a line or paragraph each."""

    label: str
    before: list[str]
    after: list[str]


def differences_of(amendment: Amendment) -> list[Difference]:
    """Return what an amendment changes, in the reader's language."""
    return differences(amendment.before, amendment.after)


def differences(before: Content, after: Content) -> list[Difference]:
    """Return what differs between two contents of a call; of a text, only the paragraphs that changed."""
    found = [
        Difference(_("Summary"), [before["summary"]], [after["summary"]]),
        Difference(_("Text of the call"), *_paragraphs(before["text"], after["text"])),
        Difference(_("Contact"), [before["contact_email"]], [after["contact_email"]]),
    ]
    for old, new in zip(before["sessions"], after["sessions"], strict=True):
        number = {"number": old["number"]}
        opens, closes = _("Window %(number)s opens") % number, _("Window %(number)s closes") % number
        found.append(Difference(opens, [moment(_at(old, "opens_at"))], [moment(_at(new, "opens_at"))]))
        found.append(Difference(closes, [until(_at(old, "closes_at"))], [until(_at(new, "closes_at"))]))
    documents = [_documents(content["documents"]) for content in (before, after)]
    found.append(Difference(_("Documents to have ready"), *documents))
    return [difference for difference in found if difference.before != difference.after]


def windows_of(content: Content) -> list[dict[str, Any]]:
    """Return the application windows of a content, with aware instants."""
    return [
        {
            "number": window["number"],
            "opens_at": _at(window, "opens_at"),
            "closes_at": _at(window, "closes_at"),
        }
        for window in content["sessions"]
    ]


def changed_lines(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines or paragraphs that only one of two lists has."""
    gone: list[str] = []
    come: list[str] = []
    for kind, first, last, begins, ends in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            gone += old[first:last]
            come += new[begins:ends]
    return gone, come


def _paragraphs(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the paragraphs that only one of two texts has."""
    old, new = ([part.strip() for part in text.split("\n") if part.strip()] for text in (before, after))
    return changed_lines(old, new)


def _documents(documents: list[Content]) -> list[str]:
    """Return a line per document."""
    lines = []
    for document in documents:
        name = document["name"] if document["required"] else f"{document['name']} {_('(optional)')}"
        lines.append(f"{name}: {document['description']}" if document["description"] else name)
    return lines


def _at(window: Content, name: str) -> datetime:
    return datetime.fromisoformat(window[name])
