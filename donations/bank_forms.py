"""The form in which a donor names a bank account; it turns input into a service's arguments and does not save."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from civicfund.iban import check_iban


class BankAccountForm(forms.Form):
    """Ask for the holder and the IBAN of the account the money goes to."""

    holder = forms.CharField(
        label=_("Account holder"),
        help_text=_("Name and surname, as the bank writes them."),
        max_length=70,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    iban = forms.CharField(
        label=_("IBAN"),
        help_text=_("27 characters for an Italian account. Spaces do not matter."),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )

    def clean_holder(self) -> str:
        """Return the name on one line."""
        holder = " ".join(self.cleaned_data["holder"].split())
        if not any(letter.isalpha() for letter in holder):
            raise ValidationError(_("Write the name of the person the account belongs to."))
        return holder

    def clean_iban(self) -> str:
        """Return the IBAN without spaces, or say what is wrong with it."""
        return check_iban(self.cleaned_data["iban"])
