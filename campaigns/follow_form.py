"""The form with which a person follows a campaign or a borough."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Follow


class FollowForm(forms.Form):
    """Ask for an address and what to write to it."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We write once to ask whether it is really you. Each mail ends the mails by one press."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    wish = forms.ChoiceField(
        label=_("What would you like to hear?"), choices=Follow.Wish.choices, widget=forms.RadioSelect
    )
    #: People do not see it; programs fill it in.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
