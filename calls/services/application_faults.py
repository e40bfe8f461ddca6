"""What keeps an application from being handed in: rules of the call it breaks, parts that are missing."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from calls.declarations import declarations_for
from calls.models import Application, Call
from calls.services.attachment_faults import document_faults
from calls.services.partner_faults import partner_faults
from calls.services.shortcoming import Shortcoming
from civicfund.money import format_euro


def application_faults(application: Application, call: Call) -> list[Shortcoming]:
    """Return everything that keeps an application from being handed in, in the order of its steps.

    The window is not asked here: an application may be complete before a window opens.
    """
    return [
        *_project_faults(application, call),
        *_place_faults(application, call),
        *_timeline_faults(application, call),
        *_budget_faults(application, call),
        *partner_faults(application),
        *document_faults(application, call),
        *_declaration_faults(application),
        *_unread_faults(application),
    ]


def _project_faults(application: Application, call: Call) -> list[Shortcoming]:
    """Return what is missing of the project's description, or against the call."""
    faults = []
    if application.organization.kind not in call.eligible_kinds:
        words = _("This call does not admit bodies of your kind (%(kind)s).") % {
            "kind": application.organization.get_kind_display()
        }
        faults.append(Shortcoming("project", "organization", words))
    if application.organization.needs_pec and not application.organization.pec:
        words = _("Your organization has no certified e-mail (PEC) yet: an owner adds it to its data.")
        faults.append(Shortcoming("project", "organization", words))
    if not application.summary.strip():
        faults.append(Shortcoming("project", "summary", _("Write the summary.")))
    if application.theme is None or application.theme.call_id != call.pk:
        faults.append(Shortcoming("project", "theme", _("Choose one of the themes of this call.")))
    if not application.campaign_text.strip():
        faults.append(Shortcoming("project", "campaign_text", _("Write the text for the citizens.")))
    return faults


def _place_faults(application: Application, call: Call) -> list[Shortcoming]:
    """Return what is missing of the place and the people, or against the call."""
    faults = []
    if application.borough is None:
        faults.append(Shortcoming("place", "borough", _("Choose the Municipio.")))
    elif application.borough in call.excluded_boroughs:
        words = _("Projects in Municipio %(number)s are excluded.") % {"number": application.borough}
        faults.append(Shortcoming("place", "borough", words))
    if not application.beneficiaries.strip():
        faults.append(Shortcoming("place", "beneficiaries", _("Say whom the project serves.")))
    return faults


def _timeline_faults(application: Application, call: Call) -> list[Shortcoming]:
    """Return what is missing of the timeline, or against the call."""
    months, faults = application.duration_months, []
    if months is None or not 1 <= months <= call.project_months_max:
        words = _("The project may last from 1 to %(months)s months.") % {"months": call.project_months_max}
        faults.append(Shortcoming("timeline", "duration_months", words))
    activities = application.activities.all()
    if not activities:
        faults.append(Shortcoming("timeline", "rows", _("Add at least one activity.")))
    late = [activity.title for activity in activities if months and activity.last_month > months]
    faults += [
        Shortcoming("timeline", "rows", _("“%(title)s” ends after the project.") % {"title": title})
        for title in late
    ]
    return faults


def _budget_faults(application: Application, call: Call) -> list[Shortcoming]:
    """Return what is missing of the budget, or against the call."""
    lines = application.budget_lines.all()
    if not lines:
        return [Shortcoming("budget", "rows", _("Add the expenses of the project."))]
    faults = []
    if not call.admits_cost(application.cost_cents) or not application.cost_cents:
        faults.append(Shortcoming("budget", "rows", _cost_fault(call)))
    if any(line.cofinanced_cents for line in lines) and not application.cofinancing.strip():
        faults.append(Shortcoming("budget", "cofinancing", _("Say who pays the co-financed part.")))
    return faults


def _declaration_faults(application: Application) -> list[Shortcoming]:
    """Return what the body has not declared yet."""
    made = {declaration.key for declaration in application.declarations.all()}
    return [
        Shortcoming("declarations", declared.key, _("To declare: %(title)s.") % {"title": declared.title})
        for declared in declarations_for(application)
        if declared.key not in made
    ]


def _unread_faults(application: Application) -> list[Shortcoming]:
    """Return the steps with something typed that cannot be read; each says beside its field why."""
    words = _("Something written here cannot be read: it stands beside its field.")
    return [Shortcoming(saved.key, "", words) for saved in application.saved_steps.all() if saved.unfinished]


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
