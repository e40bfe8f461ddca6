"""The questions of a formal check, and what the call's rules answer by themselves: the same rules as at the handing in."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import OrgKind
from calls.declarations import SEAT
from calls.models import Application
from calls.services.application_faults import declaration_faults
from calls.services.attachment_faults import document_faults
from calls.services.eligibility import borough_fault, cost_fault, duration_fault, kind_fault, seat_fault
from calls.services.partner_faults import partner_faults
from civicfund.money import format_euro
from civicfund.templatetags.clock import moment
from vetting.models import EligibilityItem

Answer = EligibilityItem.Answer
#: Before the key of an officer's own question.
QUESTION = "question_"


class Found(NamedTuple):
    """What the rules answer, and their evidence in the reader's language."""

    answer: Answer
    evidence: str


class Question(NamedTuple):
    """One question of a formal check; the rules have no answer to an officer's own."""

    key: str
    text: str
    found: Found | None


def checklist_of(application: Application) -> list[Question]:
    """Return the questions about an application in their order, those of the rules with their answers."""
    ruled = [Question(key, str(text), judge(application)) for key, text, judge in RULED]
    own = application.call.eligibility_questions.all()
    return [*ruled, *(Question(f"{QUESTION}{one.pk}", one.text, None) for one in own)]


def _judged(fault: str, evidence: str) -> Found:
    """Return no with what is wrong, or yes with the evidence."""
    return Found(Answer.NO, fault) if fault else Found(Answer.YES, evidence)


def _kind(application: Application) -> Found:
    """Judge the kind of body."""
    kind, call = application.organization.kind, application.call
    words = _("%(kind)s. The call admits: %(kinds)s.") % {
        "kind": capfirst(OrgKind(kind).label),
        "kinds": ", ".join(call.eligible_kind_names),
    }
    return _judged(kind_fault(call, kind), words)


def _seat(application: Application) -> Found:
    """Judge the seat; a promised one is promised by a declaration."""
    call, body = application.call, application.organization
    if not call.seat_city:
        return Found(Answer.NOT_APPLICABLE, _("The call asks for no seat."))
    seat = f"{body.address}, {body.city}"
    if not seat_fault(call, body.city):
        return Found(Answer.YES, _("The seat is in %(seat)s.") % {"seat": seat})
    is_promised = any(made.key == SEAT for made in application.declarations.all())
    words = _("The seat is in %(seat)s; the body has declared that it will open one in %(city)s.")
    return _judged(
        seat_fault(call, body.city, promised=is_promised), words % {"seat": seat, "city": call.seat_city}
    )


def _where(application: Application) -> Found:
    """Judge the borough."""
    if not application.call.excluded_boroughs:
        return Found(Answer.NOT_APPLICABLE, _("The call excludes no borough."))
    fault = borough_fault(application.call, application.borough or 0)
    return _judged(fault, str(application.get_borough_display()))


def _cost(application: Application) -> Found:
    """Judge the cost."""
    call, language = application.call, get_language() or "it"
    least = format_euro(call.cost_min_cents, language)
    cost = format_euro(application.cost_cents, language)
    if call.cost_max_cents is None:
        words = _("%(cost)s; at least %(least)s, without a ceiling.") % {"cost": cost, "least": least}
    else:
        most = format_euro(call.cost_max_cents, language)
        words = _("%(cost)s; from %(least)s to %(most)s.") % {"cost": cost, "least": least, "most": most}
    return _judged(cost_fault(call, application.cost_cents), words)


def _duration(application: Application) -> Found:
    """Judge the duration, and that the activities lie within it."""
    months, most = application.duration_months or 0, application.call.project_months_max
    words = _("%(months)s months, of at most %(most)s.") % {"months": months, "most": most}
    return _judged(duration_fault(application.call, months), words)


def _partners(application: Application) -> Found:
    """Judge the partnership."""
    confirmed = [partner.legal_name for partner in application.partners.confirmed()]
    faults = " ".join(fault.words for fault in partner_faults(application))
    if not confirmed and not faults:
        return Found(Answer.NOT_APPLICABLE, _("The body applies alone."))
    return _judged(faults, _("Confirmed: %(names)s.") % {"names": ", ".join(confirmed)})


def _documents(application: Application) -> Found:
    """Judge which documents are there; whether they say what they should is the officer's to see."""
    if not application.call.document_requirements.all():
        return Found(Answer.NOT_APPLICABLE, _("The call asks for no documents."))
    faults = " ".join(fault.words for fault in document_faults(application, application.call))
    names = [one.requirement.name for one in application.attachments.current().select_related("requirement")]
    words = (
        _("There: %(names)s.") % {"names": ", ".join(dict.fromkeys(names))}
        if names
        else _("None is required.")
    )
    return _judged(faults, words)


def _declarations(application: Application) -> Found:
    """Judge which declarations were made."""
    faults = " ".join(fault.words for fault in declaration_faults(application))
    made = list(application.declarations.all())
    if not made:
        return _judged(faults, "")
    words = _("%(number)s made, by %(who)s on %(when)s.") % {
        "number": len(made),
        "who": ", ".join(dict.fromkeys(str(one.made_by) for one in made)),
        "when": moment(max(one.made_at for one in made)),
    }
    return _judged(faults, words)


#: Key, question and judge of what the rules of every call ask. Yes is as it should be.
RULED: list[tuple[str, object, Callable[[Application], Found]]] = [
    ("kind", gettext_lazy("Is the body of a kind the call admits?"), _kind),
    ("seat", gettext_lazy("Does it have the seat the call asks for?"), _seat),
    ("where", gettext_lazy("Is the place of the project admitted?"), _where),
    ("cost", gettext_lazy("Does the cost lie within the limits?"), _cost),
    ("duration", gettext_lazy("Does the project last no longer than it may?"), _duration),
    ("partners", gettext_lazy("Have all partners confirmed?"), _partners),
    ("documents", gettext_lazy("Are the documents there, valid and signed?"), _documents),
    ("declarations", gettext_lazy("Have all declarations been made?"), _declarations),
]
