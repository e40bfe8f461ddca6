"""Who reads what: assigned by hand or evenly, taken away by a conflict of interest, replaced."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from calls.models import Application
from vetting.balance_rules import least_loaded
from vetting.conflict_rules import Match, decides
from vetting.conflicts import conflicts_among, conflicts_between
from vetting.models import Assignment, CommitteeMember, ConflictMatch, Round
from vetting.planning import barred_in, ever_assigned, plan_round

Removal = Assignment.RemovalReason


class RoundClosed(Exception):
    """Say that the president has closed the round."""


class NotServing(Exception):
    """Say that somebody does not sit on the committee of this round."""


class NotToJudge(Exception):
    """Say that an application does not belong to this round, or is not ready to be judged on merit."""


class AlreadyAssigned(Exception):
    """Say that a member has the application, or had it once."""


class ConflictFound(Exception):
    """Carry what ties a member to an application, as `matches`."""

    def __init__(self, matches: Sequence[Match]) -> None:
        super().__init__(*matches)
        self.matches = matches


class AssignmentGone(Exception):
    """Say that the application was taken away from the member."""


@transaction.atomic
def assign_evenly(*, round_: Round, by: User, now: datetime) -> list[Assignment]:
    """Assign what is missing, evenly, and record every conflict that was found on the way. Raise RoundClosed."""
    round_ = open_round_of(round_)
    plan = plan_round(round_)
    record_matches(conflicts_among(round_.seats, round_.applications), now)
    wanted = [(one, member) for one, members in plan.assigned.items() for member in members]
    return [
        Assignment.objects.create(
            round=round_, application_id=one, member_id=member, assigned_at=now, assigned_by=by
        )
        for one, member in wanted
    ]


@transaction.atomic
def assign_member(
    *, round_: Round, application: Application, member: CommitteeMember, by: User | None, now: datetime
) -> Assignment:
    """Assign an application to a member.

    Raise RoundClosed, NotServing, NotToJudge, AlreadyAssigned, and ConflictFound with what was found.
    """
    round_ = open_round_of(round_)
    if not round_.seats.filter(pk=member.pk).exists():
        raise NotServing
    if not round_.applications.filter(pk=application.pk).exists():
        raise NotToJudge
    if round_.assignments.filter(application=application, member=member).exists():
        raise AlreadyAssigned
    matches = conflicts_between(member, application)
    if decides(matches):
        raise ConflictFound(matches)
    record_matches({(member.pk, application.pk): matches}, now)
    return Assignment.objects.create(
        round=round_, application=application, member=member, assigned_at=now, assigned_by=by
    )


@transaction.atomic
def replace_member(
    *,
    assignment: Assignment,
    note: str,
    by: User,
    now: datetime,
    member: CommitteeMember | None = None,
) -> Assignment | None:
    """Take an application away from a member and give it to another, or to the one with the least to read.

    A sheet that was begun is kept and counts no more. Return the new assignment, or None when nobody is left. Raise
    RoundClosed, AssignmentGone, and what assign_member raises.
    """
    round_ = open_round_of(assignment.round)
    assignment = locked_assignment(assignment)
    if member is None:
        return hand_over(assignment=assignment, reason=Removal.REPLACED, note=note, by=by, now=now)
    taken = assign_member(round_=round_, application=assignment.application, member=member, by=by, now=now)
    _remove(assignment, Removal.REPLACED, note, now, taken)
    return taken


def hand_over(
    *, assignment: Assignment, reason: Removal, note: str, by: User | None, now: datetime
) -> Assignment | None:
    """Take an application away and give it to whoever has the least to read and no conflict, in the caller's transaction.

    Substitutes come first. Return the new assignment, or None when nobody is left: the officers' pages then show a gap.
    """
    round_ = open_round_of(assignment.round)
    _remove(assignment, reason, note, now, None)
    application, members = assignment.application, list(round_.seats)
    barred = barred_in(round_, members, [application])[application.pk] | ever_assigned(round_, application)
    load = Counter(round_.assignments.active().values_list("member_id", flat=True))
    for pool in (True, False):
        able = [one.pk for one in members if one.is_substitute is pool]
        chosen = least_loaded(able, load, barred=barred)
        if chosen is not None:
            break
    else:
        return None
    taken = Assignment.objects.create(
        round=round_, application=application, member_id=chosen, assigned_at=now, assigned_by=by
    )
    assignment.replaced_by = taken
    assignment.save(update_fields=["replaced_by"])
    return taken


def open_round_of(round_: Round) -> Round:
    """Lock a round and return it as it is now. Raise RoundClosed."""
    locked = Round.objects.select_for_update(no_key=True, of=("self",)).select_related("call", "session")
    round_ = locked.get(pk=round_.pk)
    if not round_.is_open:
        raise RoundClosed
    return round_


def locked_assignment(assignment: Assignment) -> Assignment:
    """Lock an assignment and return it as it is now. Raise AssignmentGone when it was taken away."""
    rows = Assignment.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.select_related("round__call", "round__session", "member__user", "application__organization")
    assignment = rows.get(pk=assignment.pk)
    if not assignment.is_active:
        raise AssignmentGone
    return assignment


def _remove(
    assignment: Assignment, reason: Removal, note: str, now: datetime, taken: Assignment | None
) -> None:
    """Take an application away from a member."""
    assignment.removed_at, assignment.removal_reason = now, reason
    assignment.removal_note, assignment.replaced_by = note.strip(), taken
    names = ["removed_at", "removal_reason", "removal_note", "replaced_by"]
    assignment.save(update_fields=names)


def record_matches(found: dict[tuple[int, int], list[Match]], now: datetime) -> None:
    """Keep what was found between members and applications, each thing once."""
    rows = [
        ConflictMatch(
            member_id=member,
            application_id=application,
            kind=match.kind,
            detail=match.detail[:300],
            is_warning=match.is_warning,
            found_at=now,
        )
        for (member, application), matches in found.items()
        for match in matches
    ]
    ConflictMatch.objects.bulk_create(rows, ignore_conflicts=True)
