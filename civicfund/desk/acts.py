"""What a step asks for that only an act of the municipality can take: which act it is, and why."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from civicfund.desk.steps import StepForm


class DayWidget(UnfoldAdminTextInputWidget):
    """Ask for a day with the browser's own calendar."""

    input_type = "date"

    def format_value(self, value: Any) -> Any:
        """Write a day the way the browser's calendar wants it."""
        return value.isoformat() if isinstance(value, date) else value


class LocalTimeWidget(UnfoldAdminTextInputWidget):
    """Ask for date and time with the browser's own calendar, in the city's time."""

    input_type = "datetime-local"

    def format_value(self, value: Any) -> Any:
        """Write an instant the way the browser's calendar wants it."""
        return value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value


class ActForm(StepForm):
    """Ask for an act that has been adopted."""

    act_number = forms.CharField(
        label=_("Number of the act"),
        help_text=_("As it is written on the act, for example DD 1234/2027."),
        max_length=60,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    act_date = forms.DateField(label=_("Date of the act"), widget=DayWidget)

    def clean_act_date(self) -> date:
        """Refuse a day to come, next to the field."""
        day: date = self.cleaned_data["act_date"]
        if day > timezone.localdate():
            raise forms.ValidationError(
                gettext("This day is still to come: write the act here once it is adopted.")
            )
        return day


class ReasonedActForm(ActForm):
    """Ask for an act and its reason."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with your name and the act."),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
