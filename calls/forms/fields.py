"""Form fields that several forms about calls share."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from calls.models.call import BOROUGHS
from civicfund.money import NotAnAmount, format_euro, parse_euro


def shown_amount(cents: int) -> str:
    """Return cents as a person types them."""
    return format_euro(cents).replace("\u00a0€", "")


class EuroField(forms.CharField):
    """Take an amount of euro as people type it and return cents."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 20, **kwargs})
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        """Return the cents, or None for an empty field."""
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return parse_euro(text)
        except NotAnAmount:
            raise ValidationError(_("Write an amount in euro, for example 1.250,50.")) from None

    def prepare_value(self, value: Any) -> Any:
        """Show cents as euro, and what was typed as it was typed."""
        return shown_amount(value) if isinstance(value, int) else value

    def run_validators(self, value: Any) -> None:
        """Leave limits to the call's rules: validators of texts do not fit cents."""


class BoroughSelect(forms.RadioSelect):
    """Choose a borough in a list that is also a map; those a call excludes are shown and cannot be chosen."""

    #: What the form's template looks for.
    is_map = True

    def __init__(self, *args: Any, excluded: Collection[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.excluded = excluded

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return a choice, switched off if it is excluded."""
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.excluded:
            option["attrs"]["disabled"] = True
            option["is_excluded"] = True
        return option


class BoroughField(forms.TypedChoiceField):
    """Take a borough of the city, not one of those a call excludes."""

    def __init__(self, *, excluded: Collection[int] = (), **kwargs: Any) -> None:
        self.excluded = excluded
        settings = {"label": _("Borough"), "widget": BoroughSelect(excluded=excluded), "empty_value": None}
        super().__init__(**{**settings, "choices": BOROUGHS, "coerce": int, **kwargs})

    def validate(self, value: Any) -> None:
        """Refuse an excluded borough, which a page never offers."""
        super().validate(value)
        if value and int(value) in self.excluded:
            raise ValidationError(_("Projects in Municipio %(number)s are excluded.") % {"number": value})
