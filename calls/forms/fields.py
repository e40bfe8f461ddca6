"""Form fields that several forms about calls share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from civicfund.money import NotAnAmount, format_euro, parse_euro


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
        return format_euro(value).replace("\u00a0€", "") if isinstance(value, int) else value

    def run_validators(self, value: Any) -> None:
        """Leave limits to the call's rules: validators of texts do not fit cents."""
