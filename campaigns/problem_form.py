"""The form with which a reader reports a problem."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Problem


class ProblemForm(forms.Form):
    """Ask what is wrong."""

    kind = forms.ChoiceField(
        label=_("What is it about?"), choices=Problem.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("What have you noticed?"),
        help_text=_("As exactly as you can: what, where on the page, how you know."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Only if the officers may ask you back. The promoter never sees it."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    #: People do not see it; programs fill it in.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
