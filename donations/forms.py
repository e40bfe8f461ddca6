"""The form of a gift; it turns input into a service's arguments and does not save."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from civicfund.money import NotAnAmount, format_euro, parse_euro
from donations import rules
from donations.wish_forms import TaxCodeField

SUGGESTED_CENTS = (500, 1000, 2000, 5000, 10_000)
OTHER = "other"
#: Stripe takes no single payment in euro above this.
LARGEST_GIFT_CENTS = 99_999_999


class DonationForm(forms.Form):
    """Ask for an amount and a mail address; everything else is the donor's choice."""

    amount_choice = forms.ChoiceField(label=_("How much do you give?"), widget=forms.RadioSelect)
    amount_other = forms.CharField(
        label=_("Another amount in euro"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("For your receipt, and to tell you how it ends. Nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    show_name = forms.BooleanField(
        label=_("Show my name among the supporters"),
        required=False,
        help_text=_("If you leave this off, nobody reads your name on the site."),
    )
    message = forms.CharField(
        label=_("A message for those who work on the project"),
        required=False,
        max_length=300,
        help_text=_("Everybody reads it beside your name, if you show your name."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    tax_code = TaxCodeField(
        help_text=_("Only if you want the tax relief: it stands on your receipt. You can also give it later.")
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, campaign: Campaign, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.language = language
        payee = campaign.organization
        if not rules.relief_bp(kind=payee.kind, runts_number=payee.runts_number):
            del self.fields["tax_code"]
        smallest = campaign.call.minimum_gift_cents
        choices = [
            (str(cents), format_euro(cents, language)) for cents in SUGGESTED_CENTS if cents >= smallest
        ]
        self.fields["amount_choice"].choices = [*choices, (OTHER, _("Other"))]  # type: ignore[attr-defined]
        self.fields["amount_other"].help_text = _("From %(least)s.") % {
            "least": format_euro(smallest, language)
        }

    def clean(self) -> dict[str, Any]:
        """Return the gift in cents as `amount_cents`, from the choice or from what was typed."""
        data = super().clean() or self.cleaned_data
        choice = data.get("amount_choice")
        if choice == OTHER:
            data["amount_cents"] = self._typed_amount(data.get("amount_other", ""))
        elif choice:
            data["amount_cents"] = int(choice)
        if data.get("show_name") and not data.get("name"):
            self.add_error("name", _("Write the name you want to show, or leave it hidden."))
        return data

    def renew_token(self) -> None:
        """Make what is sent next another gift: Stripe repeats an error it once gave for the same one."""
        self.data = self.data.copy()
        self.data["form_token"] = str(uuid.uuid4())

    def _typed_amount(self, text: str) -> int | None:
        """Return the typed amount in cents, or say next to the field what is wrong with it."""
        smallest = self.campaign.call.minimum_gift_cents
        try:
            cents = parse_euro(text)
        except NotAnAmount:
            self.add_error(
                "amount_other", ValidationError(_("Write an amount in euro, for example 25 or 12,50."))
            )
            return None
        if not smallest <= cents <= LARGEST_GIFT_CENTS:
            limits = {
                "least": format_euro(smallest, self.language),
                "most": format_euro(LARGEST_GIFT_CENTS, self.language),
            }
            self.add_error(
                "amount_other", ValidationError(_("A gift is from %(least)s to %(most)s.") % limits)
            )
            return None
        return cents
