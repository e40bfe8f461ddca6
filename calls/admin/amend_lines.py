"""The lists of a call that an amendment may change, asked for line by line: an emptied line is removed, a spare one adds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from calls.admin_fields import PercentField
from calls.declarations import free_key
from calls.models import Call, DeclarationText
from civicfund.money import FULL_BP

#: Empty lines beyond those that the call has.
SPARE = 2
Entry = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One thing asked of a line: its name in the content and in the fields, its label, and what an empty line holds."""

    name: str
    prefix: str
    label: Any
    make: Callable[..., forms.Field]
    empty: Any = ""
    help_text: Any = ""

    def field(self, line: int, entry: Entry) -> forms.Field:
        """Return the field of one line, filled in."""
        return self.make(
            label=self.label % line,
            help_text=self.help_text,
            required=False,
            initial=entry.get(self.name, self.empty),
        )


@dataclass
class Lines:
    """A list of the call: the first column says whether a line is there."""

    key: str
    title: Any
    columns: tuple[Column, ...]
    names: list[str] = field(default_factory=list)
    lines: range = range(0)

    def fields(self, listed: list[Entry]) -> dict[str, forms.Field]:
        """Return the fields of the lines there are, and of some spare ones."""
        self.lines = range(1, len(listed) + SPARE + 1)
        asked = {
            f"{column.prefix}_{line}": column.field(line, listed[line - 1] if line <= len(listed) else {})
            for line in self.lines
            for column in self.columns
        }
        self.names = list(asked)
        return asked

    def entries(self, values: dict[str, Any], listed: list[Entry]) -> list[Entry]:
        """Return the lines that are there, in the shape of the call's content."""
        typed = []
        for line in self.lines:
            old = listed[line - 1] if line <= len(listed) else None
            read = {
                column.name: _read(values[f"{column.prefix}_{line}"], column, old) for column in self.columns
            }
            if read[self.columns[0].name]:
                typed.append(self.known(read, old, [*listed, *typed]))
        return typed

    def known(self, entry: Entry, old: Entry | None, others: list[Entry]) -> Entry:
        """Return an entry that says what it was called before, if otherwise."""
        return {**entry, "was": old["name"]} if old and old["name"] != entry["name"] else entry


class DeclarationLines(Lines):
    """Declarations are known by a key that stays the same whatever their words are."""

    def known(self, entry: Entry, old: Entry | None, others: list[Entry]) -> Entry:
        """Return an entry with its key, a new one with one that is free."""
        return {
            "key": old["key"] if old else free_key(entry["title"], [one["key"] for one in others]),
            **entry,
        }


def one_kind_of_line_ends(text: str) -> str:
    """Return a text as it was typed at first: browsers send other line ends than files have."""
    return text.replace("\r\n", "\n").strip()


def _read(value: Any, column: Column, old: Entry | None) -> Any:
    """Return a value as the content has it: a text that was left alone as it stands, an empty number as in a new line."""
    if isinstance(value, str):
        stands = old[column.name] if old else ""
        typed = one_kind_of_line_ends(value)
        return stands if typed == one_kind_of_line_ends(stands) else typed
    return column.empty if value is None else value


def _text(most: int) -> Callable[..., forms.Field]:
    return lambda **words: forms.CharField(max_length=most, widget=UnfoldAdminTextInputWidget, **words)


def _long(**words: Any) -> forms.Field:
    return forms.CharField(max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), **words)


def _number(**words: Any) -> forms.Field:
    return forms.IntegerField(min_value=0, max_value=1000, widget=UnfoldAdminIntegerFieldWidget, **words)


def _tick(**words: Any) -> forms.Field:
    return forms.BooleanField(widget=UnfoldBooleanSwitchWidget, **words)


def _weight(**words: Any) -> forms.Field:
    return PercentField(least_bp=1, most_bp=10 * FULL_BP, **words)


def _asked_of(**words: Any) -> forms.Field:
    return forms.ChoiceField(choices=DeclarationText.AskedOf, widget=UnfoldAdminSelectWidget, **words)


GONE = _("Empty: it is no longer there. What applications use already cannot be removed.")
THEMES = (Column("name", "theme", _("Theme %s"), _text(120), help_text=GONE),)
CRITERIA = (
    Column("name", "criterion", _("Criterion %s"), _text(120), help_text=GONE),
    Column("description", "criterion_description", _("What criterion %s means"), _text(500)),
    Column("max_points", "criterion_most", _("Highest score of criterion %s"), _number, 0),
    Column("min_points", "criterion_least", _("Lowest score to pass of criterion %s"), _number, 0),
    Column("weight_bp", "criterion_weight", _("Weight of criterion %s (percent)"), _weight, FULL_BP),
)
DOCUMENTS = (
    Column("name", "document", _("Document %s"), _text(120), help_text=GONE),
    Column("description", "description", _("What document %s is"), _text(500)),
    Column("required", "required", _("Document %s is required"), _tick, True),
)
DECLARATIONS = (
    Column("title", "declaration", _("Title of declaration %s"), _text(120), help_text=GONE),
    Column("text", "declaration_text", _("Text of declaration %s"), _long),
    Column("title_en", "declaration_title_en", _("Title of declaration %s in English"), _text(120)),
    Column("text_en", "declaration_text_en", _("Text of declaration %s in English"), _long),
    Column(
        "asked_of",
        "declaration_of",
        _("Of whom declaration %s is asked"),
        _asked_of,
        DeclarationText.AskedOf.EVERYBODY.value,
    ),
    Column("required", "declaration_required", _("Declaration %s is required"), _tick, True),
)


def lists_of(call: Call) -> list[Lines]:
    """Return the lists of a call that may change; what is judged is fixed once somebody has handed in."""
    lists = [
        Lines("themes", _("Themes"), THEMES),
        Lines("criteria", _("What is judged"), CRITERIA),
        Lines("documents", _("Documents"), DOCUMENTS),
        DeclarationLines("declarations", _("Declarations"), DECLARATIONS),
    ]
    return [lines for lines in lists if lines.key != "criteria" or not call.versions.exists()]
