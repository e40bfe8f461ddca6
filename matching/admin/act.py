"""What every step that moves public money asks for: the act it follows from, and a reason."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from civicfund.desk import ReasonForm
from donations.admin.bank import DayWidget
from matching.models import AdministrativeAct
from matching.services import ActName


class ActForm(ReasonForm):
    """Ask for an act of the municipality and a reason."""

    field_order = ("amount", "act_kind", "act_number", "act_date", "act_office", "reason")

    act_kind = forms.ChoiceField(
        label=_("Kind of act"), choices=AdministrativeAct.Kind, widget=UnfoldAdminSelectWidget
    )
    act_number = forms.CharField(
        label=_("Number of the act"),
        help_text=_("As it is written on the act, for example DD 1234/2027."),
        max_length=60,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    act_date = forms.DateField(label=_("Date of the act"), widget=DayWidget)
    act_office = forms.CharField(
        label=_("Office that adopted it"), max_length=150, widget=UnfoldAdminTextInputWidget()
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with your name and the act in the ledger."),
        max_length=400,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean_act_date(self) -> date:
        """Refuse a day to come, next to the field."""
        day = self.cleaned_data["act_date"]
        if day > timezone.localdate():
            raise forms.ValidationError(
                gettext("This day is still to come: money moves once the act exists.")
            )
        return day


def act_of(values: dict[str, Any]) -> ActName:
    """Return the act an officer has named."""
    return ActName(
        number=values["act_number"],
        day=values["act_date"],
        office=values["act_office"],
        kind=values["act_kind"],
    )
