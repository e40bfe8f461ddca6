"""What a body writes about its place in a ranking."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReviewForm(forms.Form):
    """Ask what should be looked at again."""

    text = forms.CharField(
        label=_("What should be looked at again, and why"),
        help_text=_(
            "Say which point, and where in your application the committee finds it. Nothing can be added to the application."
        ),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
