"""How the demo's officers decide about an application: one proposes, another one confirms a moment later."""

from datetime import datetime, timedelta

from calls.models import Application
from demo.cast import People
from vetting.checklist import checklist_of
from vetting.models import Decision
from vetting.services import (
    Given,
    begin_check,
    conclude_eligibility,
    confirm_proposal,
    propose_admission,
    propose_exclusion,
    record_answers,
)

#: Between the proposal and the second officer's confirmation.
MEANWHILE = timedelta(minutes=40)


def find_admissible(people: People, application: Application, when: datetime) -> None:
    """Conclude a formal check: whoever checks looks at what the rules left open, and finds it in order."""
    check = begin_check(application=application, now=when)
    looked_at = {
        question.key: Given("yes", "Visto tra le carte.")
        for question in checklist_of(check.application)
        if question.found is None or question.found.answer == "no"
    }
    record_answers(check=check, answers=looked_at, by=people.officer, now=when)
    conclude_eligibility(application=application, outcome="admissible", by=people.officer, now=when)


def find_inadmissible(people: People, application: Application, words: str, when: datetime) -> None:
    """Conclude a formal check with the reason why the application cannot be judged."""
    conclude_eligibility(
        application=application,
        outcome="inadmissible",
        grounds=["other"],
        words=words,
        by=people.officer,
        now=when,
    )


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
