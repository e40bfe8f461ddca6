"""A member writes a score sheet: saved as a draft as often as wanted, final once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from calls.models import ApplicationVersion
from vetting.models import Assignment, Score, ScoreSheet
from vetting.models.sheet import criteria_of
from vetting.services.assignment import RoundClosed, locked_assignment
from vetting.services.conflict import NotDeclared, NotYours
from vetting.sheet_rules import (
    HUNDREDTHS,
    NothingApplies,
    Points,
    below_minimum,
    sheet_total,
    without_points,
)

Status = ScoreSheet.Status


class SheetFinal(Exception):
    """Say that the sheet about this version is final."""


class NewerVersion(Exception):
    """Say that the application was handed in again meanwhile: the sheet is kept as a draft about the newer version."""


class NothingToConfirm(Exception):
    """Say that no final sheet about an earlier version waits to be confirmed."""


class SheetRefused(Exception):
    """Carry what keeps a sheet from being final, as `faults`; the sheet is kept as a draft."""

    def __init__(self, faults: Sequence["Fault"]) -> None:
        super().__init__(*faults)
        self.faults = faults


@dataclass(frozen=True)
class Entry:
    """What a member typed about one criterion; points in hundredths, None where there are none."""

    points: int | None = None
    not_applicable: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Fault:
    """What is missing: `points` or a `comment` of the criterion with this key, or `all` when no criterion applies."""

    what: str
    criterion: str = ""


@transaction.atomic
def save_sheet(
    *,
    assignment: Assignment,
    entries: Mapping[str, Entry],
    comment: str,
    by: User,
    now: datetime,
    unfinished: Mapping[str, str] | None = None,
) -> ScoreSheet:
    """Keep a draft about the latest version as it was typed; `entries` are by the key of their criterion.

    `unfinished` keeps what could not be read as points, by the name of its field. Raise RoundClosed, NotYours,
    NotDeclared, AssignmentGone and SheetFinal.
    """
    assignment = _own(assignment, by)
    return _write(assignment, latest_version(assignment), entries, comment, unfinished or {}, now)


def finalise_sheet(
    *,
    assignment: Assignment,
    version: ApplicationVersion,
    entries: Mapping[str, Entry],
    comment: str,
    by: User,
    now: datetime,
) -> ScoreSheet:
    """Make a sheet final about the version the member has read.

    What was typed is kept whatever happens: the draft is saved first. Raise SheetRefused with what is missing, NewerVersion
    when another version was handed in meanwhile, and what save_sheet raises.
    """
    sheet = save_sheet(assignment=assignment, entries=entries, comment=comment, by=by, now=now)
    with transaction.atomic():
        assignment = _own(assignment, by)
        if latest_version(assignment) != version:
            raise NewerVersion
        check_sheet(sheet=sheet)
        sheet.status, sheet.finalised_at = Status.FINAL, now
        sheet.save(update_fields=["status", "finalised_at"])
    return sheet


@transaction.atomic
def confirm_sheet(
    *, assignment: Assignment, version: ApplicationVersion, by: User, now: datetime
) -> ScoreSheet:
    """Say that the final sheet about an earlier version holds for the latest one too, which the member has read.

    It becomes a sheet of its own, final, that names the one it confirms. Raise NothingToConfirm, NewerVersion, and what
    save_sheet raises.
    """
    assignment = _own(assignment, by)
    if latest_version(assignment) != version:
        raise NewerVersion
    earlier = last_final_before(assignment, version)
    if earlier is None:
        raise NothingToConfirm
    entries = entries_of(earlier)
    sheet = _write(assignment, version, entries, earlier.comment, {}, now)
    sheet.status, sheet.finalised_at, sheet.confirms = Status.FINAL, now, earlier
    sheet.save(update_fields=["status", "finalised_at", "confirms"])
    return sheet


def check_sheet(*, sheet: ScoreSheet) -> None:
    """Raise SheetRefused with what keeps a sheet from being final; nothing is written."""
    faults = faults_of(ScoreSheet.objects.with_scores().get(pk=sheet.pk))
    if faults:
        raise SheetRefused(faults)


def faults_of(sheet: ScoreSheet) -> list[Fault]:
    """Return what keeps a sheet from being final: points everywhere, a comment under the minimum, something that applies."""
    criteria = criteria_of(sheet.application_version.call)
    points = sheet.points
    said = {str(score.criterion_id): score.comment for score in sheet.scores.all()}
    faults = [Fault("points", key) for key in without_points(points, criteria)]
    faults += [Fault("comment", key) for key in below_minimum(points, criteria) if not said[key]]
    if not faults:
        try:
            sheet_total(points, criteria)
        except NothingApplies:
            faults.append(Fault("all"))
    return faults


def latest_version(assignment: Assignment) -> ApplicationVersion:
    """Return the version that is to be judged."""
    return assignment.application.versions.select_related("call").latest("number")


def last_final_before(assignment: Assignment, version: ApplicationVersion) -> ScoreSheet | None:
    """Return the member's last final sheet about a version before this one, or None."""
    earlier = assignment.sheets.final().filter(application_version__number__lt=version.number)
    return earlier.with_scores().order_by("-application_version__number").first()


def entries_of(sheet: ScoreSheet) -> dict[str, Entry]:
    """Return what a sheet says, as it would be typed."""
    return {
        str(score.criterion_id): Entry(score.points, score.not_applicable, score.comment)
        for score in sheet.scores.all()
    }


def _own(assignment: Assignment, by: User) -> Assignment:
    """Lock an assignment and return it, when its member may write its sheet now."""
    assignment = locked_assignment(assignment)
    if assignment.member.user_id != by.pk:
        raise NotYours
    if not assignment.round.is_open:
        raise RoundClosed
    if not assignment.is_declared:
        raise NotDeclared
    return assignment


def _write(
    assignment: Assignment,
    version: ApplicationVersion,
    entries: Mapping[str, Entry],
    comment: str,
    unfinished: Mapping[str, str],
    now: datetime,
) -> ScoreSheet:
    """Write a draft with its scores; points outside the range of their criterion are left to be read as unfinished."""
    sheet, _created = ScoreSheet.objects.get_or_create(
        assignment=assignment, application_version=version, defaults={"saved_at": now}
    )
    if sheet.is_final:
        raise SheetFinal
    sheet.comment, sheet.unfinished, sheet.saved_at = comment.strip(), dict(unfinished), now
    sheet.save(update_fields=["comment", "unfinished", "saved_at"])
    rules = criteria_of(version.call)
    scores = []
    for rule in rules:
        entry = entries.get(rule.key, Entry())
        _check_range(Points(rule.key, entry.points), rule.max_points)
        scores.append(
            Score(
                sheet=sheet,
                criterion_id=int(rule.key),
                points=None if entry.not_applicable else entry.points,
                not_applicable=entry.not_applicable,
                comment=entry.comment.strip(),
            )
        )
    Score.objects.bulk_create(
        scores,
        update_conflicts=True,
        unique_fields=["sheet", "criterion"],
        update_fields=["points", "not_applicable", "comment"],
    )
    return sheet


def _check_range(points: Points, max_points: int) -> None:
    """Refuse points that the form should have refused."""
    if points.hundredths is not None and not 0 <= points.hundredths <= max_points * HUNDREDTHS:
        raise ValueError(points)
