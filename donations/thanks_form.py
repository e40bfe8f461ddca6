"""The forms of a promoter's dashboard; they turn input into a service's arguments and do not save."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ThanksForm(forms.Form):
    """Ask for what is written to those who gave."""

    text = forms.CharField(
        label=_("Your thanks"),
        help_text=_("It goes by mail, once for each gift. You do not see the addresses."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    #: The gift, or nothing for all that wait for theirs.
    gift = forms.IntegerField(required=False, widget=forms.HiddenInput)
