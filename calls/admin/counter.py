"""The form with which an officer registers a body that came to the counter."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin.record_form import NAMES, RecordForm
from accounts.forms.organization import SECTIONS
from accounts.models import Organization
from calls.models import Applicant

REASON = (_("Why the office registers it"), {"fields": ("reason",)})
FIELDSETS = [*((title, {"fields": names}) for title, names in SECTIONS), REASON]


class CounterForm(RecordForm):
    """Ask for the record of a body that has not registered, and why the office does it in its place."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_(
            "It stays in the organization's record, and its addresses get it by mail. For example: its president came to "
            "the counter on 12 May with statute and identity card."
        ),
    )

    class Meta(RecordForm.Meta):
        model = Applicant

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()

    def clean_reason(self) -> str:
        """Refuse what says nothing."""
        reason: str = self.cleaned_data["reason"].strip()
        if not any(letter.isalpha() for letter in reason):
            raise forms.ValidationError(gettext("Say it in words."))
        return reason

    def clean(self) -> dict[str, Any]:
        """Say beside the tax code that the body is registered already."""
        data = super().clean()
        if Organization.objects.filter(tax_code=data.get("tax_code", "")).exists():
            words = gettext("This organization is registered already: look for it in the list.")
            self.add_error("tax_code", words)
        return data

    def record(self) -> dict[str, Any]:
        """Return the record as the service takes it."""
        return {name: self.cleaned_data[name] for name in NAMES}
