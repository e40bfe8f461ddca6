"""Two people admit or exclude an application, or take an exclusion back: one proposes, another one confirms."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail_to_officers
from calls.models import Application
from calls.services import ApplicationClosed
from vetting.models import Decision, DecisionProposal, Round
from vetting.services.annulment import annul_exclusion, excluded, require_act
from vetting.services.decision import (
    admit_application,
    exclude_application,
    require_admissible_cost,
    require_reason,
    tell_decision,
)
from vetting.services.eligibility import require_admissible

Outcome = DecisionProposal.Outcome
State = DecisionProposal.State
#: Whoever holds it may confirm.
CONFIRM_RIGHT = "vetting.change_decisionproposal"


class RankedByCommittee(Exception):
    """Say that a committee judges the application's window: whoever is admitted there is admitted by the ranking."""


class ProposalWaits(Exception):
    """Say that a decision about the application is proposed already."""


class ProposalMovedOn(Exception):
    """Say that a proposal has been decided already."""


class SamePerson(Exception):
    """Say that who proposed cannot confirm: two people decide."""


@transaction.atomic
def propose_admission(
    *, application: Application, by: User, reason: str, now: datetime, admitted_cost_cents: int | None = None
) -> DecisionProposal:
    """Propose, as one officer, to admit an application at a cost in cents, the proposed one unless said otherwise.

    Raise ReasonMissing, CostNotAdmitted, RankedByCommittee, NotFoundAdmissible, ProposalWaits, and calls'
    ApplicationClosed when it is not waiting for a decision.
    """
    reason = require_reason(reason)
    application = _waiting(application)
    if is_ranked(application):
        raise RankedByCommittee(application.public_id)
    require_admissible(application)
    cost = application.cost_cents if admitted_cost_cents is None else admitted_cost_cents
    require_admissible_cost(application, cost)
    return _propose(application, Outcome.ADMITTED, reason, cost, by, now)


@transaction.atomic
def propose_exclusion(*, application: Application, by: User, reason: str, now: datetime) -> DecisionProposal:
    """Propose, as one officer, to exclude an application. Raise ReasonMissing, ProposalWaits, ApplicationClosed."""
    reason = require_reason(reason)
    return _propose(_waiting(application), Outcome.INADMISSIBLE, reason, None, by, now)


@transaction.atomic
def propose_annulment(
    *, application: Application, act_number: str, act_date: date, reason: str, by: User, now: datetime
) -> DecisionProposal:
    """Propose, as one officer, to take the exclusion of an application back by an act.

    Raise ReasonMissing, ActMissing, ProposalWaits, and ApplicationClosed when it is not excluded.
    """
    reason, number = require_reason(reason), require_act(act_number, act_date, now)
    application = excluded(application)
    return _propose(
        application, Outcome.ANNULLED, reason, None, by, now, act_number=number, act_date=act_date
    )


@transaction.atomic
def confirm_proposal(*, proposal: DecisionProposal, by: User, now: datetime) -> Decision:
    """Decide what was proposed, as the second person; the body is written to with the reason.

    Raise SamePerson, ProposalMovedOn, RankedByCommittee when a committee has begun meanwhile, NotFoundAdmissible when its
    formal check was opened again meanwhile, ApplicationClosed.
    """
    proposal = _proposed(proposal)
    if proposal.proposed_by_id == by.pk:
        raise SamePerson(str(proposal.pk))
    if proposal.outcome == Outcome.ANNULLED:
        _decide(proposal, State.CONFIRMED, by, now)
        return annul_exclusion(proposal=proposal, by=by, now=now)
    application = _waiting(proposal.application)
    admits = proposal.outcome == Outcome.ADMITTED
    if admits and is_ranked(application):
        raise RankedByCommittee(application.public_id)
    _decide(proposal, State.CONFIRMED, by, now)
    if not admits:
        decision = exclude_application(application=application, by=by, reason=proposal.reason, now=now)
        tell_decision(decision, "application_inadmissible", {}, now)
        return decision
    cost = proposal.admitted_cost_cents or 0
    decision = admit_application(
        application=application, by=by, reason=proposal.reason, admitted_cost_cents=cost, now=now
    )
    tell_decision(decision, "application_admitted", {"promise": application.call.promise(cost)}, now)
    return decision


@transaction.atomic
def drop_proposal(*, proposal: DecisionProposal, by: User, reason: str, now: datetime) -> DecisionProposal:
    """Drop a proposal that is not followed, and say why; who made it may drop it too.

    Raise ReasonMissing, ProposalMovedOn.
    """
    reason = require_reason(reason)
    proposal = _proposed(proposal)
    proposal.drop_reason = reason
    _decide(proposal, State.DROPPED, by, now)
    return proposal


def is_ranked(application: Application) -> bool:
    """Say whether a committee judges the applications of its window."""
    return Round.objects.overlapping(application.call, application.session).exists()


def _propose(
    application: Application, outcome: str, reason: str, cost: int | None, by: User, now: datetime, **act: Any
) -> DecisionProposal:
    """Keep a proposal and write to those who may confirm it."""
    if application.decision_proposals.waiting().exists():
        raise ProposalWaits(application.public_id)
    proposal = DecisionProposal.objects.create(
        application=application,
        outcome=outcome,
        reason=reason,
        admitted_cost_cents=cost,
        proposed_at=now,
        proposed_by=by,
        **act,
    )
    queue_mail_to_officers(
        right=CONFIRM_RIGHT,
        key=f"decision_to_confirm:{proposal.pk}",
        template="decision_to_confirm",
        context={"proposal": proposal, "application": application},
        now=now,
        leave_out=by,
    )
    return proposal


def _decide(proposal: DecisionProposal, state: str, by: User, now: datetime) -> None:
    """Write who decided a proposal, and how."""
    proposal.state = state
    proposal.decided_by = by
    proposal.decided_at = now
    proposal.save(update_fields=["state", "decided_by", "decided_at", "drop_reason"])


def _waiting(application: Application) -> Application:
    """Return a submitted application, locked. Raise ApplicationClosed in any other state."""
    locked = Application.objects.select_for_update(of=("self",)).select_related("call", "session")
    application = locked.get(pk=application.pk)
    if application.status != Application.Status.SUBMITTED:
        raise ApplicationClosed(application.public_id)
    return application


def _proposed(proposal: DecisionProposal) -> DecisionProposal:
    """Return a proposal, locked, or raise ProposalMovedOn."""
    proposal = DecisionProposal.objects.select_for_update(no_key=True, of=("self",)).get(pk=proposal.pk)
    if proposal.state != State.PROPOSED:
        raise ProposalMovedOn(str(proposal.pk))
    return proposal
