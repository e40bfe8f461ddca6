"""The tabs of a call's page: which sections and tables stand in each, and how much there is to correct."""

from dataclasses import dataclass
from typing import Any

from calls.admin.sections import TABS


@dataclass
class Tab:
    """One tab with what stands in it."""

    key: str
    title: Any
    fieldsets: list[Any]
    formsets: list[Any]

    @property
    def errors(self) -> int:
        """Return how many things there are to correct."""
        fields = sum(
            bool(field.errors() if callable(field.errors) else field.errors)
            for fieldset in self.fieldsets
            for line in fieldset
            for field in line
            if not field.is_readonly
        )
        return fields + sum(one.formset.total_error_count() for one in self.formsets)


def tabs_of(adminform: Any, formsets: list[Any]) -> list[Tab]:
    """Return the tabs of a page in order."""
    fieldsets = list(adminform)
    return [
        Tab(
            key,
            title,
            [fieldset for fieldset in fieldsets if f"at-{key}" in fieldset.classes.split()],
            [one for one in formsets if one.formset.prefix in prefixes],
        )
        for key, title, prefixes in TABS
    ]
