"""How the demo's officers decide about an application: one proposes, another one confirms a moment later."""

from datetime import datetime, timedelta

from calls.models import Application
from demo.cast import People
from vetting.models import Decision
from vetting.services import confirm_proposal, propose_admission, propose_exclusion

#: Between the proposal and the second officer's confirmation.
MEANWHILE = timedelta(minutes=40)


def admit(people: People, application: Application, reason: str, when: datetime) -> Decision:
    """Admit an application at an instant, as it was proposed a little earlier."""
    proposal = propose_admission(
        application=application, by=people.colleague, reason=reason, now=when - MEANWHILE
    )
    return confirm_proposal(proposal=proposal, by=people.officer, now=when)


def exclude(people: People, application: Application, reason: str, when: datetime) -> Decision:
    """Exclude an application at an instant, as it was proposed a little earlier."""
    proposal = propose_exclusion(
        application=application, by=people.colleague, reason=reason, now=when - MEANWHILE
    )
    return confirm_proposal(proposal=proposal, by=people.officer, now=when)
