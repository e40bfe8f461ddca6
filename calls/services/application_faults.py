"""What keeps an application from being handed in: rules of the call it breaks, parts that are missing."""

from django.utils.translation import gettext as _

from calls.declarations import declarations_for
from calls.models import Application, Call
from calls.services.attachment_faults import document_faults
from calls.services.eligibility import borough_fault, cost_fault, duration_fault, kind_fault, seat_fault
from calls.services.partner_faults import partner_faults
from calls.services.shortcoming import Shortcoming


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
        *declaration_faults(application),
        *_unread_faults(application),
    ]


def _project_faults(application: Application, call: Call) -> list[Shortcoming]:
    """Return what is missing of the project's description, or against the call."""
    body = application.organization
    # A seat that may be promised is promised by a declaration.
    judged = [kind_fault(call, body.kind), seat_fault(call, body.city, promised=True)]
    faults = [Shortcoming("project", "organization", words) for words in judged if words]
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
    elif words := borough_fault(call, application.borough):
        faults.append(Shortcoming("place", "borough", words))
    if not application.beneficiaries.strip():
        faults.append(Shortcoming("place", "beneficiaries", _("Say whom the project serves.")))
    return faults


def _timeline_faults(application: Application, call: Call) -> list[Shortcoming]:
    """Return what is missing of the timeline, or against the call."""
    months, faults = application.duration_months, []
    if words := duration_fault(call, months or 0):
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
    if words := cost_fault(call, application.cost_cents):
        faults.append(Shortcoming("budget", "rows", words))
    if any(line.cofinanced_cents for line in lines) and not application.cofinancing.strip():
        faults.append(Shortcoming("budget", "cofinancing", _("Say who pays the co-financed part.")))
    return faults


def declaration_faults(application: Application) -> list[Shortcoming]:
    """Return what the body has not declared yet, or in words that the call has changed since."""
    made = {declaration.key: declaration for declaration in application.declarations.all()}
    faults = []
    for asked in declarations_for(application):
        title = {"title": asked.wording.title}
        if asked.key in made and not asked.says(made[asked.key].text):
            words = _("“%(title)s” has new words since it was declared: read them, and tick it again.")
            faults.append(Shortcoming("declarations", asked.key, words % title))
        elif asked.key not in made and asked.required:
            faults.append(Shortcoming("declarations", asked.key, _("To declare: %(title)s.") % title))
    return faults


def _unread_faults(application: Application) -> list[Shortcoming]:
    """Return the steps with something typed that cannot be read; each says beside its field why."""
    words = _("Something written here cannot be read: it stands beside its field.")
    steps = application.opening.steps if application.opening else application.saved_steps
    return [Shortcoming(saved.key, "", words) for saved in steps.all() if saved.unfinished]
