"""Write what was decided about an application: the inner step of what two people do, never called by one alone."""

from datetime import datetime

from accounts.models import User
from accounts.services import queue_mail_to_members
from calls.models import Application
from calls.services import mark_admitted, mark_inadmissible, mark_not_selected
from vetting.models import Decision
from vetting.services.eligibility import require_admissible


class ReasonMissing(Exception):
    """Say that a decision needs a reason. Source: L. 241/1990 art. 3."""


class CostNotAdmitted(Exception):
    """Say that the admitted cost is above the proposed one or outside the call's limits."""


def admit_application(
    *, application: Application, by: User, reason: str, now: datetime, admitted_cost_cents: int
) -> Decision:
    """Admit an application and freeze its admitted cost in cents, inside the transaction of who calls it.

    The campaign's draft follows within seconds. Raise CostNotAdmitted, and calls' ApplicationClosed when the application
    waits neither for a decision nor on the reserve list.
    """
    application = mark_admitted(application=application)
    require_admissible(application)
    require_admissible_cost(application, admitted_cost_cents)
    return Decision.objects.create(
        application=application,
        outcome=Decision.Outcome.ADMITTED,
        reason=reason,
        admitted_cost_cents=admitted_cost_cents,
        decided_at=now,
        decided_by=by,
    )


def exclude_application(*, application: Application, by: User, reason: str, now: datetime) -> Decision:
    """Close an application with the reason why it is not admitted, inside the transaction of who calls it.

    Raise calls' ApplicationClosed when the application is not waiting for a decision.
    """
    application = mark_inadmissible(application=application)
    return _close(application, Decision.Outcome.INADMISSIBLE, reason, by, now)


def leave_out_application(*, application: Application, by: User, reason: str, now: datetime) -> Decision:
    """Close an application to which a final ranking gives nothing, inside the transaction of who calls it.

    Raise calls' ApplicationClosed when the application waits neither for a decision nor on the reserve list.
    """
    application = mark_not_selected(application=application)
    return _close(application, Decision.Outcome.NOT_SELECTED, reason, by, now)


def require_reason(reason: str) -> str:
    """Return a reason without the spaces around it. Raise ReasonMissing when nothing is left."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def require_admissible_cost(application: Application, cost_cents: int) -> None:
    """Refuse a cost in cents that is above the proposed one or outside the call's limits."""
    if not 0 < cost_cents <= application.cost_cents or not application.call.admits_cost(cost_cents):
        raise CostNotAdmitted(cost_cents)


def tell_decision(decision: Decision, template: str, context: dict[str, object], now: datetime) -> None:
    """Write to the members of the body about a decision that has just been made."""
    application = Application.objects.with_story().get(decision=decision)
    queue_mail_to_members(
        organization=application.organization,
        key=f"{template}:{decision.pk}",
        topic=application.call.mail_topic,
        template=template,
        context={"application": application, "decision": decision, **context},
        now=now,
    )


def _close(
    application: Application, outcome: Decision.Outcome, reason: str, by: User, now: datetime
) -> Decision:
    """Write a decision that gives nothing."""
    return Decision.objects.create(
        application=application, outcome=outcome, reason=reason, decided_at=now, decided_by=by
    )
