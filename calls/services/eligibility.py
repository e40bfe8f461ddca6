"""What a call says to a kind of body, a seat, a cost, a duration and a borough: the same words before an application and at it.

Each function returns what is wrong, in the reader's language, or nothing.
"""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import OrgKind
from calls.models import Call
from calls.rules import borough_is_admitted, duration_is_admitted, kind_is_admitted, seat_is_admitted
from civicfund.money import format_euro


def kind_fault(call: Call, kind: str) -> str:
    """Say that a kind of body may not apply."""
    if kind_is_admitted(kind, call.eligible_kinds):
        return ""
    return _("This call does not admit bodies of your kind (%(kind)s).") % {"kind": OrgKind(kind).label}


def seat_fault(call: Call, city: str, *, promised: bool = False) -> str:
    """Say that a body has no seat where the call asks for it."""
    if seat_is_admitted(city, call.seat_city, promised and call.seat_may_be_promised):
        return ""
    if call.seat_may_be_promised:
        words = _(
            "This call asks for a seat in %(city)s, or for the promise to open one before the agreement is signed."
        )
    else:
        words = _("This call asks for a seat in %(city)s.")
    return words % {"city": call.seat_city}


def cost_fault(call: Call, cost_cents: int) -> str:
    """Say between which limits a cost has to lie."""
    if call.admits_cost(cost_cents) and cost_cents > 0:
        return ""
    language = get_language() or "it"
    least = format_euro(call.cost_min_cents, language)
    if call.cost_max_cents is None and call.cost_min_cents == 0:
        return _("The project has to cost something.")
    if call.cost_max_cents is None:
        return _("The project has to cost at least %(least)s.") % {"least": least}
    return _("The project has to cost between %(least)s and %(most)s.") % {
        "least": least,
        "most": format_euro(call.cost_max_cents, language),
    }


def duration_fault(call: Call, months: int) -> str:
    """Say how long a project may last."""
    if duration_is_admitted(months, call.project_months_max):
        return ""
    return _("The project may last from 1 to %(months)s months.") % {"months": call.project_months_max}


def borough_fault(call: Call, borough: int) -> str:
    """Say that projects in a borough are excluded."""
    if borough_is_admitted(borough, call.excluded_boroughs):
        return ""
    return _("Projects in Municipio %(number)s are excluded.") % {"number": borough}
