"""What is typed into a step, as texts: what a browser sends, what is stored, and where two people's texts differ."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

from calls.forms.fields import shown_amount

#: Field name to the texts of all inputs of that name, in the order of the page.
Texts = dict[str, list[str]]


class Group(NamedTuple):
    """Inputs that two people's texts are compared by: one field, or all columns of a table."""

    name: str
    label: str
    names: list[str]
    #: How stored keys are read aloud.
    words: Mapping[str, Any] = {}


class Difference(NamedTuple):
    """What two people have written differently, to be read side by side."""

    name: str
    label: str
    mine: list[str]
    theirs: list[str]


def texts_of(data: Any, names: list[str]) -> Texts:
    """Return what a browser sent for some inputs, without what PostgreSQL cannot store."""
    return {name: [text.replace("\0", "") for text in data.getlist(name)] for name in names}


def text_of(value: Any) -> str:
    """Return a stored value as a person would type it."""
    if value is None:
        return ""
    return str(getattr(value, "pk", value))


def amount_of(cents: int | None) -> str:
    """Return cents as a person would type them."""
    return "" if cents is None else shown_amount(cents)


def differences(mine: Texts, theirs: Texts, groups: list[Group]) -> list[Difference]:
    """Return what two people have written differently, whatever their browsers make of line ends and empty rows."""
    found = []
    for group in groups:
        ours, others = _lines(mine, group), _lines(theirs, group)
        if ours != others:
            found.append(Difference(group.name, str(group.label), ours, others))
    return found


def choose_theirs(mine: Texts, theirs: Texts, groups: list[Group], chosen: Any) -> Texts:
    """Return one person's texts with those of the other person where a choice (`keep_<name>`) says so."""
    names = {name for group in groups if chosen.get(f"keep_{group.name}") == "theirs" for name in group.names}
    return {**mine, **{name: theirs.get(name, []) for name in names}}


def _lines(texts: Texts, group: Group) -> list[str]:
    """Return one line for each row of some inputs, without what does not show."""
    rows = zip_longest(*(texts.get(name, []) for name in group.names), fillvalue="")
    lines = [
        " · ".join(str(group.words.get(part, part)) for part in map(_plain, row) if part) for row in rows
    ]
    return [line for line in lines if line]


def _plain(text: str) -> str:
    """Return a text with the line ends of this machine."""
    return "\n".join(text.splitlines()).strip()
