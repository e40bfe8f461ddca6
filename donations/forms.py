"""The form of a gift; it turns input into a service's arguments and does not save."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from campaigns.rules import source_word
from civicfund.money import NotAnAmount, format_euro, parse_euro
from donations import proof, rules
from donations.dedication_form import DedicationForm
from donations.wish_forms import TaxCodeField

SUGGESTED_CENTS = (500, 1000, 2000, 5000, 10_000)
OTHER = "other"
#: Stripe takes no single payment in euro above this.
LARGEST_GIFT_CENTS = 99_999_999
#: What stands in the part about whom a gift is for.
DEDICATED = tuple(DedicationForm.base_fields)
#: No mail goes to a longer address. Source: RFC 5321, 4.5.3.1.3.
LONGEST_EMAIL = 254


class DonationForm(DedicationForm):
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
        help_text=_("For your receipt, and to tell you how it ends. Nothing else without your wish."),
        max_length=LONGEST_EMAIL,
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
    wants_news = forms.BooleanField(
        label=_("Write me the news of this project too"),
        required=False,
        help_text=_(
            "At most one mail a day. We first ask by mail whether it is really you, and each mail can end them."
        ),
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    #: The word of the link that led to the project: only counted.
    source = forms.CharField(widget=forms.HiddenInput, required=False)
    # What tells people from machines.
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    puzzle = forms.CharField(widget=forms.HiddenInput, required=False)
    solution = forms.CharField(widget=forms.HiddenInput, required=False)
    invitation = forms.CharField(widget=forms.HiddenInput, required=False)
    #: People do not see it; a machine that fills in everything does.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, campaign: Campaign, language: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.language = language
        self.now = now
        self.fields["stamp"].initial = proof.stamp(now)
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
        if settings.GIFT_LIMITS:
            self._heed_age(data.get("stamp", ""))
        return data

    def clean_source(self) -> str:
        """Return the word of a link, or nothing when it was tampered with."""
        return source_word(self.cleaned_data["source"])

    def _heed_age(self, stamp: str) -> None:
        """Ask for one more press when the form was filled in faster than people can, or was shown too long ago."""
        least, most = settings.GIFT_FORM_SECONDS
        age = proof.age_seconds(stamp, self.now)
        if age is None or age > most:
            self._write(stamp=proof.stamp(self.now - timedelta(seconds=least)))
            self.add_error(
                None, _("This page had been open for long. Look at what you wrote and press once more.")
            )
        elif age < least:
            self.add_error(None, _("That was very fast. Look at what you wrote and press once more."))

    def renew_token(self) -> None:
        """Make what is sent next another gift: Stripe repeats an error it once gave for the same one."""
        self._write(form_token=str(uuid.uuid4()))

    def ask_for_proof(self, puzzle: str) -> None:
        """Give the form another puzzle, or none, in the place of what it came with."""
        self._write(puzzle=puzzle, solution="", website="")

    def typed(self) -> dict[str, str]:
        """Return what a person has written, to be found again by a link."""
        names = (
            "amount_choice",
            "amount_other",
            "name",
            "show_name",
            "message",
            "tax_code",
            "wants_news",
            "source",
        )
        return {name: self.data[name] for name in (*names, *DEDICATED) if name in self.data}

    def _write(self, **values: str) -> None:
        """Change what the form shows when it comes back."""
        self.data = self.data.copy()
        for name, value in values.items():
            self.data[name] = value

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
