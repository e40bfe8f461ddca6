"""Inputs of tables, written without a template each: a budget of 40 lines has 160 of them, and 280 categories."""

from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class PlainInput(forms.TextInput):
    """A field for text, with the same marks as Django's own."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the input as HTML."""
        shown = self.format_value(value)
        marks = {**self.build_attrs(self.attrs, attrs), **({} if shown is None else {"value": shown})}
        return format_html('<input type="{}" name="{}"{}>', self.input_type, name, flatatt(marks))


class PlainNumber(PlainInput):
    """A field for a number."""

    input_type = "number"


class PlainSelect(forms.Select):
    """A choice of one, without groups."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the choice as HTML."""
        shown = tuple((str(key), str(label)) for key, label in self.choices)
        options = _options(shown, tuple(self.format_value(value)))
        marks = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, marks, options)


@lru_cache(maxsize=256)
def _options(shown: tuple[tuple[str, str], ...], chosen: tuple[str, ...]) -> SafeString:
    """Return the options of a choice: many rows show the same ones."""
    marked = ((key, flatatt({"selected": key in chosen}), label) for key, label in shown)
    return format_html_join("", '<option value="{}"{}>{}</option>', marked)
