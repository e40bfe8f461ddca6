from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership


class RoleForm(forms.Form):
    """Ask for a role."""

    role = forms.ChoiceField(
        label=_("Role"), choices=Membership.Role.choices, widget=forms.RadioSelect, initial="editor"
    )


class InvitationForm(RoleForm):
    """Ask whom to invite, and for which role."""

    field_order = ("email", "role")

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The person has to sign in with this address to accept."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_email(self) -> Any:
        """Keep addresses in lower case."""
        return self.cleaned_data["email"].lower()
