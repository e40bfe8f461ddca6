"""The form that begins an application."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from calls.models import Call


class StartForm(forms.Form):
    """Ask who applies and what the project is called; everything else has time."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Who applies"), empty_label=None
    )
    title = forms.CharField(
        label=_("Title of the project"),
        max_length=120,
        help_text=_("Short and concrete. You can change it later."),
    )

    def __init__(self, *args: Any, call: Call, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        self.fields["organization"].queryset = Organization.objects.writable_by(user)  # type: ignore[attr-defined]

    def clean_organization(self) -> Organization:
        """Refuse a body the call does not admit, next to the field."""
        organization: Organization = self.cleaned_data["organization"]
        if organization.kind not in self.call.eligible_kinds:
            raise ValidationError(
                _("This call does not admit bodies of your kind (%(kind)s).")
                % {"kind": organization.get_kind_display()}
            )
        return organization
