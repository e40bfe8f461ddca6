from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgKind
from calls.forms.example import ExampleForm
from calls.models import Call
from calls.models.call import BOROUGHS


class EligibilityForm(ExampleForm):
    """Ask the five questions that decide most often whether a body may apply."""

    HERE, PROMISED, ELSEWHERE = "here", "promised", "elsewhere"

    kind = forms.ChoiceField(label=_("What kind of body are you?"), choices=OrgKind)
    seat = forms.ChoiceField(label=_("Where is your seat?"), widget=forms.RadioSelect)
    months = forms.IntegerField(
        label=_("How many months would it last?"),
        min_value=0,
        max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Write a whole number of months, for example 8.")},
    )
    borough = forms.TypedChoiceField(label=_("In which borough?"), coerce=int)
    field_order = ("kind", "seat", "cost", "months", "borough")

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose = ("", _("Choose…"))
        self.fields["kind"].choices = [choose, *OrgKind.choices]  # type: ignore[attr-defined]
        self.fields["borough"].choices = [choose, *BOROUGHS]  # type: ignore[attr-defined]
        self.fields["seat"].choices = self._seats(call)  # type: ignore[attr-defined]

    def _seats(self, call: Call) -> list[tuple[str, Any]]:
        """Return the answers that make a difference in the call."""
        if not call.seat_city:
            return [(self.HERE, _("In the city")), (self.ELSEWHERE, _("Elsewhere"))]
        city = {"city": call.seat_city}
        seats = [(self.HERE, _("In %(city)s") % city), (self.ELSEWHERE, _("Elsewhere"))]
        if call.seat_may_be_promised:
            words = _("Elsewhere, but we would open one in %(city)s before signing the agreement") % city
            seats.insert(1, (self.PROMISED, words))
        return seats
