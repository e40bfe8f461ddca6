"""The formal check: what the rules answer by themselves, what an officer answers, and what follows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from accounts.models import Mail, Organization, OrgKind, User
from calls.models import Application
from calls.rules import end_of_day
from calls.services import (
    ApplicationClosed,
    ReasonMissing,
    submit_application,
    take_back_application,
    withdraw_application,
)
from tests import deciding
from tests.factories import make_call, make_user
from tests.vetting.asking import QUESTION, ask, make_checked_call, make_submitted
from vetting import services, tasks
from vetting.checklist import checklist_of
from vetting.models import EligibilityCheck, EligibilityItem
from vetting.services import Given

NOW = timezone.now()


@pytest.fixture
def application(officer: User, organizer: User) -> Application:
    """Return an application that waits for its formal check."""
    return make_submitted(make_checked_call(officer), organizer)


def own_key(application: Application) -> str:
    """Return the key of the officers' own question."""
    return f"question_{application.call.eligibility_questions.get().pk}"


def begun(application: Application) -> EligibilityCheck:
    """Begin the check of an application."""
    return services.begin_check(application=application, now=NOW)


def answer(check: EligibilityCheck, by: User, **answers: Given) -> EligibilityCheck:
    """Give some answers."""
    return services.record_answers(check=check, answers=answers, by=by, now=NOW)


def conclude(
    application: Application, by: User, outcome: str = "admissible", **changes: Any
) -> EligibilityCheck:
    """Conclude the check."""
    return services.conclude_eligibility(application=application, outcome=outcome, by=by, now=NOW, **changes)


def answers_of(application: Application) -> dict[str, str]:
    """Return what the rules answer by themselves."""
    again = Application.objects.with_story().with_parts().get(pk=application.pk)
    return {one.key: one.found.answer if one.found else "" for one in checklist_of(again)}


def test_checklist_is_answered_by_the_rules_of_the_call(application: Application) -> None:
    assert answers_of(application) == {
        "kind": "yes",
        "seat": "na",
        "where": "na",
        "cost": "yes",
        "duration": "yes",
        "partners": "na",
        "documents": "yes",
        "declarations": "yes",
        own_key(application): "",
    }


def test_checklist_gives_its_evidence_in_the_officers_language(application: Application) -> None:
    with translation.override("it"):
        found = {one.key: one.found.evidence for one in checklist_of(application) if one.found}
        texts = [one.text for one in checklist_of(application)]

    assert found["cost"] == "20.000\u00a0€; da 1.000\u00a0€ a 100.000\u00a0€."
    assert found["duration"] == "6 mesi, su un massimo di 12."
    assert found["declarations"].startswith("6 rese, da Organizer il ")
    assert texts[-1] == QUESTION


def test_checklist_says_no_with_the_words_of_the_handing_in(officer: User, organizer: User) -> None:
    call = make_checked_call(
        officer, seat_city="Milano", excluded_boroughs=[7], eligible_kinds=[OrgKind.APS, OrgKind.MSME]
    )
    application = make_submitted(call, organizer)
    # What the body says of itself may change after it has handed in.
    Organization.objects.filter(pk=application.organization_id).update(city="Rho", kind=OrgKind.ETS)

    assert {key: said for key, said in answers_of(application).items() if said in ("no", "yes")} == {
        "kind": "no",
        "seat": "no",
        "where": "yes",
        "cost": "yes",
        "duration": "yes",
        "documents": "yes",
        "declarations": "yes",
    }


def test_begin_checks_begins_each_once_and_leaves_other_calls_alone(
    application: Application, officer: User, stranger: User
) -> None:
    free = make_submitted(make_call(officer=officer), stranger)

    tasks.begin_checks()
    tasks.begin_checks()

    check = EligibilityCheck.objects.get()
    zone = timezone.get_default_timezone()
    assert (check.application, check.version) == (application, application.versions.get())
    assert check.due_at == end_of_day(application.session.closes_at, 30, zone)
    assert not hasattr(free, "eligibility")


def test_record_answers_keeps_who_answered_and_what_the_rules_said(
    application: Application, officer: User
) -> None:
    check = begun(application)
    other = make_user("collega", is_staff=True)

    answer(check, officer, cost=Given("yes"), documents=Given("no", "Lo statuto non è firmato."))
    answer(check, other, cost=Given("yes"), documents=Given("no", "Non è firmato."))

    cost, documents = check.items.get(key="cost"), check.items.get(key="documents")
    assert (cost.answered_by, cost.automatic) == (officer, "yes")
    assert (documents.answered_by, documents.note, documents.automatic) == (other, "Non è firmato.", "yes")
    assert documents.evidence
    answer(check, officer, cost=Given(""))
    assert not check.items.filter(key="cost").exists()


def test_record_answers_refuses_to_overrule_the_rules_in_silence(
    application: Application, officer: User
) -> None:
    check = begun(application)

    with pytest.raises(services.NoteMissing, match="seat"):
        answer(check, officer, cost=Given("yes"), seat=Given("no", "  "))

    assert not check.items.exists()


def test_conclude_keeps_the_answers_of_the_rules_and_tells_the_body(
    application: Application, officer: User
) -> None:
    check = begun(application)
    Mail.objects.all().delete()
    answer(check, officer, **{own_key(application): Given("yes")})

    check = conclude(application, officer)

    assert (check.outcome, check.concluded_by, check.concluded_at) == ("admissible", officer, NOW)
    assert check.items.count() == 9
    assert list(EligibilityCheck.objects.admissible()) == [check]
    assert application.events.latest("pk").what == "admissible"
    assert "dichiarato ammissibile" in Mail.objects.get().body
    application.refresh_from_db()
    assert application.status == Application.Status.SUBMITTED


def refuse_with(answers: dict[str, Given], application: Application, officer: User) -> list[str]:
    """Return which questions keep an application from being found admissible."""
    answer(begun(application), officer, **answers)
    with pytest.raises(services.QuestionsOpen) as refusal:
        conclude(application, officer)
    return [question.key for question in refusal.value.questions]


def test_conclude_admissible_needs_every_question_answered_and_none_with_no(
    application: Application, officer: User
) -> None:
    own = own_key(application)

    assert refuse_with({}, application, officer) == [own]
    wrong = {own: Given("yes"), "documents": Given("no", "Non firmato.")}
    assert refuse_with(wrong, application, officer) == ["documents"]
    assert EligibilityCheck.objects.get().is_open


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grounds": [], "words": "Manca."}, services.GroundsMissing),
        ({"grounds": ["documents"], "words": " "}, ReasonMissing),
    ],
)
def test_conclude_inadmissible_needs_grounds_and_a_reason(
    application: Application, officer: User, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        conclude(application, officer, "inadmissible", **changes)


def test_conclude_inadmissible_tells_the_grounds_and_decides_nothing(
    application: Application, officer: User
) -> None:
    Mail.objects.all().delete()

    check = conclude(application, officer, "inadmissible", grounds=["documents"], words="Manca lo statuto.")

    assert check.grounds == ["documents"]
    body = Mail.objects.get().body
    assert "Manca lo statuto." in body and "mancano documenti o non sono validi" in body
    assert not EligibilityCheck.objects.admissible().exists()
    assert not hasattr(application, "decision")


Attempt = Callable[[Application, User], Any]
CONCLUDED: dict[str, tuple[Attempt, type[Exception]]] = {
    "answered": (
        lambda application, by: answer(application.eligibility, by, cost=Given("yes")),
        services.CheckConcluded,
    ),
    "concluded": (lambda application, by: conclude(application, by), services.CheckConcluded),
    "asked": (lambda application, by: ask(application, by), services.CheckConcluded),
}


@pytest.mark.parametrize("name", CONCLUDED)
def test_a_concluded_check_is_not_changed(application: Application, officer: User, name: str) -> None:
    conclude(application, officer, "inadmissible", grounds=["other"], words="No.")
    application.refresh_from_db()
    attempt, error = CONCLUDED[name]

    with pytest.raises(error):
        attempt(application, officer)


def test_reopen_check_lets_the_officer_go_on_and_tells_the_body(
    application: Application, officer: User
) -> None:
    check = conclude(application, officer, "inadmissible", grounds=["other"], words="No.")

    with pytest.raises(ReasonMissing):
        services.reopen_check(check=check, by=officer, reason=" ", now=NOW)
    services.reopen_check(check=check, by=officer, reason="Un errore.", now=NOW)

    check.refresh_from_db()
    assert (check.outcome, check.grounds, check.concluded_by, check.items.count()) == ("open", [], None, 8)
    assert application.events.latest("pk").reason == "Un errore."
    assert Mail.objects.filter(key__startswith="eligibility_rechecked", body__contains="Un errore.").exists()
    with pytest.raises(services.CheckNotConcluded):
        services.reopen_check(check=check, by=officer, reason="Ancora.", now=NOW)


def admit(application: Application, officer: User) -> Any:
    """Admit an application."""
    return deciding.admit(application=application, by=officer, reason="Utile.", now=NOW)


def test_nothing_is_admitted_before_it_is_found_admissible(application: Application, officer: User) -> None:
    with pytest.raises(services.NotFoundAdmissible):
        admit(application, officer)
    begun(application)
    with pytest.raises(services.NotFoundAdmissible):
        admit(application, officer)
    application.refresh_from_db()
    assert application.status == Application.Status.SUBMITTED

    answer(begun(application), officer, **{own_key(application): Given("yes")})
    conclude(application, officer)

    assert admit(application, officer).outcome == "admitted"


def test_what_is_handed_in_anew_is_checked_anew(
    application: Application, officer: User, organizer: User
) -> None:
    answer(begun(application), officer, **{own_key(application): Given("yes")})
    conclude(application, officer)
    take_back_application(application=application, by=organizer, now=NOW)
    submit_application(application=application, by=organizer, now=NOW)

    # Also before the task has looked.
    assert not EligibilityCheck.objects.admissible().exists()
    with pytest.raises(services.NotFoundAdmissible):
        admit(application, officer)
    tasks.begin_checks()
    check = EligibilityCheck.objects.get()
    assert (check.outcome, check.items.count(), check.version.number) == ("open", 0, 2)


def test_begin_check_of_what_is_in_nobodys_hands(application: Application, organizer: User) -> None:
    withdraw_application(application=application, by=organizer, now=NOW)

    with pytest.raises(ApplicationClosed):
        begun(application)


def test_conclude_waits_for_whoever_was_asked(application: Application, officer: User) -> None:
    ask(application, officer)

    with pytest.raises(services.AnswerAwaited):
        conclude(application, officer, "inadmissible", grounds=["other"], words="No.")


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("eligibility_concluded_at_matches_outcome", {"concluded_at": NOW}),
        ("eligibility_concluded_at_matches_outcome", {"outcome": "admissible"}),
        ("eligibility_concluded_at_matches_outcome", {"outcome": "perhaps"}),
        ("eligibility_refusal_has_grounds", {"grounds": ["other"]}),
        (
            "eligibility_refusal_has_grounds",
            {"outcome": "inadmissible", "concluded_at": NOW, "words": "No.", "concluded_by": True},
        ),
    ],
)
def test_check_constraints(
    application: Application, officer: User, constraint: str, changes: dict[str, Any]
) -> None:
    check = begun(application)
    changes = {name: officer if value is True else value for name, value in changes.items()}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EligibilityCheck.objects.filter(pk=check.pk).update(**changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("eligibility_overruled_with_note", {"answer": "no"}),
        ("eligibility_item_once", {"key": "seat"}),
    ],
)
def test_item_constraints(
    application: Application, officer: User, constraint: str, changes: dict[str, Any]
) -> None:
    check = answer(begun(application), officer, cost=Given("yes"), seat=Given("na"))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EligibilityItem.objects.filter(check_of=check, key="cost").update(**changes)


def test_questions_are_frozen_with_their_call(application: Application) -> None:
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        application.call.eligibility_questions.update(text="Un'altra?")


@pytest.mark.parametrize(
    ("constraint", "texts"),
    [("eligibility_question_once", ["Uno?", "Uno?"]), ("eligibility_question_has_text", [""])],
)
def test_question_constraints(officer: User, constraint: str, texts: list[str]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_checked_call(officer, eligibility_questions=texts)


def test_waiting_is_sorted_by_what_is_due_first(officer: User, organizer: User, stranger: User) -> None:
    first = make_submitted(make_checked_call(officer, check_days=5), organizer)
    call = make_checked_call(officer, check_days=40)
    last = make_submitted(call, organizer)
    middle = make_submitted(make_checked_call(officer, check_days=20), stranger)
    for application in (last, first, middle):
        services.begin_check(application=application, now=NOW + timedelta(days=1))

    waiting = EligibilityCheck.objects.waiting()

    assert [check.application for check in waiting] == [first, middle, last]
