"""What an amendment changes, in the public's words."""

from collections.abc import Mapping
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from calls.models import Amendment, Call, DeclarationText
from calls.models.amendment import PARTS, content_of
from civicfund.templatetags.clock import moment, until
from civicfund.templatetags.money import percent

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
    for key, label, line_of in LISTS:
        # Earlier amendments speak of fewer lists.
        if key in before and key in after:
            old, new = ([line_of(entry) for entry in content[key]] for content in (before, after))
            found.append(Difference(str(label), *changed_lines(old, new)))
    return [difference for difference in found if difference.before != difference.after]


def content_before(amendment: Amendment, call: Call) -> dict[str, Any]:
    """Return all that a call said before an amendment; of what no amendment speaks, it says the same today."""
    later = call.amendments.in_force().filter(version__gte=amendment.version)
    contents = [*(one.before for one in later), content_of(call)]
    lists = {part.key: next(one[part.key] for one in contents if part.key in one) for part in PARTS}
    return {**amendment.before, **lists}


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


def _name(entry: Content) -> str:
    """Return a theme."""
    return str(entry["name"])


def _document(document: Content) -> str:
    """Return what a document is, and whether it is required."""
    name = document["name"] if document["required"] else f"{document['name']} {_('(optional)')}"
    return f"{name}: {document['description']}" if document["description"] else name


def _criterion(criterion: Content) -> str:
    """Return what is scored and how its points count."""
    points = _("%(most)s points, %(least)s needed, counting for %(weight)s") % {
        "most": criterion["max_points"],
        "least": criterion["min_points"],
        "weight": percent(criterion["weight_bp"]),
    }
    name = f"{criterion['name']} ({points})"
    return f"{name}: {criterion['description']}" if criterion["description"] else name


def _declaration(declared: Content) -> str:
    """Return a declaration in both languages, and of whom it is asked."""
    asked = [str(DeclarationText.AskedOf(declared["asked_of"]).label)]
    if not declared["required"]:
        asked.append(pgettext("declaration", "optional"))
    words = [f"{declared['title']} ({', '.join(asked)}): {declared['text']}"]
    if declared["text_en"]:
        words.append(f"{declared['title_en']}: {declared['text_en']}")
    return " / ".join(words)


def _at(window: Content, name: str) -> datetime:
    return datetime.fromisoformat(window[name])


#: The lists of a call that an amendment may change: key, name, and a line per entry.
LISTS = (
    ("themes", gettext_lazy("Themes"), _name),
    ("criteria", gettext_lazy("How projects are judged"), _criterion),
    ("documents", gettext_lazy("Documents to have ready"), _document),
    ("declarations", gettext_lazy("What is declared"), _declaration),
)
