"""The part of a gift's form that says for whom it is; it turns input into a service's arguments and does not save."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

#: What leads to another site: a card carries none, so that nobody sends advertising in the city's name.
ADDRESS = re.compile(r"://|www\.|@|\w\.(?:com|it|net|org|info)\b", re.IGNORECASE)


class DedicationForm(forms.Form):
    """Ask for whom a gift is; everything is empty for a gift of one's own."""

    dedicated_name = forms.CharField(
        label=_("Name of the person it is for"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    dedicated_email = forms.EmailField(
        label=_("E-mail of the person it is for"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    dedicated_greeting = forms.CharField(
        label=_("A short greeting"),
        required=False,
        max_length=300,
        help_text=_("It stands on the card, with your name if you have written it above."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    dedicated_amount = forms.BooleanField(
        label=_("The card may say how much I gave"),
        required=False,
        help_text=_("If you leave this off, the amount stays between you and the project."),
    )

    @property
    def is_for_somebody(self) -> bool:
        """Say whether anything of this part is filled in, so that it is shown open."""
        names = ("dedicated_name", "dedicated_email", "dedicated_greeting")
        return any(self[name].value() for name in names)

    def clean(self) -> dict[str, Any]:
        """Ask for name and address together, and for words without addresses of sites."""
        data = super().clean() or self.cleaned_data
        words = [data.get(name, "") for name in ("dedicated_name", "dedicated_greeting")]
        address = data.get("dedicated_email", "")
        if not any(words) and not address and "dedicated_email" not in self.errors:
            return data
        if not words[0] and "dedicated_name" not in self.errors:
            self.add_error("dedicated_name", _("Write whom the gift is for, or leave this part empty."))
        if not address and "dedicated_email" not in self.errors:
            self.add_error("dedicated_email", _("Write where the card should go, or leave this part empty."))
        for name in ("name", "dedicated_name", "dedicated_greeting"):
            if ADDRESS.search(data.get(name) or ""):
                self.add_error(name, _("A card carries no addresses of sites or of people: take them out."))
        return data
