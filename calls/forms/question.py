"""The form on which people ask about a call."""

from django import forms
from django.utils.translation import gettext_lazy as _


class QuestionForm(forms.Form):
    """Ask for a question."""

    text = forms.CharField(
        label=_("Your question"),
        help_text=_(
            "One question at a time, without names or anything personal: everybody will read it with the answer."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
