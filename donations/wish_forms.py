"""The forms of a donor's own page; they turn input into a service's arguments and do not save."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NotANumber
from stdnum.it import codicefiscale

from donations.models import Donation


class TaxCodeField(forms.CharField):
    """Take an Italian tax code as people type it, and check it by its last character."""

    def __init__(self, **options: Any) -> None:
        # Longer than the code itself: people write it with spaces.
        typing = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        options = {"max_length": 32, "required": False, "label": _("Tax code"), **options}
        super().__init__(widget=forms.TextInput(attrs=typing), **options)

    def clean(self, value: Any) -> str:
        """Return the code without spaces and in capitals, or nothing."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return codicefiscale.validate(text)
        except NotANumber:
            raise ValidationError(
                _("This tax code is not valid: check it, one of its characters is wrong or missing.")
            ) from None


class AppearanceForm(forms.Form):
    """Ask how a gift is shown; its name only where none is known, its message only while the campaign is open."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=100,
        help_text=_("It stands on your receipt too."),
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
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, donation: Donation, is_open: bool, **kwargs: Any) -> None:
        initial = {"show_name": donation.show_name, "message": donation.message}
        super().__init__(*args, initial=initial, auto_id="appearance_%s", **kwargs)
        self.donation = donation
        if donation.name:
            del self.fields["name"]
        if not is_open:
            del self.fields["message"]

    def clean(self) -> dict[str, Any]:
        """Return the choice as the service takes it: what was not asked for stays as it is."""
        data = super().clean() or self.cleaned_data
        if data.get("show_name") and not (data.get("name") or self.donation.name):
            self.add_error("name", _("Write the name you want to show, or leave it hidden."))
        data.setdefault("name", "")
        data.setdefault("message", self.donation.message)
        return data


class TaxCodeForm(forms.Form):
    """Ask for a donor's tax code, and whether the tax agency may hear of the gift."""

    tax_code = TaxCodeField(
        help_text=_("Your own, or that of the company that gives. Leave it empty to take it away.")
    )
    opt_out = forms.BooleanField(
        label=_("Do not report this gift to the tax agency"),
        required=False,
        help_text=_("Then it will not stand in your pre-filled tax return; you can still enter it yourself."),
    )

    def __init__(self, *args: Any, donation: Donation, **kwargs: Any) -> None:
        initial = {"tax_code": donation.tax_code, "opt_out": donation.tax_reporting_opt_out}
        super().__init__(*args, initial=initial, auto_id="tax_%s", **kwargs)


class FindGiftsForm(forms.Form):
    """Ask for the address to which the link to all its gifts is mailed."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("The one you wrote when you gave: your receipts have gone there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    #: People do not see it; programs fill it in.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
