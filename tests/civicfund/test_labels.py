"""Every label of the desk is Italian: of columns, fields, and of rows that stand inside another row's page."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.utils import translation
from django.utils.text import capfirst

#: Words that are the same in both languages.
SAME = {"E-mail", "IBAN", "Password"}


def names(page: Any) -> Iterator[tuple[Any, str]]:
    """Yield each page, or part of it, with the names that stand on it."""
    for name in (*page.list_display, *flatten_fieldsets(page.fieldsets or ())):
        yield page, name
    for inline in page.inlines:
        part = inline(page.model, page.admin_site)
        for name in (*(part.fields or ()), *flatten_fieldsets(part.fieldsets or ())):
            yield part, name


@pytest.mark.parametrize("page", admin.site._registry.values(), ids=lambda page: str(page.model._meta))
def test_every_label_is_italian(page: Any) -> None:
    found = set()
    for part, name in names(page):
        told = []
        for language in ("en", "it"):
            with translation.override(language):
                told.append(capfirst(str(label_for_field(name, part.model, part))))
        if told[0] == told[1]:
            found.add((name, told[0]))
    assert {one for one in found if one[1] not in SAME} == set()
