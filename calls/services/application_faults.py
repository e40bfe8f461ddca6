"""What keeps an application from being handed in: rules of the call it breaks, parts that are missing."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from calls.models import Application, Call
from calls.services.shortcoming import Shortcoming
from civicfund.money import format_euro


def application_faults(application: Application, call: Call) -> list[Shortcoming]:
    """Return everything that keeps an application from being handed in, in the order of its steps.

    The window is not asked here: an application may be complete before a window opens.
    """
    return [*_project_faults(application, call)]


def _project_faults(application: Application, call: Call) -> list[Shortcoming]:
    """Return which rules of the call the project breaks."""
    faults = []
    if not call.admits_cost(application.cost_cents):
        faults.append(Shortcoming("budget", "cost_cents", _cost_fault(call)))
    if application.organization.kind not in call.eligible_kinds:
        words = _("This call does not admit bodies of your kind (%(kind)s).") % {
            "kind": application.organization.get_kind_display()
        }
        faults.append(Shortcoming("project", "organization", words))
    if application.borough in call.excluded_boroughs:
        words = _("Projects in Municipio %(number)s are excluded.") % {"number": application.borough}
        faults.append(Shortcoming("place", "borough", words))
    if not 1 <= application.duration_months <= call.project_months_max:
        words = _("The project may last from 1 to %(months)s months.") % {"months": call.project_months_max}
        faults.append(Shortcoming("timeline", "duration_months", words))
    if application.theme.call_id != call.pk:
        faults.append(Shortcoming("project", "theme", _("Choose one of the themes of this call.")))
    return faults


def _cost_fault(call: Call) -> str:
    """Say between which limits the cost has to lie."""
    language = get_language() or "it"
    least = format_euro(call.cost_min_cents, language)
    if call.cost_max_cents is None:
        return _("The project has to cost at least %(least)s.") % {"least": least}
    return _("The project has to cost between %(least)s and %(most)s.") % {
        "least": least,
        "most": format_euro(call.cost_max_cents, language),
    }
