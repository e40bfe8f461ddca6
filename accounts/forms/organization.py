from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import numbers
from accounts.models import Organization, OrgKind
from accounts.models.organization import ENTERPRISES, PERSONAL, THIRD_SECTOR

#: The parts of the form: title, fields.
SECTIONS: list[tuple[Any, list[str]]] = [
    (_("Who it is"), ["legal_name", "kind", "tax_code", "vat_number", "runts_number", "rea_number"]),
    (_("Registered seat"), ["address", "postcode", "city", "province"]),
    (
        _("Legal representative"),
        ["representative_name", "representative_tax_code", "representative_since"],
    ),
    (_("How to reach it"), ["pec", "email", "website", "description"]),
]


class CodeField(forms.CharField):
    """Take a code as people type it: longer than it is, with spaces and dots; `check` makes it plain or refuses it."""

    def __init__(self, *, check: Callable[[str], str], **options: Any) -> None:
        quiet = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        super().__init__(max_length=60, widget=forms.TextInput(attrs=quiet), **options)
        self.check = check

    def clean(self, value: Any) -> str:
        """Return the plain code."""
        typed = super().clean(value)
        return self.check(typed) if typed else ""


class OrganizationForm(forms.ModelForm):
    """Ask for the data of a body."""

    #: Whether tax code and kind of a registered body stay as they are.
    is_settled = True

    tax_code = CodeField(
        label=_("Tax code"),
        check=str,
        help_text=_(
            "11 digits. Only sole traders and informal groups may write a person's, with its 16 characters."
        ),
    )
    vat_number = CodeField(
        label=_("VAT number"),
        check=numbers.check_vat_number,
        required=False,
        help_text=_("11 digits, if the body has one."),
    )
    runts_number = CodeField(
        label=_("RUNTS number"),
        check=numbers.check_runts,
        required=False,
        help_text=_(
            "Third Sector bodies, voluntary organizations and social promotion associations need it."
        ),
    )
    rea_number = CodeField(
        label=_("REA number"),
        check=numbers.check_rea,
        required=False,
        help_text=_("Enterprises, social enterprises and cooperatives need it. For example MI-1234567."),
    )
    postcode = CodeField(label=_("Postcode"), check=numbers.check_postcode)
    province = CodeField(label=_("Province"), check=numbers.check_province, help_text=_("Two letters: MI."))
    representative_tax_code = CodeField(
        label=_("Tax code of the legal representative"),
        check=numbers.check_person_code,
        help_text=_("16 characters. Only you and the officers read it."),
    )

    class Meta:
        model = Organization
        fields = [name for _title, names in SECTIONS for name in names]
        help_texts = {
            "legal_name": _("As it stands in the statute."),
            "pec": _("Needed to apply, except for informal groups: the city answers there."),
            "email": _("Citizens read it on the campaign pages."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "representative_since": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("representative_name", "representative_since"):
            self.fields[name].required = True
        if self.instance.pk and self.is_settled:
            for name in ("tax_code", "kind"):
                self.fields[name].disabled = True

    def sections(self) -> Iterator[tuple[Any, list[BoundField]]]:
        """Yield the parts of the form."""
        for title, names in SECTIONS:
            yield title, [self[name] for name in names]

    def clean_legal_name(self) -> str:
        """Take a name that looks like what it is."""
        return numbers.check_name(self.cleaned_data["legal_name"])

    def clean_representative_name(self) -> str:
        """Take a name that looks like what it is."""
        return numbers.check_name(self.cleaned_data["representative_name"])

    def clean_tax_code(self) -> str:
        """Take the code that fits the kind of body; its kind stands before it in the form."""
        if self.instance.pk and self.is_settled:
            # It was checked when the body was registered, and nobody can correct it here.
            return self.cleaned_data["tax_code"]
        may_be_a_person = self.cleaned_data.get("kind") in PERSONAL
        return numbers.check_tax_code(self.cleaned_data["tax_code"], may_be_a_person=may_be_a_person)

    def clean_pec(self) -> str:
        """Refuse what is certainly an ordinary mailbox."""
        return numbers.check_certified_mail(self.cleaned_data["pec"])

    def clean_representative_since(self) -> date | None:
        """Refuse a day to come."""
        since: date | None = self.cleaned_data["representative_since"]
        if since and since > timezone.localdate():
            raise ValidationError(gettext("This day is still to come: write since when the office is held."))
        return since

    def clean(self) -> dict[str, Any]:
        """Ask for what the register of this kind of body asks for."""
        data = super().clean() or self.cleaned_data
        kind = data.get("kind")
        if kind in THIRD_SECTOR and not data.get("runts_number") and "runts_number" not in self.errors:
            self.add_error("runts_number", _("Bodies of this kind are in the RUNTS: write the number."))
        if kind == OrgKind.INFORMAL and data.get("tax_code", "").isdigit():
            self.add_error(
                "tax_code",
                _(
                    "A group has no tax code of its own yet: write the 16 characters of whoever speaks for it."
                ),
            )
        if kind in ENTERPRISES and not data.get("rea_number") and "rea_number" not in self.errors:
            self.add_error("rea_number", _("Enterprises have to give their REA number."))
        return data

    def validate_unique(self) -> None:
        """Leave a tax code that is taken to the service, which tells it with the way out."""
