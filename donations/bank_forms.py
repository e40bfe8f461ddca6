"""The form in which a donor names a bank account; it turns input into a service's arguments and does not save."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import exceptions, iban

#: Countries and territories that transfers in euro reach, by the European Payments Council's list of the SEPA area.
SEPA = frozenset(
    [
        "AD",
        "AL",
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GI",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "SM",
        "VA",
    ]
)


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
        compact = iban.compact(self.cleaned_data["iban"])
        if compact[:2] not in SEPA:
            raise ValidationError(
                _(
                    "An IBAN begins with its country, IT for Italy, and only accounts of the SEPA area can be paid to."
                )
            )
        try:
            return iban.validate(compact)
        except exceptions.InvalidLength as error:
            raise ValidationError(
                _("This IBAN has %(number)s characters: some are missing or too many.")
                % {"number": len(compact)}
            ) from error
        except exceptions.ValidationError as error:
            raise ValidationError(
                _("This IBAN is not right: a letter or a digit is wrong. Compare it with your bank's.")
            ) from error
