"""Forms about organizations; they turn input into a service's arguments and do not save."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NotANumber
from stdnum.it import codicefiscale, iva

from accounts.models import Organization, OrgKind


class OrganizationForm(forms.ModelForm):
    """Ask for the data of a body."""

    # Longer than the number itself: people write it with its country and with spaces.
    vat_number = forms.CharField(
        label=_("VAT number"), required=False, max_length=20, help_text=_("11 digits, if the body has one.")
    )

    class Meta:
        model = Organization
        fields = [
            "legal_name",
            "kind",
            "tax_code",
            "vat_number",
            "runts_number",
            "rea_number",
            "address",
            "city",
            "email",
            "website",
            "description",
        ]
        help_texts = {
            "tax_code": _("11 digits; for sole traders the 16 characters of the person's tax code."),
            "rea_number": _("For example MI-1234567. Needed for enterprises and many non-profits."),
            "runts_number": _("Number in the national register of the Third Sector, if the body is in it."),
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("tax_code", "kind"):
                self.fields[name].disabled = True

    def clean_tax_code(self) -> str:
        """Accept the tax code of a body (11 digits) or of a person (16 characters), checked by its checksum."""
        if self.instance.pk:
            # It was checked when the body was registered, and nobody can correct it here.
            return self.cleaned_data["tax_code"]
        code = self.cleaned_data["tax_code"].replace(" ", "").upper()
        try:
            return codicefiscale.validate(code)
        except NotANumber:
            raise ValidationError(
                _("This tax code is not valid: check the digits, one of them is wrong or missing.")
            ) from None

    def clean_vat_number(self) -> str:
        """Accept an Italian VAT number, checked by its checksum, or nothing."""
        number = self.cleaned_data["vat_number"]
        if not number:
            return ""
        try:
            return iva.validate(number)
        except NotANumber:
            raise ValidationError(
                _("This VAT number is not valid: check the digits, one of them is wrong or missing.")
            ) from None

    def clean(self) -> dict[str, Any]:
        """Ask enterprises for their REA number."""
        data = super().clean() or self.cleaned_data
        if data.get("kind") == OrgKind.MSME and not data.get("rea_number"):
            self.add_error("rea_number", _("Enterprises have to give their REA number."))
        return data

    def validate_unique(self) -> None:
        """Leave a tax code that is taken to the service, which tells it with the way out."""
