from django import forms
from django.utils.translation import gettext_lazy as _

from civicfund.iban import check_iban


class IbanForm(forms.Form):
    """Ask for the account a body is paid to."""

    iban = forms.CharField(
        label=_("IBAN"),
        help_text=_(
            "27 characters for an Italian account. Spaces do not matter. It has to be the organization's."
        ),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )

    def clean_iban(self) -> str:
        """Return the IBAN without spaces, or say what is wrong with it."""
        return check_iban(self.cleaned_data["iban"])


class StopIbanForm(forms.Form):
    """Ask why a new account is stopped."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
