"""Forms of the promoter about what ends or changes a campaign; they turn input into a service's arguments."""

from django import forms
from django.utils.translation import gettext_lazy as _


class WithdrawalForm(forms.Form):
    """Ask why a campaign is withdrawn, and whether what follows has been read."""

    reason = forms.CharField(
        label=_("Why you withdraw"),
        help_text=_("Everybody reads it on the campaign's page, and every donor in an e-mail."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    is_understood = forms.BooleanField(
        label=_("I have read what follows. I know that the campaign cannot be opened again.")
    )


class ReducedProjectForm(forms.Form):
    """Ask for the reduced project that the gifts are enough for."""

    project = forms.CharField(
        label=_("The reduced project"),
        help_text=_(
            "What you will do with what was given, and what you will leave out. Every donor reads it."
        ),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
