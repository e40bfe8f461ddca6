"""What a member is asked before a file opens."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextareaWidget

from vetting.models import ConflictDeclaration

Answer = ConflictDeclaration.Answer


class DeclarationForm(forms.Form):
    """Ask whether there is a conflict of interest; nothing is chosen beforehand."""

    answer = forms.ChoiceField(
        label=_("Your declaration"),
        choices=[
            (
                Answer.NONE,
                _("I have no conflict of interest with this application, its organization or its partners."),
            ),
            (Answer.CONFLICT, _("I have, or could seem to have, a conflict of interest.")),
        ],
        widget=UnfoldAdminRadioSelectWidget,
    )
    text = forms.CharField(
        label=_("Which conflict"),
        help_text=_("Compulsory if there is one; kept in the minutes."),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words about a conflict."""
        if self.cleaned_data.get("answer") == Answer.CONFLICT and not self.cleaned_data.get("text"):
            self.add_error("text", gettext("Write which conflict it is."))
        return self.cleaned_data
