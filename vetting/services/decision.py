"""Admit an application or exclude it, with a reason."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail_to_members
from calls.models import Application
from calls.services import mark_admitted, mark_inadmissible
from vetting.models import Decision
from vetting.services.eligibility import require_admissible


class ReasonMissing(Exception):
    """Say that a decision needs a reason. Source: L. 241/1990 art. 3."""


class CostNotAdmitted(Exception):
    """Say that the admitted cost is above the proposed one or outside the call's limits."""


@transaction.atomic
def admit_application(
    *, application: Application, by: User, reason: str, now: datetime, admitted_cost_cents: int | None = None
) -> Decision:
    """Admit an application and freeze its admitted cost in cents, the proposed one unless said otherwise.

    The campaign's draft follows within seconds. Raise ReasonMissing, CostNotAdmitted, and calls' ApplicationClosed
    when the application is not waiting for a decision.
    """
    _require_reason(reason)
    application = mark_admitted(application=application)
    require_admissible(application)
    cost = application.cost_cents if admitted_cost_cents is None else admitted_cost_cents
    if not 0 < cost <= application.cost_cents or not application.call.admits_cost(cost):
        raise CostNotAdmitted(cost)
    decision = Decision.objects.create(
        application=application,
        outcome=Decision.Outcome.ADMITTED,
        reason=reason.strip(),
        admitted_cost_cents=cost,
        decided_at=now,
        decided_by=by,
    )
    context = {"application": application, "decision": decision, "promise": application.call.promise(cost)}
    _tell(decision, "application_admitted", context, now)
    return decision


@transaction.atomic
def exclude_application(*, application: Application, by: User, reason: str, now: datetime) -> Decision:
    """Close an application with the reason why it is not admitted.

    Raise ReasonMissing, and calls' ApplicationClosed when the application is not waiting for a decision.
    """
    _require_reason(reason)
    application = mark_inadmissible(application=application)
    decision = Decision.objects.create(
        application=application,
        outcome=Decision.Outcome.INADMISSIBLE,
        reason=reason.strip(),
        decided_at=now,
        decided_by=by,
    )
    _tell(decision, "application_inadmissible", {"application": application, "decision": decision}, now)
    return decision


def _require_reason(reason: str) -> None:
    """Refuse a decision without a reason."""
    if not reason.strip():
        raise ReasonMissing


def _tell(decision: Decision, template: str, context: dict[str, object], now: datetime) -> None:
    """Write to the members of the body."""
    queue_mail_to_members(
        organization=decision.application.organization,
        key=f"{template}:{decision.application_id}",
        topic=decision.application.call.mail_topic,
        template=template,
        context=context,
        now=now,
    )
