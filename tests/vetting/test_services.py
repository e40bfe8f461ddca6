"""Two people decide about an application, with a reason, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.models import Mail, Membership, User
from calls.models import Application, Call
from calls.services import ApplicationClosed, save_step, submit_application, withdraw_application
from demo.applying import line
from tests.deciding import admit, colleague, exclude
from tests.factories import make_application, make_call, make_draft_application, make_organization
from tests.vetting import judging
from vetting.models import Decision, DecisionProposal
from vetting.services import (
    CostNotAdmitted,
    ProposalMovedOn,
    ProposalWaits,
    RankedByCommittee,
    ReasonMissing,
    SamePerson,
    confirm_proposal,
    drop_proposal,
    propose_admission,
    propose_exclusion,
)

Status = Application.Status
Outcome = Decision.Outcome
Decide = Callable[..., Decision]
DECISIONS = [(admit, Status.ADMITTED), (exclude, Status.INADMISSIBLE)]
PROPOSALS = [propose_admission, propose_exclusion]


@pytest.fixture
def application(call: Call, organizer: User) -> Application:
    """Return an application that waits for a decision; its project costs 20,000 euro."""
    made = make_application(call=call, organization=make_organization(user=organizer))
    Mail.objects.all().delete()
    return made


@pytest.fixture
def proposal(application: Application) -> DecisionProposal:
    """Return the proposal of a colleague to admit it."""
    return propose_admission(application=application, by=colleague(), reason="Utile.", now=timezone.now())


def told(template: str) -> Any:
    """Return the mails of a template."""
    return Mail.objects.filter(key__startswith=f"{template}:")


def test_admission_freezes_the_proposed_cost(application: Application, officer: User) -> None:
    now = timezone.now()

    decision = admit(application=application, by=officer, reason=" Utile. ", now=now)

    application.refresh_from_db()
    assert application.status == Status.ADMITTED
    assert (decision.outcome, decision.reason) == (Outcome.ADMITTED, "Utile.")
    assert decision.admitted_cost_cents == application.cost_cents == 2_000_000
    assert (decision.decided_by, decision.decided_at) == (officer, now)
    assert application.decision_proposals.get().proposed_by == colleague()


def test_exclusion_keeps_the_reason(application: Application, officer: User) -> None:
    decision = exclude(application=application, by=officer, reason="Manca il consenso.", now=timezone.now())

    application.refresh_from_db()
    assert application.status == Status.INADMISSIBLE
    assert (decision.outcome, decision.reason) == (Outcome.INADMISSIBLE, "Manca il consenso.")
    assert decision.admitted_cost_cents is None


@pytest.mark.parametrize("propose", PROPOSALS)
def test_a_proposal_decides_nothing_and_tells_only_the_other_officers(
    application: Application, officer: User, propose: Callable[..., DecisionProposal]
) -> None:
    propose(application=application, by=colleague(), reason="Perché sì.", now=timezone.now())

    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    assert not Decision.objects.exists()
    assert [mail.recipient for mail in Mail.objects.all()] == [officer.email]
    assert told("decision_to_confirm").count() == 1


def test_who_proposed_cannot_confirm(proposal: DecisionProposal, officer: User) -> None:
    with pytest.raises(SamePerson):
        confirm_proposal(proposal=proposal, by=proposal.proposed_by, now=timezone.now())
    with pytest.raises(IntegrityError, match="decision_proposal_takes_two_people"), transaction.atomic():
        DecisionProposal.objects.filter(pk=proposal.pk).update(
            state="confirmed", decided_by=proposal.proposed_by, decided_at=timezone.now()
        )

    assert not Decision.objects.exists()
    confirm_proposal(proposal=proposal, by=officer, now=timezone.now())
    assert Decision.objects.get().decided_by == officer


def test_no_decision_is_written_without_a_second_person(application: Application, officer: User) -> None:
    with pytest.raises(IntegrityError, match="takes two people"), transaction.atomic():
        Decision.objects.create(
            application=application,
            outcome=Outcome.INADMISSIBLE,
            reason="Da solo.",
            decided_by=officer,
            decided_at=timezone.now(),
        )


def test_a_proposal_is_dropped_with_a_reason_and_another_may_follow(
    proposal: DecisionProposal, officer: User
) -> None:
    now = timezone.now()
    application = proposal.application
    with pytest.raises(ProposalWaits):
        propose_exclusion(application=application, by=officer, reason="No.", now=now)
    with pytest.raises(ReasonMissing):
        drop_proposal(proposal=proposal, by=officer, reason=" ", now=now)

    drop_proposal(proposal=proposal, by=proposal.proposed_by, reason="Ho letto male.", now=now)

    with pytest.raises(ProposalMovedOn):
        confirm_proposal(proposal=proposal, by=officer, now=now)
    assert exclude(application=application, by=officer, reason="No.", now=now).outcome == "inadmissible"


def test_what_was_proposed_is_never_edited(proposal: DecisionProposal, officer: User) -> None:
    rows = DecisionProposal.objects.filter(pk=proposal.pk)
    for change in ({"reason": "Altro."}, {"admitted_cost_cents": 5}, {"outcome": "inadmissible"}):
        with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
            rows.update(**change)
    confirm_proposal(proposal=proposal, by=officer, now=timezone.now())
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        rows.update(state="dropped", drop_reason="Altro.")
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        rows._raw_delete("default")


def test_where_a_committee_judges_only_the_ranking_admits(officer: User, organizer: User) -> None:
    call = judging.make_judged_call(officer=officer)
    application = make_application(call=call, organization=make_organization(user=organizer))
    now = timezone.now()
    early = propose_admission(application=application, by=colleague(), reason="Utile.", now=now)
    judging.make_committee(call, by=officer, members=2)
    judging.make_round(call, by=officer, readers=1)

    with pytest.raises(RankedByCommittee):
        confirm_proposal(proposal=early, by=officer, now=now)
    drop_proposal(proposal=early, by=officer, reason="Decide la graduatoria.", now=now)
    with pytest.raises(RankedByCommittee):
        propose_admission(application=application, by=colleague(), reason="Utile.", now=now)
    assert exclude(application=application, by=officer, reason="Fuori termine.", now=now)


@pytest.mark.parametrize("propose", PROPOSALS)
@pytest.mark.parametrize("reason", ["", "  \n\t "])
def test_proposal_without_a_reason(
    application: Application, officer: User, propose: Callable[..., DecisionProposal], reason: str
) -> None:
    with pytest.raises(ReasonMissing):
        propose(application=application, by=officer, reason=reason, now=timezone.now())

    assert not DecisionProposal.objects.exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(("first", "status"), DECISIONS)
@pytest.mark.parametrize(("second", "_status"), DECISIONS)
def test_decision_is_taken_once(
    application: Application, officer: User, first: Decide, second: Decide, status: str, _status: str
) -> None:
    first(application=application, by=officer, reason="Prima.", now=timezone.now())
    mails = Mail.objects.count()

    with pytest.raises(ApplicationClosed):
        second(application=application, by=officer, reason="Seconda.", now=timezone.now())

    application.refresh_from_db()
    assert application.status == status
    assert Decision.objects.get().reason == "Prima."
    assert Mail.objects.count() == mails


def test_a_withdrawal_overtakes_a_proposal(proposal: DecisionProposal, officer: User) -> None:
    application = proposal.application
    withdraw_application(application=application, by=application.author, now=timezone.now())

    with pytest.raises(ApplicationClosed):
        confirm_proposal(proposal=proposal, by=officer, now=timezone.now())

    proposal.refresh_from_db()
    assert proposal.state == "proposed"
    assert not Decision.objects.exists()


@pytest.mark.parametrize("propose", PROPOSALS)
def test_proposal_about_a_draft_or_a_withdrawn_one(
    call: Call, organizer: User, officer: User, propose: Callable[..., DecisionProposal]
) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    withdrawn = make_application(call=call, organization=make_organization(user=organizer))
    withdraw_application(application=withdrawn, by=withdrawn.author, now=timezone.now())

    for application in (draft, withdrawn):
        with pytest.raises(ApplicationClosed):
            propose(application=application, by=officer, reason="Sì.", now=timezone.now())
    assert not DecisionProposal.objects.exists()


@pytest.mark.parametrize("cost", [100_000, 1_999_999, 2_000_000])
def test_admission_at_a_lower_cost(application: Application, officer: User, cost: int) -> None:
    decision = admit(
        application=application, by=officer, reason="Meno.", now=timezone.now(), admitted_cost_cents=cost
    )

    application.refresh_from_db()
    assert decision.admitted_cost_cents == cost
    assert application.cost_cents == 2_000_000


@pytest.mark.parametrize("cost", [2_000_001, 99_999, 0, -1])
def test_admission_at_a_cost_that_may_not_be(application: Application, officer: User, cost: int) -> None:
    with pytest.raises(CostNotAdmitted):
        admit(
            application=application, by=officer, reason="Altro.", now=timezone.now(), admitted_cost_cents=cost
        )

    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    assert not DecisionProposal.objects.exists()


def test_admission_at_no_cost_where_the_call_has_no_lower_limit(officer: User, organizer: User) -> None:
    call = make_call(officer=officer, cost_min_cents=0)
    application = make_application(call=call, organization=make_organization(user=organizer))

    with pytest.raises(CostNotAdmitted):
        admit(
            application=application, by=officer, reason="Gratis.", now=timezone.now(), admitted_cost_cents=0
        )


def test_admission_reads_the_cost_that_was_submitted(call: Call, organizer: User, officer: User) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    stale = Application.objects.get(pk=draft.pk)
    lines = [line("works", "Il forno", 1_500_000)]
    save_step(application=draft, key="budget", values={"rows": lines}, by=organizer, now=timezone.now())
    submit_application(application=draft, by=organizer, now=timezone.now())

    decision = admit(application=stale, by=officer, reason="Utile.", now=timezone.now())

    assert decision.admitted_cost_cents == 1_500_000


@pytest.mark.parametrize(("decide", "template"), [(admit, "admitted"), (exclude, "inadmissible")])
def test_decision_is_told_to_each_member_in_their_language(
    application: Application, officer: User, donor: User, decide: Decide, template: str
) -> None:
    User.objects.filter(pk=donor.pk).update(language="en")
    Membership.objects.create(organization=application.organization, user=donor, created_at=timezone.now())

    decide(application=application, by=officer, reason="Perché sì.", now=timezone.now())

    mails = {mail.recipient: mail for mail in told(f"application_{template}")}
    assert set(mails) == {"organizer@example.org", "donor@example.org"}
    assert all("Perché sì." in mail.body for mail in mails.values())
    assert all(application.protocol_number in mail.body for mail in mails.values())
    assert "Reason:" in mails["donor@example.org"].body


def test_admission_tells_the_shares_of_the_admitted_cost(application: Application, officer: User) -> None:
    admit(
        application=application, by=officer, reason="Meno.", now=timezone.now(), admitted_cost_cents=1_200_001
    )

    body = told("application_admitted").get().body
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
    admit(application=application, by=officer, reason="Utile.", now=timezone.now())

    with pytest.raises(DatabaseError, match=r"never changed|Cannot delete"), transaction.atomic():
        change(Decision.objects.all())

    assert Decision.objects.get().reason == "Utile."


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("decision_cost_matches_outcome", {"admitted_cost_cents": None}),
        ("decision_cost_matches_outcome", {"admitted_cost_cents": 0}),
        ("decision_has_reason", {"reason": ""}),
    ],
)
def test_decision_constraints(
    proposal: DecisionProposal, officer: User, constraint: str, fields: dict
) -> None:
    now = timezone.now()
    DecisionProposal.objects.filter(pk=proposal.pk).update(
        state="confirmed", decided_by=officer, decided_at=now
    )
    whole = {"outcome": "admitted", "admitted_cost_cents": 1, "reason": "Utile.", **fields}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Decision.objects.create(application=proposal.application, decided_by=officer, decided_at=now, **whole)


def test_one_proposal_about_an_application_at_a_time(proposal: DecisionProposal) -> None:
    with pytest.raises(IntegrityError, match="decision_proposal_one_at_a_time"), transaction.atomic():
        DecisionProposal.objects.create(
            application=proposal.application,
            outcome="inadmissible",
            reason="No.",
            proposed_by=colleague(),
            proposed_at=timezone.now(),
        )


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("decision_proposal_has_a_reason", {"reason": ""}),
        ("decision_proposal_cost_matches_outcome", {"admitted_cost_cents": None}),
        ("decision_proposal_cost_matches_outcome", {"outcome": "inadmissible"}),
        ("decision_proposal_takes_two_people", {"state": "dropped"}),
        ("decision_proposal_takes_two_people", {"decided_at": timezone.now() + timedelta(days=1)}),
    ],
)
def test_proposal_constraints(application: Application, officer: User, constraint: str, fields: dict) -> None:
    whole = {"outcome": "admitted", "admitted_cost_cents": 1, "reason": "Utile.", **fields}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DecisionProposal.objects.create(
            application=application, proposed_by=officer, proposed_at=timezone.now(), **whole
        )
