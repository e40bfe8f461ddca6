"""What PostgreSQL itself refuses about committees, whatever the code does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from tests import factories
from tests.vetting import judging
from vetting.models import (
    Assignment,
    CommitteeMember,
    ConflictDeclaration,
    ConflictMatch,
    DiscussionNote,
    Minutes,
    Round,
    Score,
    ScoreSheet,
)
from vetting.services import save_sheet

Stage = dict[str, Any]


@pytest.fixture
def stage(officer: User) -> Stage:
    """Return a round with one application: one reader has a final sheet, another a draft, a third has declared nothing."""
    call = judging.make_judged_call(officer=officer)
    judging.make_committee(call, by=officer, members=3)
    [application] = judging.make_applications(call, 1)
    round_ = judging.make_assigned_round(call, by=officer, readers=3)
    first, second, third = round_.assignments.order_by("pk")
    final = judging.judge(first, 40, 20, 10)
    declared = ConflictDeclaration.objects.create(
        assignment=second, answer="none", declared_at=timezone.now()
    )
    draft = save_sheet(
        assignment=second,
        entries=judging.entries(call, 19, 20, None),
        comment="",
        by=second.member.user,
        now=timezone.now(),
    )
    return {
        "call": call,
        "application": application,
        "round": round_,
        "first": first,
        "second": second,
        "third": third,
        "final": final,
        "draft": draft,
        "declared": declared,
        "officer": officer,
    }


def update(row: Any, **fields: Any) -> None:
    """Change a row past every service."""
    type(row).objects.filter(pk=row.pk).update(**fields)


def drop(row: Any) -> None:
    """Delete a row past everything Django does."""
    type(row).objects.filter(pk=row.pk)._raw_delete("default")


def seat(stage: Stage, **fields: Any) -> None:
    """Appoint somebody past the service."""
    whole = {"call": stage["call"], "user": stage["officer"], "appointed_by": stage["officer"]}
    now = timezone.now()
    CommitteeMember.objects.create(**{**whole, "appointed_at": now, **judging.ACT, **fields})


def sheet(stage: Stage, assignment: str, **fields: Any) -> None:
    """Write a sheet past the service."""
    version = stage["application"].versions.get()
    whole = {"assignment": stage[assignment], "application_version": version, "saved_at": timezone.now()}
    ScoreSheet.objects.create(**{**whole, **fields})


def score(stage: Stage, **fields: Any) -> None:
    """Change the first score of the draft past the service."""
    update(stage["draft"].scores.order_by("criterion__position", "criterion").first(), **fields)


def other_version(stage: Stage) -> Any:
    """Return a version of another application of the same call."""
    return judging.version_of_another(stage["call"], factories.make_user("altrove"))


def close(stage: Stage) -> None:
    """Close the round past the service."""
    update(stage["round"], closed_at=timezone.now(), closed_by=stage["officer"])


def after_closing(change: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """Return a change that comes after the closing."""

    def later(stage: Stage) -> None:
        close(stage)
        change(stage)

    return later


NOW = timezone.now
REFUSED: list[tuple[str, Callable[[Stage], None]]] = [
    ("committee_member_once", lambda s: seat(s, user=s["first"].member.user)),
    ("committee_one_president", lambda s: seat(s, role="president")),
    ("committee_president_is_no_substitute", lambda s: seat(s, role="president", is_substitute=True)),
    ("committee_member_has_act", lambda s: seat(s, act_number="")),
    ("committee_member_ended_with_reason", lambda s: update(s["first"].member, ended_at=NOW())),
    (
        "committee_member_ended_with_reason",
        lambda s: update(s["first"].member, ended_at=NOW(), ended_by=s["officer"]),
    ),
    ("Cannot update", lambda s: update(s["first"].member, act_number="DD 2")),
    ("Cannot delete", lambda s: drop(s["first"].member)),
    (
        "round_once",
        lambda s: Round.objects.create(
            call=s["call"],
            due_at=NOW() + timedelta(1),
            opened_at=NOW(),
            opened_by=s["officer"],
        ),
    ),
    ("round_has_readers", lambda s: update(s["round"], readers=0)),
    ("round_due_after_opening", lambda s: update(s["round"], due_at=s["round"].opened_at)),
    ("round_closed_at_and_by", lambda s: update(s["round"], closed_at=NOW())),
    (
        "round_closed_at_and_by",
        lambda s: update(s["round"], closed_at=s["round"].opened_at - timedelta(1), closed_by=s["officer"]),
    ),
    ("stays closed", after_closing(lambda s: update(s["round"], closed_at=None, closed_by=None))),
    ("Cannot delete", lambda s: drop(s["round"])),
    (
        "assignment_once",
        lambda s: Assignment.objects.create(
            round=s["round"], application=s["application"], member=s["first"].member, assigned_at=NOW()
        ),
    ),
    ("assignment_removed_with_reason", lambda s: update(s["third"], removed_at=NOW())),
    ("assignment_removed_with_reason", lambda s: update(s["third"], removal_reason="replaced")),
    (
        "assignment_opened_after_it_was_made",
        lambda s: update(s["third"], opened_at=s["third"].assigned_at - timedelta(1)),
    ),
    (
        "assignment_told_after_it_was_made",
        lambda s: update(s["third"], told_at=s["third"].assigned_at - timedelta(1)),
    ),
    ("Cannot update", lambda s: update(s["third"], member=s["first"].member)),
    ("Cannot delete", lambda s: drop(s["third"])),
    ("the round is closed", after_closing(lambda s: update(s["third"], told_at=NOW()))),
    (
        "conflict_declared_in_words",
        lambda s: ConflictDeclaration.objects.create(
            assignment=s["third"], answer="conflict", declared_at=NOW()
        ),
    ),
    ("Cannot update or delete", lambda s: update(s["declared"], answer="conflict", text="Sì.")),
    ("Cannot update or delete", lambda s: drop(s["declared"])),
    (
        "the round is closed",
        after_closing(
            lambda s: ConflictDeclaration.objects.create(
                assignment=s["third"], answer="none", declared_at=NOW()
            )
        ),
    ),
    ("conflict_match_warns_by_domain_only", lambda s: match(s, kind="name", is_warning=True)),
    ("conflict_match_warns_by_domain_only", lambda s: match(s, kind="domain", is_warning=False)),
    ("conflict_match_once", lambda s: [match(s, kind="name"), match(s, kind="name")]),
    ("Cannot update or delete", lambda s: update(match(s, kind="name"), detail="Altro")),
    ("a sheet is about a version", lambda s: sheet(s, "third")),
    ("a sheet is about a version", lambda s: sheet(s, "second", application_version=other_version(s))),
    ("score_sheet_once_per_version", lambda s: sheet(s, "second")),
    ("score_sheet_final_at_matches_status", lambda s: update(s["draft"], finalised_at=NOW())),
    ("Cannot update", lambda s: update(s["final"], comment="Altro")),
    ("Cannot update", lambda s: update(s["final"], status="draft", finalised_at=None)),
    ("Cannot delete", lambda s: drop(s["draft"])),
    ("the round is closed", after_closing(lambda s: update(s["draft"], comment="Altro"))),
    ("the round is closed", after_closing(lambda s: score(s, comment="Altro"))),
    ("a final sheet is never changed", lambda s: update(s["final"].scores.first(), points=1)),
    ("a final sheet is never changed", lambda s: drop(s["final"].scores.first())),
    ("score_without_points_if_not_applicable", lambda s: score(s, not_applicable=True)),
    ("at most the highest", lambda s: score(s, points=5001)),
    ("at most the highest", lambda s: score(s, criterion=foreign_criterion(s))),
    ("vetting_score_points_check", lambda s: score(s, points=-1)),
    (
        "score_once",
        lambda s: Score.objects.create(
            sheet=s["draft"], criterion=s["draft"].scores.first().criterion, points=1
        ),
    ),
    ("a final sheet says something", lambda s: [score(s, points=None), finalise(s)]),
    ("a final sheet says something", lambda s: [score(s, comment=""), finalise(s)]),
    (
        "score_sheet_final_at_matches_status",
        lambda s: [update(s["draft"], unfinished={"a": "b"}), finalise(s)],
    ),
    ("discussion_note_once", lambda s: [note(s), note(s)]),
    ("the round is closed", after_closing(lambda s: note(s))),
    ("minutes_digest_is_sha256", lambda s: minutes(s, sha256="x")),
    ("minutes_not_empty", lambda s: minutes(s, size_bytes=0)),
    ("Cannot update or delete", lambda s: update(minutes(s), sha256="b" * 64)),
    ("Cannot update or delete", lambda s: drop(minutes(s))),
]


def match(stage: Stage, **fields: Any) -> ConflictMatch:
    """Keep a match past the service."""
    return ConflictMatch.objects.create(
        **{
            "member": stage["first"].member,
            "application": stage["application"],
            "detail": "Ada Neri",
            "is_warning": False,
            "found_at": NOW(),
            **fields,
        }
    )


def foreign_criterion(stage: Stage) -> Any:
    """Return a criterion of another call."""
    return factories.make_call(officer=stage["officer"]).criteria.get()


def finalise(stage: Stage) -> None:
    """Make the draft final past the service."""
    update(stage["draft"], status="final", finalised_at=NOW())


def note(stage: Stage) -> DiscussionNote:
    """Write a note past the service."""
    return DiscussionNote.objects.create(
        round=stage["round"],
        application=stage["application"],
        text="Bene.",
        written_at=NOW(),
        written_by=stage["officer"],
    )


def minutes(stage: Stage, **fields: Any) -> Minutes:
    """Keep minutes past the service."""
    whole = {"held_on": NOW().date(), "content": {}, "file": "minutes/x.pdf", "made_at": NOW()}
    whole |= {"round": stage["round"], "size_bytes": 1, "sha256": "a" * 64}
    return Minutes.objects.create(**{**whole, **fields})


def test_postgresql_refuses(stage: Stage) -> None:
    """Try each change in one stage, undone after it: the stage is what takes time."""
    accepted = []
    for place, (words, change) in enumerate(REFUSED):
        try:
            with transaction.atomic():
                change(stage)
                transaction.set_rollback(True)
                accepted.append(f"{place}: {words}")
        except (IntegrityError, InternalError) as refusal:
            if words not in str(refusal):
                accepted.append(f"{place}: {words}: {str(refusal).splitlines()[0]}")

    assert accepted == []


def test_what_is_not_refused_goes_through(stage: Stage) -> None:
    score(stage, points=5000)
    finalise(stage)
    update(stage["third"], removed_at=NOW(), removal_reason="replaced")
    assert ScoreSheet.objects.final().count() == 2
    assert Call.objects.filter(rounds=stage["round"]).exists()
