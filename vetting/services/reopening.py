"""A closed round is opened again: its president asks with a reason, somebody of the office lets it happen or does not."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from calls.models import CallSession
from vetting.models import Assignment, Ranking, Reopening, Round
from vetting.models.assignment import AssignmentQuerySet
from vetting.services.assignment import NotToJudge
from vetting.services.decision import require_reason
from vetting.services.proposal import SamePerson
from vetting.services.round import DueTooEarly, require_president

State = Reopening.State


class RoundOpen(Exception):
    """Say that the round is open: there is nothing to open again."""


class RankingStands(Exception):
    """Say that a ranking of these applications is proposed or published: what it was made of is not changed any more."""


class ReopeningWaits(Exception):
    """Say that the round is to be opened again already, and waits for a second person."""


class ReopeningMovedOn(Exception):
    """Say that a second person has decided already, or that the round was closed another time since."""


class OnCommittee(Exception):
    """Say that somebody sits on this committee: who lets it go on is not one of its own."""


@transaction.atomic
def propose_reopening(
    *, round_: Round, reason: str, due_at: datetime, again: Sequence[Assignment], by: User, now: datetime
) -> Reopening:
    """Ask that a closed round be opened again until an aware instant; the members of `again` are to judge anew.

    Raise ReasonMissing, NotPresident, RoundOpen, RankingStands, ReopeningWaits, DueTooEarly, and NotToJudge for an
    assignment that is none of this round, or whose member has it no more.
    """
    reason = require_reason(reason)
    round_ = _unranked(round_)
    require_president(round_, by)
    if round_.closed_at is None:
        raise RoundOpen(str(round_))
    if due_at <= now:
        raise DueTooEarly
    if round_.reopenings.waiting().exists():
        raise ReopeningWaits(str(round_))
    chosen = {one.pk for one in again}
    if chosen - set(_in_hand(round_).values_list("pk", flat=True)):
        raise NotToJudge
    return Reopening.objects.create(
        round=round_,
        closed_at=round_.closed_at,
        reason=reason,
        due_at=due_at,
        again=sorted(chosen),
        proposed_at=now,
        proposed_by=by,
    )


@transaction.atomic
def confirm_reopening(*, reopening: Reopening, by: User, now: datetime) -> Round:
    """Open a round again as its president has asked, as the second person.

    The minutes of its closing stay. Each member who is to judge anew has the file once more, with a declaration and a sheet
    still to come; the sheet there was is kept and counts no more. Raise SamePerson, OnCommittee, ReopeningMovedOn,
    RankingStands and DueTooEarly.
    """
    reopening = _proposed(reopening)
    round_ = _unranked(reopening.round)
    if reopening.proposed_by_id == by.pk:
        raise SamePerson(str(reopening.pk))
    if round_.seats.filter(user=by).exists():
        raise OnCommittee(str(round_))
    if round_.closed_at != reopening.closed_at:
        raise ReopeningMovedOn(str(reopening.pk))
    if reopening.due_at <= now:
        raise DueTooEarly
    _decide(reopening, State.CONFIRMED, by, now)
    round_.closed_at, round_.closed_by, round_.due_at = None, None, reopening.due_at
    round_.save(update_fields=["closed_at", "closed_by", "due_at"])
    for assignment in _in_hand(round_).filter(pk__in=reopening.again):
        _give_back(assignment, reopening, by, now)
    return round_


@transaction.atomic
def drop_reopening(*, reopening: Reopening, by: User, reason: str, now: datetime) -> Reopening:
    """Leave a round closed, and say why. Raise ReasonMissing and ReopeningMovedOn."""
    reason = require_reason(reason)
    reopening = _proposed(reopening)
    reopening.drop_reason = reason
    _decide(reopening, State.DROPPED, by, now)
    return reopening


def has_ranking(round_: Round) -> bool:
    """Say whether a ranking of a round's applications is proposed or published."""
    made = [Ranking.Status.PROPOSED, Ranking.Status.PUBLISHED]
    return Ranking.objects.filter(session__in=_windows(round_), status__in=made).exists()


def _in_hand(round_: Round) -> AssignmentQuerySet:
    """Return what members who still serve have judged in a round."""
    return round_.assignments.active().filter(member__in=round_.seats).order_by("pk")


def _windows(round_: Round) -> list[int]:
    """Return the windows of which a round judges the applications."""
    windows = round_.call.sessions.filter(**({"pk": round_.session_id} if round_.session_id else {}))
    return list(windows.order_by("pk").values_list("pk", flat=True))


def _unranked(round_: Round) -> Round:
    """Return a round that no ranking was made of, locked together with its windows, as a proposed ranking locks them."""
    windows = CallSession.objects.select_for_update(no_key=True, of=("self",))
    list(windows.filter(pk__in=_windows(round_)).order_by("pk"))
    locked = Round.objects.select_for_update(no_key=True, of=("self",)).select_related("call", "session")
    round_ = locked.get(pk=round_.pk)
    if has_ranking(round_):
        raise RankingStands(str(round_))
    return round_


def _proposed(reopening: Reopening) -> Reopening:
    """Return a reopening that waits, locked. Raise ReopeningMovedOn."""
    locked = Reopening.objects.select_for_update(no_key=True, of=("self",)).select_related("round__call")
    reopening = locked.get(pk=reopening.pk)
    if reopening.state != State.PROPOSED:
        raise ReopeningMovedOn(str(reopening.pk))
    return reopening


def _decide(reopening: Reopening, state: Reopening.State, by: User, now: datetime) -> None:
    """Write down what the second person has decided."""
    reopening.state, reopening.decided_by, reopening.decided_at = state, by, now
    reopening.save(update_fields=["state", "decided_by", "decided_at", "drop_reason"])


def _give_back(assignment: Assignment, reopening: Reopening, by: User, now: datetime) -> None:
    """Take a file away from its member and give it to the same member anew."""
    assignment.removed_at, assignment.removal_reason = now, Assignment.RemovalReason.REPLACED
    assignment.removal_note = reopening.reason[:500]
    assignment.save(update_fields=["removed_at", "removal_reason", "removal_note"])
    assignment.replaced_by = Assignment.objects.create(
        round_id=assignment.round_id,
        application_id=assignment.application_id,
        member_id=assignment.member_id,
        assigned_at=now,
        assigned_by=by,
    )
    assignment.save(update_fields=["replaced_by"])
