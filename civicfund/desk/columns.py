"""Columns and fields of the desk that show money, shares, instants and states as people read them."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import reduce
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from civicfund.tables import Cents
from civicfund.templatetags.clock import day, moment
from civicfund.templatetags.money import euro, percent

Column = Callable[[Any, Any], Any]


def value_column(path: str, label: Any) -> Column:
    """Return a column of a value that its model gives no name to."""

    @display(description=label, ordering=path, empty_value="–")
    def column(_admin: Any, row: Model) -> Any:
        return _follow(row, path)

    return _typed(column, lambda row: _follow(row, path))


def euro_column(path: str, label: Any) -> Column:
    """Return a column of an amount in cents, named by its path of attributes; name it `*_euro` and it aligns right."""

    @display(description=label, ordering=path, empty_value="–")
    def column(_admin: Any, row: Model) -> str | None:
        return euro(_follow(row, path)) or None

    return _typed(column, lambda row: _cents(_follow(row, path)))


def percent_column(path: str, label: Any) -> Column:
    """Return a column of a share in basis points."""

    @display(description=label, ordering=path)
    def column(_admin: Any, row: Model) -> str:
        return percent(_follow(row, path))

    return column


def moment_column(path: str, label: Any) -> Column:
    """Return a column of an instant in the city's time, with its hour."""

    @display(description=label, ordering=path, empty_value="–")
    def column(_admin: Any, row: Model) -> str | None:
        return moment(_follow(row, path)) or None

    return _typed(column, lambda row: _follow(row, path))


def day_column(path: str, label: Any) -> Column:
    """Return a column of an instant's date in the city's time."""

    @display(description=label, ordering=path, empty_value="–")
    def column(_admin: Any, row: Model) -> str | None:
        return day(_follow(row, path)) or None

    return _typed(column, lambda row: _local_day(_follow(row, path)))


def status_column(name: str, label: Any, colours: Mapping[str, str]) -> Column:
    """Return a column that shows a state in words on a coloured ground."""

    @display(description=label, ordering=name, label=defaultdict(lambda: "default", colours))
    def column(_admin: Any, row: Model) -> tuple[str, str]:
        return getattr(row, name), getattr(row, f"get_{name}_display")()

    return column


def row_link(row: Model | None, words: str = "") -> SafeString | str:
    """Return a link to a row's own page of the desk."""
    if row is None:
        return "–"
    meta = row._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return format_html('<a class="text-link" href="{}">{}</a>', url, words or row)


def _typed(column: Column, value: Callable[[Any], Any]) -> Column:
    """Let a column also say its plain value, for lists that leave as a file."""
    column.typed = value  # type: ignore[attr-defined]
    return column


def _cents(value: Any) -> Cents | None:
    """Return an amount as one."""
    return None if value is None or value == "" else Cents(value)


def _local_day(value: Any) -> Any:
    """Return the date of an instant in the city's time."""
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _follow(row: Any, path: str) -> Any:
    """Return what a path like `campaign__cost_cents` leads to; nothing when a part of it is missing."""
    return reduce(lambda part, name: getattr(part, name, None), path.split("__"), row)
