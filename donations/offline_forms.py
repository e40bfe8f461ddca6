"""The promoter's forms about gifts outside the site; they turn input into a service's arguments and do not save."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from civicfund.money import NotAnAmount, format_euro, parse_euro
from civicfund.papers.forms import PaperField
from civicfund.templatetags.clock import day
from donations.forms import LARGEST_GIFT_CENTS, LONGEST_EMAIL
from donations.models import Evidence, OfflineDonation
from donations.services import LARGEST_EVIDENCE_BYTES, needs_donor
from donations.wish_forms import TaxCodeField


class EvidenceField(PaperField):
    """Take a proof of payment."""

    default_error_messages = {"required": _("Add the proof: without it nobody can verify the gift.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"largest_bytes": LARGEST_EVIDENCE_BYTES, "label": _("Proof"), **options})


class ProofForm(forms.Form):
    """Ask for a file; one that has arrived already need not be sent again."""

    def __init__(self, *args: Any, kept: Evidence | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keep(kept)

    def keep(self, kept: Evidence | None) -> None:
        """Ask no more for a file that has arrived."""
        self.kept = kept
        self.fields["evidence"].required = kept is None

    @property
    def upload(self) -> UploadedFile | None:
        """Return a usable file that has just arrived, whatever is wrong elsewhere."""
        return self.cleaned_data.get("evidence") if self.is_bound and "evidence" not in self.errors else None


class OfflineGiftForm(ProofForm):
    """Ask what a gift was, who gave it, when it came and what proves it."""

    method = forms.ChoiceField(
        label=_("How did it reach you?"),
        choices=OfflineDonation.Method.choices,
        widget=forms.RadioSelect,
        help_text=_("Cash cannot be entered: nobody can prove it, so it never counts for the threshold."),
    )
    amount = forms.CharField(
        label=_("Amount in euro"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    received_on = forms.DateField(
        label=_("Day on which it was received"),
        help_text=_("The day of the credit on your account; for a cheque, the day on which it was paid in."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    name = forms.CharField(
        label=_("Who gave it"),
        help_text=_("Name and surname, or the name of the body, as on the proof. It is never published."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Donor's e-mail"),
        required=False,
        help_text=_("If you have it: the donor gets one mail when the gift is verified."),
        max_length=LONGEST_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    tax_code = TaxCodeField(
        label=_("Donor's tax code"),
        help_text=_("If you have it. E-mail and tax code tell which gifts are of one person."),
    )
    evidence = EvidenceField(
        help_text=_(
            "The line of the account statement, the transfer's receipt or the paid-in cheque: PDF, JPEG or PNG, up to 10 MB. "
            "It has to show donor, amount and day. Only you and the officers can open it."
        )
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(
        self, *args: Any, campaign: Campaign, days: tuple[date, date], language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.smallest = campaign.call.minimum_gift_cents
        self.first, self.last = days
        self.language = language
        limits = {"min": self.first.isoformat(), "max": self.last.isoformat()}
        self.fields["received_on"].widget.attrs.update(limits)

    def clean_form_token(self) -> uuid.UUID:
        """Refuse a form that has made a gift of another campaign, and give it a number of its own for the next click."""
        token: uuid.UUID = self.cleaned_data["form_token"]
        if OfflineDonation.objects.filter(public_id=token).exclude(campaign=self.campaign).exists():
            self.data = self.data.copy()
            self.data["form_token"] = str(uuid.uuid4())
            self.add_error(
                None, _("This page had been open for long. Look at what you wrote and press once more.")
            )
        return token

    def clean_amount(self) -> int:
        """Return the amount in cents, or say what is wrong with it."""
        try:
            cents = parse_euro(self.cleaned_data["amount"])
        except NotAnAmount:
            raise ValidationError(_("Write an amount in euro, for example 25 or 12,50.")) from None
        if not self.smallest <= cents <= LARGEST_GIFT_CENTS:
            limits = {
                "least": format_euro(self.smallest, self.language),
                "most": format_euro(LARGEST_GIFT_CENTS, self.language),
            }
            raise ValidationError(_("A gift is from %(least)s to %(most)s.") % limits)
        return cents

    def clean_received_on(self) -> date:
        """Refuse a day outside the campaign."""
        received_on = self.cleaned_data["received_on"]
        if not self.first <= received_on <= self.last:
            days = {"first": day(self.first), "last": day(self.last)}
            raise ValidationError(
                _("Only what was received from %(first)s to %(last)s counts: choose a day between them.")
                % days
            )
        return received_on

    def clean_name(self) -> str:
        """Return the name on one line."""
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        """Ask whose gift it is where the call's rules need it."""
        data = super().clean() or self.cleaned_data
        unknown = not (data.get("email") or data.get("tax_code") or {"email", "tax_code"} & set(self.errors))
        if unknown and needs_donor(self.campaign):
            self.add_error(
                "tax_code",
                _("This call limits or counts donors: write the donor's tax code or e-mail, one is enough."),
            )
        return data

    def said(self) -> dict[str, Any]:
        """Return the gift as the service takes it."""
        names = ("method", "name", "email", "tax_code", "received_on")
        return {name: self.cleaned_data[name] for name in names} | {
            "amount_cents": self.cleaned_data["amount"]
        }


class ReturnForm(ProofForm):
    """Ask when a gift went back, and for the proof."""

    returned_on = forms.DateField(
        label=_("Day on which you gave it back"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    evidence = EvidenceField(
        help_text=_(
            "The transfer's receipt or the line of the account statement: PDF, JPEG or PNG, up to 10 MB. It has to show to whom, "
            "how much and when. Only you and the officers can open it."
        )
    )

    def __init__(self, *args: Any, gift: OfflineDonation, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first = gift.received_on
        self.today = today
        limits = {"min": self.first.isoformat(), "max": today.isoformat()}
        self.fields["returned_on"].widget.attrs.update(limits)

    def clean_returned_on(self) -> date:
        """Refuse a day before the gift, and one that is still to come."""
        returned_on = self.cleaned_data["returned_on"]
        if not self.first <= returned_on <= self.today:
            days = {"first": day(self.first), "last": day(self.today)}
            raise ValidationError(_("Choose a day from %(first)s to %(last)s.") % days)
        return returned_on
