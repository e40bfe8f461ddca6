"""Forms about partners: what the lead partner writes of them, and what they answer."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import numbers
from accounts.models.organization import PERSONAL
from calls.forms.fields import EuroField
from calls.models import Partner

#: Invisible letters that people need: they join emoji, and letters of some languages.
JOINERS = "\u200c\u200d"
LARGEST_SHARE_CENTS = 10_000_000_000


class WordsField(forms.CharField):
    """Take a text without the invisible letters that turn or hide what others read."""

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Return the text, on one line unless it may have several."""
        text = str(super().to_python(value) or "").replace("\r\n", "\n")
        kept = "".join(
            letter
            for letter in text
            if letter in JOINERS or letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf")
        )
        return kept.strip() if self.lines else " ".join(kept.split())


class PartnerForm(forms.Form):
    """Ask the lead partner who takes part and with what."""

    legal_name = WordsField(
        label=_("Legal name"), max_length=200, help_text=_("As in the statute, not the name people use.")
    )
    kind = forms.ChoiceField(label=_("Kind of body"), choices=[("", _("Choose…")), *Partner.KINDS])
    tax_code = WordsField(
        label=_("Tax code"),
        max_length=30,
        help_text=_("11 digits; 16 characters for a sole trader or a group of people."),
    )
    referent = WordsField(
        label=_("Contact person"), max_length=150, help_text=_("Name and surname of the person to talk to.")
    )
    email = forms.EmailField(
        label=_("E-mail of the body"),
        help_text=_("The invitation goes there: whoever opens it answers for the body."),
    )
    part = WordsField(
        label=_("What it does in the project"),
        lines=True,
        max_length=1500,
        help_text=_("The partner confirms these words. If you change them later, it is asked again."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    share_cents = EuroField(
        label=_("Its share of the budget (euro)"),
        required=False,
        help_text=_("Only if the partner spends a part of the budget itself."),
    )

    def clean_legal_name(self) -> str:
        """Take a name that looks like what it is."""
        return numbers.check_name(self.cleaned_data["legal_name"])

    def clean_referent(self) -> str:
        """Take a name that looks like what it is."""
        return numbers.check_name(self.cleaned_data["referent"])

    def clean_tax_code(self) -> str:
        """Take the code that fits the kind of body; its kind stands before it in the form."""
        may_be_a_person = self.cleaned_data.get("kind") in PERSONAL
        return numbers.check_tax_code(self.cleaned_data["tax_code"], may_be_a_person=may_be_a_person)

    def clean_share_cents(self) -> int | None:
        """Refuse a share of nothing, or beyond what a budget may be."""
        share: int | None = self.cleaned_data["share_cents"]
        if share == 0:
            raise ValidationError(_("Leave it empty if the partner has no share of the budget."))
        if share is not None and share > LARGEST_SHARE_CENTS:
            raise ValidationError(_("This is more than any project may cost: check the amount."))
        return share


class PartnerAnswerForm(forms.Form):
    """Ask a partner for its yes or no to the part it has read."""

    answered_by = WordsField(
        label=_("Your name and office"),
        max_length=150,
        help_text=_("For example: Ada Neri, president."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    answer = WordsField(
        label=_("A word to the lead partner and the office"),
        lines=True,
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    acts_for_body = forms.BooleanField(
        label=_("I am the legal representative of the body, or act on their behalf."), required=False
    )
    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)
    choice = forms.ChoiceField(choices=[("confirm", ""), ("decline", "")], widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Ask who confirms to say that they may."""
        data = super().clean() or self.cleaned_data
        if data.get("choice") == "confirm" and not data.get("acts_for_body"):
            self.add_error(
                "acts_for_body", _("Tick this box to confirm: only who may act for it binds a body.")
            )
        return data

    @property
    def takes_part(self) -> bool:
        """Say whether the answer is yes."""
        return bool(self.cleaned_data["choice"] == "confirm")
