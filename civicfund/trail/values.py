"""What a column of the trail says, in the words people read: euro, percentages, the city's time, names of choices."""

import json
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from civicfund.templatetags.clock import day, moment
from civicfund.templatetags.money import euro, percent

NOTHING = "–"
#: What a label says about its unit, which the value then says itself.
UNITS = (" (cents)", " (basis points)", " (centesimi)", " (punti base)")


#: Fields whose models give them no name, because no form shows them.
UNNAMED = [
    gettext_noop("approved by"),
    gettext_noop("attachment"),
    gettext_noop("author"),
    gettext_noop("documentrequirement"),
    gettext_noop("iban sealed"),
    gettext_noop("keep answered by"),
]


def field_of(meta: Any, column: str) -> Any:
    """Return the field a column belongs to, or None when the model has it no more."""
    return next((field for field in meta.concrete_fields if field.column == column), None)


def label_of(field: Any, column: str) -> str:
    """Return a column's name as people read it."""
    if field is None:
        return column
    words = str(field.verbose_name)
    if words == field.name.replace("_", " "):
        words = _(words)
    for unit in UNITS:
        words = words.removesuffix(unit)
    return str(capfirst(words))


def value_of(field: Any, value: Any) -> str:
    """Return a kept value as people read it; that of a key to another row is the reader's business."""
    if value is None or value == "" or value == [] or value == {}:
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is None:
        return _plain(value)
    if isinstance(value, list):
        choices = dict(getattr(getattr(field, "base_field", None), "flatchoices", ()))
        return ", ".join(str(choices.get(one, one)) for one in value if not isinstance(one, dict)) or _plain(
            value
        )
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _of_kind(field, value)


def _of_kind(field: Any, value: Any) -> str:
    """Return a value by its field's kind or, for amounts and shares, by its name."""
    if field.column.endswith("_cents"):
        return euro(value)
    if field.column.endswith("_bp"):
        return percent(value)
    if isinstance(field, models.DateTimeField):
        return moment(datetime.fromisoformat(value))
    if isinstance(field, models.DateField):
        return day(date.fromisoformat(value))
    return _plain(value)


def _plain(value: Any) -> str:
    """Return anything else as it is."""
    return json.dumps(value, ensure_ascii=False, indent=1) if isinstance(value, dict | list) else str(value)
