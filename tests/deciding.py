"""Two people decide about an application, as everywhere on the desk: a colleague proposes, the person named confirms."""

from datetime import datetime

from accounts.models import User
from calls.models import Application
from vetting.models import Decision, DecisionProposal
from vetting.services import confirm_proposal, propose_admission, propose_exclusion


def colleague() -> User:
    """Return the officer who proposes."""
    person = User.objects.filter(email="colleague@example.org").first()
    return person or User.objects.create_user(
        "colleague@example.org", "una-parola-lunga", full_name="Colleague", is_staff=True
    )


def admit(
    *, application: Application, by: User, reason: str, now: datetime, admitted_cost_cents: int | None = None
) -> Decision:
    """Admit an application at a cost in cents, the proposed one unless said otherwise."""
    proposal = propose_admission(
        application=application,
        by=colleague(),
        reason=reason,
        now=now,
        admitted_cost_cents=admitted_cost_cents,
    )
    return _confirmed(proposal, by, now)


def exclude(*, application: Application, by: User, reason: str, now: datetime) -> Decision:
    """Exclude an application."""
    proposal = propose_exclusion(application=application, by=colleague(), reason=reason, now=now)
    return _confirmed(proposal, by, now)


def _confirmed(proposal: DecisionProposal, by: User, now: datetime) -> Decision:
    """Confirm what the colleague has proposed."""
    return confirm_proposal(proposal=proposal, by=by, now=now)
