"""What opening a round asks."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from calls.models import Call, CallSession
from civicfund.desk import LocalTimeWidget
from vetting.models import CommitteeMember, Round


class OpenForm(forms.ModelForm):
    """Ask which applications are judged, by how many members each, until when."""

    class Meta:
        model = Round
        fields = ("call", "session", "readers", "due_at")

    call = forms.ModelChoiceField(
        label=_("Call"), queryset=Call.objects.published(), widget=UnfoldAdminSelectWidget
    )
    session = forms.ModelChoiceField(
        label=_("Application window"),
        queryset=CallSession.objects.filter(call__status=Call.Status.PUBLISHED).select_related("call"),
        required=False,
        empty_label=_("all windows of the call"),
        widget=UnfoldAdminSelectWidget,
    )
    due_at = forms.DateTimeField(label=_("Sheets are due by"), widget=LocalTimeWidget)

    def clean_due_at(self) -> Any:
        """Refuse what is over."""
        if self.cleaned_data["due_at"] <= timezone.now():
            raise forms.ValidationError(gettext("This date is over."))
        return self.cleaned_data["due_at"]

    def clean(self) -> dict[str, Any]:
        """Say beside the field what the service would refuse."""
        told = super().clean() or {}
        call, session = told.get("call"), told.get("session")
        if not call:
            return told
        if session and session.call_id != call.pk:
            self.add_error("session", gettext("This window belongs to another call."))
        elif Round.objects.overlapping(call, session).exists():
            self.add_error("session", gettext("These applications have their round already."))
        elif not CommitteeMember.objects.serving(call, session).filter(role="president").exists():
            self.add_error("call", gettext("Its committee has no president yet: enter the members first."))
        return told

    def validate_constraints(self) -> None:
        """Leave them to `clean` and to the service: they need columns that only the service writes."""
