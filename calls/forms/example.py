from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from calls.forms.fields import EuroField

#: A thousand million euro: nobody's neighbourhood project, and still readable in a table.
MOST_CENTS = 100_000_000_000


class ExampleForm(forms.Form):
    """Ask a reader for a cost, to show what the call would promise for it."""

    cost = EuroField(
        label=_("What would your project cost?"),
        error_messages={"required": _("Write an amount in euro, for example 40.000.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_cost(self) -> Any:
        """Refuse amounts that no call has ever seen, next to the field."""
        cost = self.cleaned_data["cost"]
        if cost > MOST_CENTS:
            raise ValidationError(_("Write an amount below a thousand million euro."))
        return cost
