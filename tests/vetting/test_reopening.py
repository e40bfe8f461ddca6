"""A closed round that is opened again: asked for by its president, let happen by somebody of the office, never once ranked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from tests.desk import desk_of, list_url, row_url, take_step, text_of
from tests.vetting import judging
from tests.vetting import ranking as ranked
from vetting import services
from vetting.models import Assignment, Minutes, Reopening, Round, ScoreSheet

REASON = "Un punteggio è stato scritto nella riga sbagliata."


@pytest.fixture
def call(officer: User) -> Call:
    return judging.make_judged_call(officer=officer)


@pytest.fixture
def round_(call: Call, officer: User) -> Round:
    """Return a round that its committee has judged and closed."""
    judging.make_committee(call, by=officer, members=3)
    judging.make_applications(call, 2)
    round_ = judging.make_assigned_round(call, by=officer, readers=2)
    judging.judge_all(round_)
    judging.close(round_)
    return Round.objects.get(pk=round_.pk)


@pytest.fixture
def president(round_: Round) -> User:
    return judging.president_of(round_)


@pytest.fixture
def clerk() -> User:
    return judging.make_judge("ufficio", *judging.CLERK_RIGHTS)


def ask(round_: Round, *again: Assignment, by: User | None = None, **changes: Any) -> Reopening:
    """Have the president ask that the round be opened again."""
    now = timezone.now()
    asked = {"reason": REASON, "due_at": now + timedelta(days=5), **changes}
    by = by or judging.president_of(round_)
    return services.propose_reopening(round_=round_, again=again, by=by, now=now, **asked)


def test_a_round_goes_on_where_it_was_and_is_closed_with_minutes_of_its_own(
    round_: Round, clerk: User
) -> None:
    again, *others = round_.assignments.active()
    old = again.sheets.get()
    asked = ask(round_, again)
    assert not Round.objects.get(pk=round_.pk).is_open

    services.confirm_reopening(reopening=asked, by=clerk, now=timezone.now())

    round_ = Round.objects.get(pk=round_.pk)
    again.refresh_from_db()
    new = again.replaced_by
    assert round_.is_open and round_.due_at == asked.due_at
    assert (new.member, new.application) == (again.member, again.application)
    assert ScoreSheet.objects.counting().count() == len(others)
    with pytest.raises(services.RoundIncomplete):
        judging.close(round_)
    judging.judge(new, 10, 20, 10)
    judging.close(round_)

    first, second = round_.all_minutes.all()
    assert Round.objects.get(pk=round_.pk).minutes == second
    assert REASON in str(second.content) and str(clerk) in str(second.content)
    assert REASON not in str(first.content)
    old.refresh_from_db()
    assert old.is_final and old not in ScoreSheet.objects.counting()
    assert ScoreSheet.objects.counting().count() == len(others) + 1


def test_only_notes_and_votes_are_done_again_when_no_sheet_is_chosen(round_: Round, clerk: User) -> None:
    services.confirm_reopening(reopening=ask(round_), by=clerk, now=timezone.now())

    round_ = Round.objects.get(pk=round_.pk)
    meeting = judging.meeting_of(round_, in_favour=2, against=1)
    services.close_round(round_=round_, meeting=meeting, by=judging.president_of(round_), now=timezone.now())

    assert Minutes.objects.count() == 2
    assert not Assignment.objects.exclude(removed_at=None).exists()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": " "}, services.ReasonMissing),
        ({"due_at": timezone.now() - timedelta(days=1)}, services.DueTooEarly),
        ({"by": "member"}, services.NotPresident),
        ({"by": "clerk"}, services.NotPresident),
    ],
)
def test_propose_reopening_refuses(
    round_: Round, clerk: User, changes: dict[str, Any], error: type[Exception]
) -> None:
    people = {"clerk": clerk, "member": round_.seats.last().user}
    asked = {name: people.get(value, value) if name == "by" else value for name, value in changes.items()}

    with pytest.raises(error):
        ask(round_, **asked)
    assert not Reopening.objects.exists()


def test_a_round_is_asked_for_once_and_only_while_it_is_closed(round_: Round, clerk: User) -> None:
    asked = ask(round_)
    with pytest.raises(services.ReopeningWaits):
        ask(round_)
    services.confirm_reopening(reopening=asked, by=clerk, now=timezone.now())

    with pytest.raises(services.RoundOpen):
        ask(round_)
    with pytest.raises(services.ReopeningMovedOn):
        services.drop_reopening(reopening=asked, by=clerk, reason="Tardi.", now=timezone.now())


def test_a_file_that_was_taken_away_is_not_judged_anew(round_: Round, clerk: User) -> None:
    again = round_.assignments.active().first()
    services.confirm_reopening(reopening=ask(round_, again), by=clerk, now=timezone.now())
    again.refresh_from_db()
    judging.judge(again.replaced_by, 40, 20, 10)
    judging.close(Round.objects.get(pk=round_.pk))

    with pytest.raises(services.NotToJudge):
        ask(round_, again)


def test_the_second_person_is_another_one_and_not_of_the_committee(round_: Round, president: User) -> None:
    asked = ask(round_)
    member = round_.seats.last().user

    with pytest.raises(services.SamePerson):
        services.confirm_reopening(reopening=asked, by=president, now=timezone.now())
    with pytest.raises(services.OnCommittee):
        services.confirm_reopening(reopening=asked, by=member, now=timezone.now())
    late = asked.due_at + timedelta(seconds=1)
    with pytest.raises(services.DueTooEarly):
        services.confirm_reopening(reopening=asked, by=clerk_of(), now=late)
    assert not Round.objects.get(pk=round_.pk).is_open


def clerk_of() -> User:
    return judging.make_judge("altro-ufficio", *judging.CLERK_RIGHTS)


def test_nothing_is_opened_again_once_a_ranking_is_proposed(officer: User, clerk: User) -> None:
    now = ranked.today()
    call = ranked.make_window(officer=officer, now=now)
    applications = ranked.apply_to(call, 2, now=now)
    round_ = ranked.score(
        call, {one: [[4000, 2000, 1000]] * 2 for one in applications}, officer=officer, now=now
    )
    asked = ask(round_)
    services.propose_ranking(
        session=call.sessions.get(),
        kind="provisional",
        fund_cents=10_000_000,
        reason="Verbale n. 3.",
        by=officer,
        now=now,
    )

    with pytest.raises(services.RankingStands):
        services.confirm_reopening(reopening=asked, by=clerk, now=timezone.now())
    with pytest.raises(services.RankingStands):
        ask(round_)


def confirmed(asked: Reopening) -> None:
    """Confirm without the service, as a second person."""
    now = timezone.now()
    Reopening.objects.filter(pk=asked.pk).update(state="confirmed", decided_by=clerk_of(), decided_at=now)


@pytest.mark.parametrize(
    "write",
    [
        lambda round_, asked: Round.objects.filter(pk=round_.pk).update(closed_at=None, closed_by=None),
        lambda round_, asked: (
            confirmed(asked),
            Round.objects.filter(pk=round_.pk).update(closed_at=None, closed_by=None, readers=1),
        ),
        lambda round_, asked: Reopening.objects.filter(pk=asked.pk).update(reason="Altro."),
        lambda round_, asked: Reopening.objects.filter(pk=asked.pk).delete(),
        lambda round_, asked: Reopening.objects.filter(pk=asked.pk).update(
            state="confirmed", decided_by=asked.proposed_by, decided_at=timezone.now()
        ),
        lambda round_, asked: (
            confirmed(asked),
            Reopening.objects.filter(pk=asked.pk).update(state="proposed"),
        ),
    ],
    ids=["nobody agreed", "more than asked", "other words", "gone", "one person", "undecided"],
)
def test_the_database_opens_no_round_but_as_two_people_have_said(
    round_: Round, write: Callable[[Round, Reopening], Any]
) -> None:
    asked = ask(round_)

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        write(round_, asked)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("reopening_one_at_a_time", {}),
        ("reopening_has_a_reason", {"reason": ""}),
        ("reopening_due_after_it_was_proposed", {"due_at": timezone.now() - timedelta(days=1)}),
        ("reopening_takes_two_people", {"drop_reason": "Nessuna decisione."}),
    ],
)
def test_reopening_constraints(round_: Round, constraint: str, changes: dict[str, Any]) -> None:
    asked = ask(round_)
    whole = {
        name: getattr(asked, name)
        for name in ("round", "closed_at", "reason", "due_at", "proposed_at", "proposed_by")
    }

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Reopening.objects.create(**{**whole, **changes})


def test_minutes_once_per_closing(round_: Round) -> None:
    made = round_.minutes
    made.pk = None

    with pytest.raises(IntegrityError, match="minutes_once_per_closing"), transaction.atomic():
        made.save(force_insert=True)


def test_the_desk_from_the_presidents_wish_to_the_open_round(
    round_: Round, president: User, clerk: User
) -> None:
    again = round_.assignments.active().filter(member__user=president).first()
    due = timezone.localtime(timezone.now() + timedelta(days=4))
    leader, office = desk_of(president), desk_of(clerk)
    assert office.get(row_url(round_, "reopen")).status_code == 403
    assert leader.get(row_url(round_, "reopen-confirm")).status_code == 403
    told = text_of(leader.get(row_url(round_, "reopen")))
    assert f"{again.application}: {again.member}" in told and "Nothing happens yet" in told

    typed = {"reason": REASON, "due_at": due.strftime("%Y-%m-%dT%H:%M"), "again": [again.pk]}
    done = text_of(take_step(leader, row_url(round_, "reopen"), **typed))

    assert "it waits for somebody of the office" in done and REASON in done
    assert "To open again · 1" in text_of(office.get(list_url(round_, queue="to_reopen")))
    assert "Closed rounds that a president wants to open again" in text_of(office.get(reverse("admin:index")))
    step = text_of(office.get(row_url(round_, "reopen-confirm")))
    assert REASON in step and f"{again.application}: {again.member}" in step
    opened = text_of(take_step(office, row_url(round_, "reopen-confirm")))
    assert "The round is open again" in opened and "Earlier minutes" in opened
    assert Round.objects.get(pk=round_.pk).is_open
    first = leader.get(reverse("admin:vetting_round_minutes", args=[round_.pk]), {"number": "1"})
    assert b"".join(first.streaming_content).startswith(b"%PDF")
    assert (
        leader.get(reverse("admin:vetting_round_minutes", args=[round_.pk]), {"number": "2"}).status_code
        == 404
    )


def test_the_desk_leaves_a_round_closed_with_a_reason(round_: Round, clerk: User) -> None:
    ask(round_)
    office = desk_of(clerk)

    done = text_of(take_step(office, row_url(round_, "reopen-drop"), reason="La graduatoria parte domani."))

    assert "Left closed" in done and "La graduatoria parte domani." in done
    assert "already, or the round has moved on" in text_of(
        office.get(row_url(round_, "reopen-confirm"), follow=True)
    )
    assert not Round.objects.get(pk=round_.pk).is_open
