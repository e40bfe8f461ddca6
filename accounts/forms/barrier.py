"""The form with which somebody reports a barrier."""

from django import forms
from django.utils.translation import gettext_lazy as _


class BarrierForm(forms.Form):
    """Ask what does not work for somebody, and where to answer."""

    page = forms.CharField(
        label=_("On which page?"),
        help_text=_("Its address, or its title."),
        max_length=300,
    )
    text = forms.CharField(
        label=_("What did you want to do, and what happened?"),
        help_text=_("If you like, say which browser, screen reader or other aid you use."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("For the answer. It is not used for anything else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    #: People do not see it; programs fill it in.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
