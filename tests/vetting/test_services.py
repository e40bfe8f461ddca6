"""Officers decide, with a reason, once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.models import Mail, Membership, User
from calls.models import Application, Call
from calls.services import ApplicationClosed, save_step, submit_application, withdraw_application
from demo.applying import line
from tests.factories import make_application, make_call, make_draft_application, make_organization
from vetting.models import Decision
from vetting.services import CostNotAdmitted, ReasonMissing, admit_application, exclude_application

Status = Application.Status
Outcome = Decision.Outcome
Decide = Callable[..., Decision]
DECISIONS = [(admit_application, Status.ADMITTED), (exclude_application, Status.INADMISSIBLE)]


@pytest.fixture
def application(call: Call, organizer: User) -> Application:
    """Return an application that waits for a decision; its project costs 20,000 euro."""
    made = make_application(call=call, organization=make_organization(user=organizer))
    Mail.objects.all().delete()
    return made


def test_admit_application_freezes_the_proposed_cost(application: Application, officer: User) -> None:
    now = timezone.now()

    decision = admit_application(application=application, by=officer, reason=" Utile. ", now=now)

    application.refresh_from_db()
    assert application.status == Status.ADMITTED
    assert (decision.outcome, decision.reason) == (Outcome.ADMITTED, "Utile.")
    assert decision.admitted_cost_cents == application.cost_cents == 2_000_000
    assert (decision.decided_by, decision.decided_at) == (officer, now)


def test_exclude_application_keeps_the_reason(application: Application, officer: User) -> None:
    decision = exclude_application(
        application=application, by=officer, reason="Manca il consenso.", now=timezone.now()
    )

    application.refresh_from_db()
    assert application.status == Status.INADMISSIBLE
    assert (decision.outcome, decision.reason) == (Outcome.INADMISSIBLE, "Manca il consenso.")
    assert decision.admitted_cost_cents is None


@pytest.mark.parametrize(("decide", "_status"), DECISIONS)
@pytest.mark.parametrize("reason", ["", "  \n\t "])
def test_decision_without_a_reason(
    application: Application, officer: User, decide: Decide, _status: str, reason: str
) -> None:
    with pytest.raises(ReasonMissing):
        decide(application=application, by=officer, reason=reason, now=timezone.now())

    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    assert not Mail.objects.exists()


@pytest.mark.parametrize(("first", "status"), DECISIONS)
@pytest.mark.parametrize(("second", "_status"), DECISIONS)
def test_decision_is_taken_once(
    application: Application, officer: User, first: Decide, second: Decide, status: str, _status: str
) -> None:
    first(application=application, by=officer, reason="Prima.", now=timezone.now())

    with pytest.raises(ApplicationClosed):
        second(application=application, by=officer, reason="Seconda.", now=timezone.now())

    application.refresh_from_db()
    assert application.status == status
    assert Decision.objects.get().reason == "Prima."
    assert Mail.objects.count() == 1


@pytest.mark.parametrize(("decide", "_status"), DECISIONS)
def test_decision_about_a_draft_or_a_withdrawn_one(
    call: Call, organizer: User, officer: User, decide: Decide, _status: str
) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    withdrawn = make_application(call=call, organization=make_organization(user=organizer))
    withdraw_application(application=withdrawn, by=withdrawn.author, now=timezone.now())

    for application in (draft, withdrawn):
        with pytest.raises(ApplicationClosed):
            decide(application=application, by=officer, reason="Sì.", now=timezone.now())
    assert not Decision.objects.exists()


@pytest.mark.parametrize("cost", [100_000, 1_999_999, 2_000_000])
def test_admit_application_at_a_lower_cost(application: Application, officer: User, cost: int) -> None:
    decision = admit_application(
        application=application, by=officer, reason="Meno.", now=timezone.now(), admitted_cost_cents=cost
    )

    application.refresh_from_db()
    assert decision.admitted_cost_cents == cost
    assert application.cost_cents == 2_000_000


@pytest.mark.parametrize("cost", [2_000_001, 99_999, 0, -1])
def test_admit_application_at_a_cost_that_may_not_be(
    application: Application, officer: User, cost: int
) -> None:
    with pytest.raises(CostNotAdmitted):
        admit_application(
            application=application, by=officer, reason="Altro.", now=timezone.now(), admitted_cost_cents=cost
        )

    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    assert not Decision.objects.exists()


def test_admit_application_at_no_cost_where_the_call_has_no_lower_limit(
    officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, cost_min_cents=0)
    application = make_application(call=call, organization=make_organization(user=organizer))

    with pytest.raises(CostNotAdmitted):
        admit_application(
            application=application, by=officer, reason="Gratis.", now=timezone.now(), admitted_cost_cents=0
        )


def test_admit_application_reads_the_cost_that_was_submitted(
    call: Call, organizer: User, officer: User
) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    stale = Application.objects.get(pk=draft.pk)
    lines = [line("works", "Il forno", 1_500_000)]
    save_step(application=draft, key="budget", values={"rows": lines}, by=organizer, now=timezone.now())
    submit_application(application=draft, by=organizer, now=timezone.now())

    decision = admit_application(application=stale, by=officer, reason="Utile.", now=timezone.now())

    assert decision.admitted_cost_cents == 1_500_000


@pytest.mark.parametrize(("decide", "_status"), DECISIONS)
def test_decision_is_told_to_each_member_in_their_language(
    application: Application, officer: User, donor: User, decide: Decide, _status: str
) -> None:
    User.objects.filter(pk=donor.pk).update(language="en")
    Membership.objects.create(organization=application.organization, user=donor, created_at=timezone.now())

    decide(application=application, by=officer, reason="Perché sì.", now=timezone.now())

    mails = {mail.recipient: mail for mail in Mail.objects.all()}
    assert set(mails) == {"organizer@example.org", "donor@example.org"}
    assert all("Perché sì." in mail.body for mail in mails.values())
    assert all(application.protocol_number in mail.body for mail in mails.values())
    assert "Reason:" in mails["donor@example.org"].body


def test_admit_application_tells_the_shares_of_the_admitted_cost(
    application: Application, officer: User
) -> None:
    admit_application(
        application=application, by=officer, reason="Meno.", now=timezone.now(), admitted_cost_cents=1_200_001
    )

    body = Mail.objects.get().body
    assert "12.000,01\u00a0€" in body
    assert "6.000,01\u00a0€" in body
    assert "6.000\u00a0€" in body


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(reason="Un'altra."),
        lambda rows: rows.update(admitted_cost_cents=1),
        lambda rows: rows._raw_delete("default"),
    ],
)
def test_decision_is_final(application: Application, officer: User, change: Callable[[Any], object]) -> None:
    admit_application(application=application, by=officer, reason="Utile.", now=timezone.now())

    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        change(Decision.objects.all())

    assert Decision.objects.get().reason == "Utile."


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("decision_cost_matches_outcome", {"outcome": "admitted", "admitted_cost_cents": None}),
        ("decision_cost_matches_outcome", {"outcome": "admitted", "admitted_cost_cents": 0}),
        ("decision_cost_matches_outcome", {"outcome": "inadmissible", "admitted_cost_cents": 1}),
        ("decision_cost_matches_outcome", {"outcome": "maybe", "admitted_cost_cents": 1}),
        ("decision_has_reason", {"reason": ""}),
    ],
)
def test_decision_constraints(application: Application, officer: User, constraint: str, fields: dict) -> None:
    whole = {"outcome": "admitted", "admitted_cost_cents": 1, "reason": "Utile.", **fields}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Decision.objects.create(
            application=application, decided_by=officer, decided_at=timezone.now(), **whole
        )
