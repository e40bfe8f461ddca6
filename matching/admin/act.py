"""What every step that moves public money asks for: the act it follows from, and a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from civicfund.desk import ReasonedActForm
from matching.models import AdministrativeAct
from matching.services import ActName


class ActForm(ReasonedActForm):
    """Ask for the act by which public money moves, with its kind and office, and for the reason."""

    field_order = ("amount", "act_kind", "act_number", "act_date", "act_office", "reason")

    act_kind = forms.ChoiceField(
        label=_("Kind of act"), choices=AdministrativeAct.Kind, widget=UnfoldAdminSelectWidget
    )
    act_office = forms.CharField(
        label=_("Office that adopted it"), max_length=150, widget=UnfoldAdminTextInputWidget()
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with your name and the act in the ledger."),
        max_length=400,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


def act_of(values: dict[str, Any]) -> ActName:
    """Return the act an officer has named."""
    return ActName(
        number=values["act_number"],
        day=values["act_date"],
        office=values["act_office"],
        kind=values["act_kind"],
    )
