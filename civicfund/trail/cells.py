"""What a list of the desk shows, as plain values: a column leaves as what it is, never as more than the page shows."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

from django.contrib.admin.utils import label_for_field
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.safestring import SafeData
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from civicfund.money import NotAnAmount, parse_euro
from civicfund.tables import Cents

#: What the desk writes where there is nothing.
EMPTY = ("–", "-")


@dataclass(frozen=True)
class Column:
    """A column of a list: its heading, and what it holds for a row."""

    heading: str
    value: Callable[[Any], Any]


def columns_of(model_admin: Any, request: HttpRequest) -> list[Column]:
    """Return the columns of a list, as this reader sees them."""
    names = [name for name in model_admin.get_list_display(request) if name != "action_checkbox"]
    return [Column(_heading(model_admin, name), _value_of(model_admin, name)) for name in names]


def _heading(model_admin: Any, name: Any) -> str:
    """Return a column's heading."""
    return str(capfirst(label_for_field(name, model_admin.model, model_admin)))


def _value_of(model_admin: Any, name: Any) -> Callable[[Any], Any]:
    """Return what reads a column of a row."""
    shown = name if callable(name) else getattr(model_admin, name, None)
    if name == "__str__":
        return str
    if shown is not None:
        typed = getattr(shown, "typed", None)
        read = typed or (lambda row: _of_display(shown, shown(row)))
        return lambda row: plain(read(row))
    try:
        field = model_admin.opts.get_field(name)
    except FieldDoesNotExist:
        return lambda row: plain(_attribute(row, name))
    return lambda row: plain(_of_field(field, row))


def _of_field(field: Any, row: Any) -> Any:
    """Return the value of a field: a choice by its name, another row by its own, an amount as one."""
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    value = getattr(row, field.name)
    if field.is_relation:
        return None if value is None else str(value)
    return Cents(value) if field.name.endswith("_cents") and value is not None else value


def _of_display(shown: Any, value: Any) -> Any:
    """Return what a column of the desk's library says: the words of a state, both lines of a heading."""
    if isinstance(value, str):
        return _amount(value)
    if not isinstance(value, tuple | list):
        return value
    if getattr(shown, "label", None):
        return value[-1]
    return " · ".join(str(part) for part in value[:2] if part)


def _amount(words: str) -> Any:
    """Return the amount that a column shows in words and nothing else; any other words as they are."""
    text = words.strip()
    if "€" not in text:
        return words
    try:
        cents = parse_euro(text.removeprefix("-"))
    except NotAnAmount:
        return words
    return Cents(-cents if text.startswith("-") else cents)


def _attribute(row: Any, name: str) -> Any:
    """Return what a property or method of the row says."""
    try:
        value = getattr(row, name)
    except ObjectDoesNotExist:
        return None
    return value() if callable(value) else value


def plain(value: Any) -> Any:
    """Return a value without its markup; numbers and dates as they are."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or isinstance(value, int | date):
        return value
    text = _without_markup(str(value)) if isinstance(value, SafeData) else str(value)
    return None if text in EMPTY else text


def _without_markup(markup: str) -> str:
    """Return the words of a piece of a page, its blocks parted by spaces."""
    return re.sub(r"\s+", " ", unescape(strip_tags(re.sub(r"<", " <", markup)))).strip()
