"""What keeps a call from being published in its parts: windows, themes, criteria and declarations."""

from itertools import pairwise

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import OrgKind
from calls.models import Call, Criterion, DeclarationText
from calls.services.faults import Fault, rule_faults
from civicfund.money import FULL_BP


def publication_faults(call: Call) -> list[Fault]:
    """Return everything that keeps a saved call from being published."""
    return [*rule_faults(call), *part_faults(call)]


def part_faults(call: Call) -> list[Fault]:
    """Return what is wrong with the windows, themes, criteria and declarations of a saved call."""
    return [
        *_session_faults(call),
        *_question_faults(call),
        *merit_faults(call, call.themes.exists(), list(call.criteria.all())),
        *declaration_faults(call, list(call.declaration_texts.all())),
    ]


def declaration_faults(call: Call, declarations: list[DeclarationText]) -> list[Fault]:
    """Return which declarations are missing. Source: DPR 445/2000 art. 76, and decision 0026 for groups of citizens."""
    asked = DeclarationText.AskedOf
    required = {declaration.asked_of for declaration in declarations if declaration.required}
    faults = []
    if asked.EVERYBODY not in required:
        words = _(
            "Nothing has to be declared by whoever applies: require at least that the application is true."
        )
        faults.append(Fault("declaration_texts", words))
    if OrgKind.INFORMAL in call.eligible_kinds and asked.GROUPS not in required:
        words = _(
            "Groups of citizens may apply, but undertake nothing: require of them that they become a body."
        )
        faults.append(Fault("declaration_texts", words))
    return faults


def _session_faults(call: Call) -> list[Fault]:
    """Return what is wrong with the application windows and the split of the fund."""
    sessions = list(call.sessions.order_by("opens_at"))
    if not sessions:
        return [Fault("sessions", _("There is no application window: add at least one."))]
    faults = [
        Fault(
            "sessions",
            _("Windows %(first)s and %(second)s overlap: the first must close before the second opens.")
            % {"first": first.number, "second": second.number},
        )
        for first, second in pairwise(sessions)
        if second.opens_at < first.closes_at
    ]
    shares = [session.allocation_cents for session in sessions if session.allocation_cents is not None]
    if shares and len(shares) < len(sessions):
        faults.append(
            Fault(
                "sessions",
                _("Some windows have a share of the fund and some have not: fill in all of them or none."),
            )
        )
    elif shares and sum(shares) != call.fund_cents:
        faults.append(
            Fault("sessions", _("The shares of the windows do not add up to the fund: correct one of them."))
        )
    return faults


def _question_faults(call: Call) -> list[Fault]:
    """Return what is wrong with the date until which people may ask."""
    last = call.sessions.aggregate(last=Max("closes_at"))["last"]
    if call.questions_until is None or last is None or call.questions_until < last:
        return []
    words = _(
        "Questions are taken after the last window has closed, when no answer helps: write an earlier date."
    )
    return [Fault("questions_until", words)]


def merit_faults(call: Call, has_themes: bool, criteria: list[Criterion]) -> list[Fault]:
    """Return what is wrong with themes, criteria and pass marks."""
    faults = []
    if not has_themes:
        faults.append(Fault("themes", _("There is no theme: add at least one.")))
    if not criteria:
        faults.append(Fault("criteria", _("There is no criterion: add what the committee scores.")))
    for criterion in criteria:
        if criterion.min_points > criterion.max_points:
            faults.append(
                Fault(
                    "criteria",
                    _(
                        "Criterion “%(name)s” needs more points to pass than it can give: lower the lowest score."
                    )
                    % {"name": criterion.name},
                )
            )
    most = sum(criterion.max_points * criterion.weight_bp for criterion in criteria) // FULL_BP
    if criteria and call.pass_mark > most:
        faults.append(
            Fault(
                "pass_mark",
                _("The pass mark is %(mark)s, but all criteria together give %(most)s points: lower it.")
                % {"mark": call.pass_mark, "most": most},
            )
        )
    return faults
