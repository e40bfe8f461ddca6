"""A committee is appointed, reads, declares, scores and closes; each refusal has its name."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from calls.models import Application, Call
from calls.services import withdraw_application
from tests import factories
from tests.vetting import judging
from vetting import services
from vetting.models import Assignment, CommitteeMember, ConflictMatch, Round, ScoreSheet
from vetting.planning import plan_round
from vetting.progress import loads_of, missing_in, verdicts_of

Removal = Assignment.RemovalReason


@pytest.fixture
def call(officer: User) -> Call:
    """Return a published call with three criteria."""
    return judging.make_judged_call(officer=officer)


@pytest.fixture
def seats(call: Call, officer: User) -> list[CommitteeMember]:
    """Return a president, two members and a substitute."""
    return judging.make_committee(call, by=officer, members=3, substitutes=1)


@pytest.fixture
def round_(call: Call, seats: list[CommitteeMember], officer: User) -> Round:
    """Return a round of two applications that two members read each."""
    judging.make_applications(call, 2)
    return judging.make_assigned_round(call, by=officer, readers=2)


def appoint(call: Call, user: User, by: User, **changes: object) -> CommitteeMember:
    """Appoint somebody."""
    return services.appoint_member(
        call=call, user=user, by=by, now=timezone.now(), **{**judging.ACT, **changes}
    )


def test_appoint_member_once_and_one_president(
    call: Call, seats: list[CommitteeMember], officer: User, stranger: User
) -> None:
    window = call.sessions.get()
    with pytest.raises(services.AlreadyOnCommittee):
        appoint(call, seats[1].user, officer, session=window)
    with pytest.raises(services.PresidentServes):
        appoint(call, stranger, officer, role="president", session=window)

    assert appoint(call, stranger, officer, tax_code=" nreada80a41f205x ").tax_code == "NREADA80A41F205X"


def test_end_office_passes_on_what_was_not_judged(
    call: Call, seats: list[CommitteeMember], round_: Round, officer: User
) -> None:
    member = round_.assignments.exclude(member=seats[0]).first().member
    first = member.assignments.first()
    judging.judge(first, 40, 20, 10)

    with pytest.raises(services.ReasonMissing):
        services.end_office(member=member, reason=" ", by=officer, now=timezone.now())
    services.end_office(member=member, reason="Trasferita.", by=officer, now=timezone.now())
    with pytest.raises(services.OfficeEnded):
        services.end_office(member=member, reason="Trasferita.", by=officer, now=timezone.now())

    first.refresh_from_db()
    assert first.is_active
    for one in member.assignments.exclude(pk=first.pk):
        assert one.removal_reason == Removal.REPLACED and one.replaced_by
        assert one.replaced_by.member == seats[3]


def test_open_round_needs_a_president_a_day_to_come_and_nothing_open(
    call: Call, officer: User, stranger: User
) -> None:
    now = timezone.now()
    terms = {"call": call, "readers": 2, "due_at": now + timedelta(days=9), "by": officer, "now": now}

    with pytest.raises(services.NoPresident):
        services.open_round(**terms)
    appoint(call, stranger, officer, role="president")
    with pytest.raises(services.DueTooEarly):
        services.open_round(**{**terms, "due_at": now})
    services.open_round(**terms)
    for session in (None, call.sessions.get()):
        with pytest.raises(services.RoundExists):
            services.open_round(**terms, session=session)


def test_assign_evenly_is_even_and_a_repetition_adds_nothing(
    call: Call, seats: list[CommitteeMember], officer: User
) -> None:
    judging.make_applications(call, 3)
    round_ = judging.make_assigned_round(call, by=officer, readers=2)

    loads = {load.member: load.total for load in loads_of(round_)}
    again = services.assign_evenly(round_=round_, by=officer, now=timezone.now())

    assert [loads[seat] for seat in seats] == [2, 2, 2, 0]
    assert again == []


def test_assign_evenly_leaves_out_who_belongs_and_records_why(
    call: Call, seats: list[CommitteeMember], officer: User
) -> None:
    first, _second = judging.make_applications(call, 2)
    body = first.organization
    Membership.objects.create(organization=body, user=seats[1].user, role="reader", created_at=timezone.now())

    round_ = judging.make_assigned_round(call, by=officer, readers=3)

    readers = {one.member for one in round_.assignments.filter(application=first)}
    assert readers == {seats[0], seats[2], seats[3]}
    found = ConflictMatch.objects.filter(member=seats[1], application=first)
    assert "membership" in {match.kind for match in found}


def test_assign_member_refuses_by_name(
    call: Call, seats: list[CommitteeMember], round_: Round, officer: User, stranger: User
) -> None:
    now, application = timezone.now(), round_.applications.first()
    free = next(seat for seat in seats if not seat.assignments.filter(application=application).exists())
    elsewhere = judging.make_judged_call(officer=officer)
    other = judging.make_committee(elsewhere, by=officer, members=1)[0]

    def assign(member: CommitteeMember, one: Application = application) -> None:
        services.assign_member(round_=round_, application=one, member=member, by=officer, now=now)

    with pytest.raises(services.NotServing):
        assign(other)
    with pytest.raises(services.AlreadyAssigned):
        assign(application.assignments.first().member)
    withdrawn = judging.make_applications(judging.make_judged_call(officer=officer), 1)[0]
    with pytest.raises(services.NotToJudge):
        assign(free, withdrawn)
    Membership.objects.create(
        organization=application.organization, user=free.user, role="owner", created_at=now
    )
    with pytest.raises(services.ConflictFound) as refused:
        assign(free)
    assert "membership" in {match.kind for match in refused.value.matches}


def test_declare_a_conflict_removes_records_and_names_the_substitute(
    seats: list[CommitteeMember], round_: Round
) -> None:
    assignment = round_.assignments.first()
    by, now = assignment.member.user, timezone.now()
    with pytest.raises(services.WordsMissing):
        services.declare(assignment=assignment, answer="conflict", text=" ", by=by, now=now)

    services.declare(assignment=assignment, answer="conflict", text="Ci lavora mia sorella.", by=by, now=now)

    assignment = Assignment.objects.get(pk=assignment.pk)
    assert assignment.removal_reason == Removal.CONFLICT_DECLARED
    assert assignment.declaration.text == "Ci lavora mia sorella."
    assert assignment.replaced_by.member == seats[3]
    with pytest.raises(services.AssignmentGone):
        services.declare(assignment=assignment, answer="none", text="", by=by, now=now)


def test_declare_none_against_what_the_system_finds(seats: list[CommitteeMember], round_: Round) -> None:
    assignment = round_.assignments.first()
    by, now = assignment.member.user, timezone.now()
    partner = assignment.application.partners.model
    partner.objects.create(
        application=assignment.application,
        legal_name="Cooperativa Aurora",
        kind="other",
        tax_code="97812010151",
        referent=by.full_name + " Rossi",
        email=by.email,
        part="Aiuta.",
        named_at=now,
    )

    services.declare(assignment=assignment, answer="none", text="", by=by, now=now)

    assignment.refresh_from_db()
    assert assignment.removal_reason == Removal.CONFLICT_FOUND
    match = ConflictMatch.objects.get(member=assignment.member, kind="email")
    assert match.detail == "Cooperativa Aurora"


def test_a_domain_warns_and_removes_nothing(round_: Round) -> None:
    assignment = round_.assignments.first()
    by = assignment.member.user
    User.objects.filter(pk=by.pk).update(email="giudice@associazione.example")
    body = assignment.application.organization
    body.email = "info@associazione.example"
    body.save(update_fields=["email"])
    by.refresh_from_db()

    services.declare(assignment=assignment, answer="none", text="", by=by, now=timezone.now())

    assignment.refresh_from_db()
    assert assignment.is_active
    found = ConflictMatch.objects.filter(member=assignment.member, detail=str(body))
    assert [(match.kind, match.is_warning) for match in found] == [("domain", True)]


def test_declare_and_open_are_the_members_own(round_: Round, stranger: User) -> None:
    assignment, now = round_.assignments.first(), timezone.now()
    by = assignment.member.user

    with pytest.raises(services.NotDeclared):
        services.open_file(assignment=assignment, by=by, now=now)
    with pytest.raises(services.NotYours):
        services.declare(assignment=assignment, answer="none", text="", by=stranger, now=now)
    services.declare(assignment=assignment, answer="none", text="", by=by, now=now)
    with pytest.raises(services.AlreadyDeclared):
        services.declare(assignment=assignment, answer="none", text="", by=by, now=now)
    with pytest.raises(services.NotYours):
        services.open_file(assignment=assignment, by=stranger, now=now)
    first = services.open_file(assignment=assignment, by=by, now=now)
    again = services.open_file(assignment=assignment, by=by, now=now + timedelta(hours=1))
    assert first.opened_at == again.opened_at == now


def test_replace_member_by_hand_or_by_load(
    seats: list[CommitteeMember], round_: Round, officer: User
) -> None:
    first, last = round_.assignments.first(), round_.assignments.last()
    free = next(
        seat for seat in seats[:3] if not seat.assignments.filter(application=first.application).exists()
    )

    chosen = services.replace_member(
        assignment=first, note="Malattia.", by=officer, now=timezone.now(), member=free
    )
    found = services.replace_member(assignment=last, note="Malattia.", by=officer, now=timezone.now())

    first.refresh_from_db()
    assert (first.replaced_by, chosen.member) == (chosen, free)
    assert found.member == seats[3]
    with pytest.raises(services.AssignmentGone):
        services.replace_member(assignment=first, note="", by=officer, now=timezone.now())


def test_hand_over_leaves_a_gap_when_nobody_is_left(call: Call, officer: User) -> None:
    judging.make_applications(call, 1)
    judging.make_committee(call, by=officer, members=2)
    round_ = judging.make_assigned_round(call, by=officer, readers=2)

    taken = services.replace_member(
        assignment=round_.assignments.first(), note="", by=officer, now=timezone.now()
    )

    assert taken is None
    assert round_.assignments.active().count() == 1


def save(assignment: Assignment, *points: int | None, **changes: object) -> ScoreSheet:
    """Save a draft."""
    terms = {"comment": "", "by": assignment.member.user, "now": timezone.now()}
    typed = judging.entries(assignment.round.call, *points)
    return services.save_sheet(assignment=assignment, entries=typed, **{**terms, **changes})


def test_save_sheet_needs_the_declaration_and_its_member(round_: Round, stranger: User) -> None:
    assignment = round_.assignments.first()

    with pytest.raises(services.NotDeclared):
        save(assignment, 1, 1, 1)
    with pytest.raises(services.NotYours):
        save(assignment, 1, 1, 1, by=stranger)
    assert not ScoreSheet.objects.exists()


def test_finalise_sheet_refuses_and_keeps_what_was_typed(round_: Round) -> None:
    assignment = round_.assignments.first()
    by, now = assignment.member.user, timezone.now()
    services.declare(assignment=assignment, answer="none", text="", by=by, now=now)
    typed = judging.entries(round_.call, 19, 5, None, comment="")
    first, second, _third = typed
    typed[second] = services.Entry()

    with pytest.raises(services.SheetRefused) as refused:
        services.finalise_sheet(
            assignment=assignment,
            version=assignment.application.versions.get(),
            entries=typed,
            comment="Tutto sommato.",
            by=by,
            now=now,
        )

    assert refused.value.faults == [services.Fault("points", second), services.Fault("comment", first)]
    sheet = ScoreSheet.objects.get()
    assert (sheet.status, sheet.comment) == ("draft", "Tutto sommato.")
    assert [(score.points, score.not_applicable) for score in sheet.scores.all()] == [
        (1900, False),
        (None, False),
        (None, True),
    ]


def test_finalise_sheet_in_which_nothing_applies(round_: Round) -> None:
    with pytest.raises(services.SheetRefused) as refused:
        judging.judge(round_.assignments.first(), None, None, None)
    assert refused.value.faults == [services.Fault("all")]


def test_a_final_sheet_is_final(round_: Round) -> None:
    assignment = round_.assignments.first()
    sheet = judging.judge(assignment, 40, 20, None)

    with pytest.raises(services.SheetFinal):
        save(assignment, 1, 1, 1)

    assert [points.hundredths for points in ScoreSheet.objects.get().points] == [4000, 2000, None]
    assert sheet.finalised_at


def test_a_newer_version_is_confirmed_or_judged_anew(round_: Round) -> None:
    first, second = round_.assignments.filter(application=round_.applications.first())
    sheet, _other = judging.judge(first, 40, 20, 10), judging.judge(second, 30, 20, 10)
    read = first.application.versions.get()
    newer = judging.hand_in_again(first.application)
    now = timezone.now()

    assert ScoreSheet.objects.counting().count() == 0
    with pytest.raises(services.NewerVersion):
        services.confirm_sheet(assignment=first, version=read, by=first.member.user, now=now)
    confirmed = services.confirm_sheet(assignment=first, version=newer, by=first.member.user, now=now)
    anew = judging.judge(second, 20, 20, 10)

    assert (confirmed.confirms, confirmed.is_final) == (sheet, True)
    assert [one.hundredths for one in confirmed.points] == [4000, 2000, 1000]
    assert set(ScoreSheet.objects.counting()) == {confirmed, anew}
    assert ScoreSheet.objects.final().count() == 4


def test_a_version_handed_in_while_typing_loses_nothing(round_: Round) -> None:
    assignment = round_.assignments.first()
    by, now = assignment.member.user, timezone.now()
    services.declare(assignment=assignment, answer="none", text="", by=by, now=now)
    read = assignment.application.versions.get()
    newer = judging.hand_in_again(assignment.application)

    with pytest.raises(services.NewerVersion):
        services.finalise_sheet(
            assignment=assignment,
            version=read,
            entries=judging.entries(round_.call, 40, 20, 10),
            comment="Bene.",
            by=by,
            now=now,
        )

    sheet = ScoreSheet.objects.get()
    assert (sheet.application_version, sheet.status, sheet.comment) == (newer, "draft", "Bene.")
    with pytest.raises(services.NothingToConfirm):
        services.confirm_sheet(assignment=assignment, version=newer, by=by, now=now)


def test_verdicts_tell_the_spread_and_hide_it_from_who_has_not_judged(round_: Round) -> None:
    application = round_.applications.first()
    first, second = round_.assignments.filter(application=application)
    judging.judge(first, 40, 20, None)

    [verdict, _other] = verdicts_of(round_)
    assert [one.total for one in verdict.judged] == [7500]
    assert verdict.waits_for == 1
    [hidden, _other] = verdicts_of(round_, reader=second.member.user)
    assert hidden.is_hidden and not hidden.judged and hidden.spread is None
    judging.judge(second, 10, 0, 0)
    [shown, _other] = verdicts_of(round_, reader=second.member.user)
    assert [one.total for one in shown.judged] == [7500, 1000]
    assert len(shown.judged[1].below) == 1


def test_write_note_is_the_presidents(seats: list[CommitteeMember], round_: Round) -> None:
    application, now = round_.applications.first(), timezone.now()
    with pytest.raises(services.NotPresident):
        services.write_note(round_=round_, application=application, text="Bene.", by=seats[1].user, now=now)
    for text in ("Bene.", " Molto bene. "):
        services.write_note(round_=round_, application=application, text=text, by=seats[0].user, now=now)
    assert round_.notes.get().text == "Molto bene."


def test_a_president_in_conflict_abstains(seats: list[CommitteeMember], round_: Round) -> None:
    president, now = seats[0].user, timezone.now()
    assignment = round_.assignments.get(member=seats[0], application=round_.applications.first())
    services.declare(assignment=assignment, answer="conflict", text="È mio fratello.", by=president, now=now)
    for one in round_.assignments.active().filter(application=assignment.application):
        judging.judge(one, 40, 20, 10)

    shown = {verdict.application: verdict for verdict in verdicts_of(round_, reader=president)}

    assert shown[assignment.application].is_barred and not shown[assignment.application].judged
    assert not shown[round_.applications.last()].is_barred
    with pytest.raises(services.InConflict):
        services.write_note(
            round_=round_, application=assignment.application, text="Bene.", by=president, now=now
        )


def test_planning_reads_what_it_needs_at_once(
    call: Call, seats: list[CommitteeMember], officer: User, django_assert_max_num_queries: Any
) -> None:
    judging.make_applications(call, 3)
    round_ = judging.make_round(call, by=officer)
    with django_assert_max_num_queries(20):
        plan_round(round_)


def test_close_round_refuses_while_anything_is_missing(
    call: Call, seats: list[CommitteeMember], round_: Round
) -> None:
    president = seats[0].user
    meeting = judging.meeting_of(round_)
    one = round_.assignments.last()
    for assignment in round_.assignments.exclude(pk=one.pk):
        judging.judge(assignment, 40, 20, 10)

    with pytest.raises(services.RoundIncomplete) as refused:
        services.close_round(round_=round_, meeting=meeting, by=president, now=timezone.now())
    assert [(each.application, each.member) for each in refused.value.missing] == [
        (one.application, one.member)
    ]
    with pytest.raises(services.NotPresident):
        services.close_round(round_=round_, meeting=meeting, by=seats[1].user, now=timezone.now())
    assert Round.objects.get().is_open


def test_close_round_waits_for_a_reader_but_not_for_what_was_withdrawn(
    call: Call, seats: list[CommitteeMember], round_: Round
) -> None:
    first, second = round_.applications
    for assignment in round_.assignments.filter(application=first):
        judging.judge(assignment, 40, 20, 10)
    withdraw_application(application=second, by=second.author, now=timezone.now())
    assert missing_in(round_) == []
    body = factories.make_organization(user=factories.make_user("tardi"))
    new = factories.make_application(call=call, organization=body)

    assert [(one.application, one.member) for one in missing_in(round_)] == [(new, None)]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"against": 1}, services.VotesDoNotAdd),
        ({"present": []}, services.NobodyPresent),
    ],
)
def test_close_round_counts_votes_and_people(
    round_: Round, changes: dict[str, object], error: type[Exception]
) -> None:
    judging.judge_all(round_)
    meeting = judging.meeting_of(round_, **changes)
    with pytest.raises(error):
        services.close_round(
            round_=round_, meeting=meeting, by=judging.president_of(round_), now=timezone.now()
        )


def test_close_round_makes_minutes_that_tell_everything(
    seats: list[CommitteeMember], round_: Round, officer: User
) -> None:
    conflicted = round_.assignments.exclude(member=seats[0]).first()
    services.declare(
        assignment=conflicted,
        answer="conflict",
        text="Ci lavora mia sorella.",
        by=conflicted.member.user,
        now=timezone.now(),
    )
    low = round_.assignments.active().first()
    judging.judge(low, 10, 20, None)
    for assignment in round_.assignments.active().exclude(pk=low.pk):
        judging.judge(assignment, 40, 20, 10)
    services.write_note(
        round_=round_,
        application=conflicted.application,
        text="Discusso a lungo.",
        by=seats[0].user,
        now=timezone.now(),
    )

    judging.close(round_)

    minutes = round_.minutes
    with minutes.file.open() as kept:
        pdf = kept.read()
    assert pdf.startswith(b"%PDF") and b"/StructTreeRoot" in pdf
    assert hashlib.sha256(pdf).hexdigest() == minutes.sha256
    words = str(minutes.content)
    for told in (
        "Ci lavora mia sorella.",
        "Discusso a lungo.",
        "DD 77/2027",
        "70",
        "Sotto il minimo.",
        "n.a.",
        str(seats[3]),
    ):
        assert told in words
    with pytest.raises(services.RoundClosed):
        services.assign_evenly(round_=round_, by=officer, now=timezone.now())
    with pytest.raises(services.RoundClosed):
        save(round_.assignments.active().first(), 1, 1, 1)
