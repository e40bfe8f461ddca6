"""An exclusion is taken back by an act: two people, the reason kept, and the application waits for a decision again."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Application, Call
from calls.services import ApplicationClosed
from calls.story import story_of
from tests import factories
from tests.deciding import admit, colleague, exclude
from tests.desk import desk_of, row_url, take_step, text_of
from vetting.models import Decision, DecisionProposal
from vetting.services import (
    ActMissing,
    ProposalWaits,
    ReasonMissing,
    SamePerson,
    confirm_proposal,
    propose_annulment,
)

NOW = timezone.now()
Status = Application.Status


@pytest.fixture
def application(call: Call, organizer: User, officer: User) -> Application:
    """Return an application that was excluded."""
    made = factories.make_application(call=call, organization=factories.make_organization(user=organizer))
    exclude(application=made, by=officer, reason="Manca la firma.", now=NOW)
    made.refresh_from_db()
    return made


def proposed(application: Application, **changes: Any) -> DecisionProposal:
    """Have a colleague propose to take the exclusion back."""
    told = {"act_number": "DD 12/2027", "act_date": date(2026, 1, 8), "reason": "La firma c'era."}
    return propose_annulment(**{"application": application, "by": colleague(), "now": NOW, **told, **changes})


def test_two_people_take_an_exclusion_back_and_all_of_it_stays_on_record(
    application: Application, officer: User
) -> None:
    decision = confirm_proposal(proposal=proposed(application), by=officer, now=NOW + timedelta(hours=1))

    application.refresh_from_db()
    assert application.status == Status.SUBMITTED and not hasattr(application, "decision")
    assert application.annulled_decisions.get() == decision == Decision.objects.get(reason="Manca la firma.")
    mail = Mail.objects.get(key__startswith="exclusion_annulled")
    assert "DD 12/2027" in mail.body and "La firma c'era." in mail.body
    told = [(moment.title, moment.reason) for moment in story_of(application, NOW + timedelta(days=1))]
    where = [number for number, (_title, reason) in enumerate(told) if "firma" in reason]
    assert [told[number][1][-15:] for number in where] == ["Manca la firma.", "La firma c'era."]
    # What was taken back keeps nothing from being decided.
    admit(application=application, by=officer, reason="Utile.", now=NOW + timedelta(days=2))
    application.refresh_from_db()
    assert application.decision.outcome == "admitted"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": " "}, ReasonMissing),
        ({"act_number": " "}, ActMissing),
        ({"act_date": NOW.date() + timedelta(days=1)}, ActMissing),
    ],
)
def test_an_annulment_needs_reason_and_act(
    application: Application, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        proposed(application, **changes)


def test_only_an_exclusion_is_taken_back_once_and_by_another_person(
    application: Application, officer: User, call: Call
) -> None:
    proposal = proposed(application)
    with pytest.raises(ProposalWaits):
        proposed(application)
    with pytest.raises(SamePerson):
        confirm_proposal(proposal=proposal, by=colleague(), now=NOW)
    confirm_proposal(proposal=proposal, by=officer, now=NOW)
    with pytest.raises(ApplicationClosed):
        proposed(application)


def test_the_database_lets_a_decision_go_only_by_a_confirmed_annulment(
    application: Application, officer: User
) -> None:
    proposal = proposed(application)
    rows = Decision.objects.filter(application=application)

    for change in (
        {"application": None, "was_about": application, "annulment": proposal},
        {"reason": "Altro."},
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            rows.update(**change)
    confirm_proposal(proposal=proposal, by=officer, now=NOW)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Decision.objects.filter(was_about=application).update(reason="Altro.")


@pytest.mark.parametrize("changes", [{"act_number": ""}, {"act_date": None}, {"outcome": "inadmissible"}])
def test_an_annulment_has_its_act(application: Application, changes: dict[str, Any]) -> None:
    whole = {"outcome": "annulled", "reason": "Sì.", "act_number": "DD 1", "act_date": NOW.date(), **changes}
    with pytest.raises(IntegrityError, match="annuls_by_an_act"), transaction.atomic():
        DecisionProposal.objects.create(
            application=application, proposed_by=colleague(), proposed_at=NOW, **whole
        )


def test_the_desk_takes_an_exclusion_back(application: Application, officer: User) -> None:
    page = take_step(
        desk_of(colleague_with_rights()),
        row_url(application, "annul"),
        act_number="DD 12/2027",
        act_date="2026-01-08",
        reason="La firma c'era.",
    )
    assert "Proposed" in text_of(page)

    done = take_step(desk_of(officer), row_url(DecisionProposal.objects.get(state="proposed"), "confirm"))

    assert "waits for a decision" in text_of(done)
    shown = text_of(desk_of(officer).get(row_url(application)))
    assert "Taken back" in shown and "DD 12/2027" in shown and "Manca la firma." in shown


def colleague_with_rights() -> User:
    """Return the colleague, with every right at the desk."""
    person = colleague()
    person.is_superuser = True
    person.save(update_fields=["is_superuser"])
    return person
