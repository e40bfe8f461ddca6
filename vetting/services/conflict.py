"""A member declares conflicts of interest, and only then opens a file."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from vetting.conflict_rules import decides
from vetting.conflicts import conflicts_between
from vetting.models import Assignment, ConflictDeclaration
from vetting.services.assignment import hand_over, locked_assignment, open_round_of, record_matches

Removal = Assignment.RemovalReason
Answer = ConflictDeclaration.Answer


class NotYours(Exception):
    """Say that the application is assigned to somebody else."""


class AlreadyDeclared(Exception):
    """Say that the member has declared already."""


class WordsMissing(Exception):
    """Say that a conflict of interest has to be told in words."""


class NotDeclared(Exception):
    """Say that the file opens after the declaration about conflicts of interest."""


@transaction.atomic
def declare(*, assignment: Assignment, answer: str, text: str, by: User, now: datetime) -> Assignment:
    """Keep what a member declares about conflicts of interest; a yes, or a match that is found now, ends the assignment.

    Raise RoundClosed, NotYours, AssignmentGone, AlreadyDeclared, and WordsMissing for a conflict without words.
    """
    open_round_of(assignment.round)
    assignment = locked_assignment(assignment)
    if assignment.member.user_id != by.pk:
        raise NotYours
    if hasattr(assignment, "declaration"):
        raise AlreadyDeclared
    if answer == Answer.CONFLICT and not text.strip():
        raise WordsMissing
    ConflictDeclaration.objects.create(
        assignment=assignment, answer=answer, text=text.strip(), declared_at=now
    )
    matches = conflicts_between(assignment.member, assignment.application)
    record_matches({(assignment.member_id, assignment.application_id): matches}, now)
    if answer == Answer.CONFLICT:
        hand_over(assignment=assignment, reason=Removal.CONFLICT_DECLARED, note="", by=None, now=now)
    elif decides(matches):
        hand_over(assignment=assignment, reason=Removal.CONFLICT_FOUND, note="", by=None, now=now)
    assignment.refresh_from_db()
    return assignment


@transaction.atomic
def open_file(*, assignment: Assignment, by: User, now: datetime) -> Assignment:
    """Open the file to its member, and keep when that happened first.

    Raise NotYours, AssignmentGone, and NotDeclared before the declaration.
    """
    assignment = locked_assignment(assignment)
    if assignment.member.user_id != by.pk:
        raise NotYours
    if not assignment.is_declared:
        raise NotDeclared
    if assignment.opened_at is None and assignment.round.is_open:
        assignment.opened_at = now
        assignment.save(update_fields=["opened_at"])
    return assignment
