"""How far a round is, and how far its sheets lie apart; nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from accounts.models import User
from calls.models import Application
from vetting.models import Assignment, CommitteeMember, ConflictMatch, Round, ScoreSheet
from vetting.models.sheet import criteria_of
from vetting.sheet_rules import Spread, below_minimum, highest_total, sheet_total, spread_of

Progress = Assignment.Progress


@dataclass
class MemberLoad:
    """What a member has to read and how much of it is done."""

    member: CommitteeMember
    total: int = 0
    final: int = 0
    draft: int = 0

    @property
    def left(self) -> int:
        """Return how many sheets are still to come."""
        return self.total - self.final


@dataclass
class ApplicationProgress:
    """An application with whoever reads it, and how many readers it lacks."""

    application: Application
    assignments: list[Assignment] = field(default_factory=list)
    lacking: int = 0

    @property
    def final(self) -> int:
        """Return how many sheets are final."""
        return sum(one.progress == Progress.FINAL for one in self.assignments)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Missing:
    """What the closing waits for: a member's sheet, or a reader where there is none."""

    application: Application
    member: CommitteeMember | None


@dataclass(frozen=True)
class JudgedBy:
    """A member's total of an application, in hundredths of a weighted point, and whether it stands out."""

    sheet: ScoreSheet
    total: Fraction
    stands_out: bool
    below: Sequence[str]

    @property
    def member(self) -> CommitteeMember:
        """Return whose sheet it is."""
        member: CommitteeMember = self.sheet.assignment.member
        return member


@dataclass(frozen=True)
class Verdict:
    """The final sheets of an application, how far apart they lie, and how many are still to come."""

    application: Application
    judged: Sequence[JudgedBy]
    spread: Spread | None
    highest: Fraction
    waits_for: int
    #: The reader's own sheet is still open, so nothing is shown yet.
    is_hidden: bool = False
    #: The reader has a conflict of interest, so nothing is shown while the round is open.
    is_barred: bool = False


def assignments_of(round_: Round) -> list[Assignment]:
    """Return the assignments of a round that are to be judged, or were, each with its progress."""
    kept = round_.assignments.to_judge() if round_.is_open else round_.assignments.active()
    rows = kept.with_progress()
    return list(rows.select_related("application", "member__user").order_by("member__pk"))


def loads_of(round_: Round) -> list[MemberLoad]:
    """Return the load of each member, those included whose office has ended and who left sheets behind."""
    loads = {member.pk: MemberLoad(member) for member in round_.seats}
    for one in assignments_of(round_):
        load = loads.setdefault(one.member_id, MemberLoad(one.member))
        load.total += 1
        load.final += one.progress == Progress.FINAL  # type: ignore[attr-defined]
        load.draft += one.progress == Progress.DRAFT  # type: ignore[attr-defined]
    return list(loads.values())


def applications_of(round_: Round) -> list[ApplicationProgress]:
    """Return the applications of a round with whoever reads each, in the order of their protocol."""
    rows = {one.pk: ApplicationProgress(one) for one in round_.applications.select_related("organization")}
    for assignment in assignments_of(round_):
        if assignment.application_id in rows:
            rows[assignment.application_id].assignments.append(assignment)
    for row in rows.values():
        row.lacking = max(round_.readers - len(row.assignments), 0)
    return list(rows.values())


def missing_in(round_: Round) -> list[Missing]:
    """Return what the closing of a round waits for; an application with fewer readers than meant holds nothing up."""
    missing = []
    for row in applications_of(round_):
        if not row.assignments:
            missing.append(Missing(row.application, None))
        missing += [
            Missing(row.application, one.member)
            for one in row.assignments
            if one.progress != Progress.FINAL  # type: ignore[attr-defined]
        ]
    return missing


def barred_from(round_: Round, reader: User) -> set[int]:
    """Return the applications with which a member has declared a conflict of interest, or one was found."""
    gone = round_.assignments.filter(
        member__user=reader,
        removal_reason__in=[
            Assignment.RemovalReason.CONFLICT_DECLARED,
            Assignment.RemovalReason.CONFLICT_FOUND,
        ],
    )
    found = ConflictMatch.objects.filter(member__in=round_.seats, member__user=reader, is_warning=False)
    return {*gone.values_list("application_id", flat=True), *found.values_list("application_id", flat=True)}


def verdicts_of(round_: Round, *, reader: User | None = None) -> list[Verdict]:
    """Return what the committee says of each application.

    A reader who has an application to judge sees nothing of it before the own sheet is final, the president included; nor,
    while the round is open, of one with which he or she has a conflict of interest.
    """
    barred = barred_from(round_, reader) if reader and round_.is_open else set()
    criteria = criteria_of(round_.call)
    highest = highest_total(criteria)
    sheets: dict[int, list[ScoreSheet]] = {}
    counting = ScoreSheet.objects.counting().filter(assignment__round=round_).with_scores()
    for sheet in counting.order_by("assignment__member_id"):
        sheets.setdefault(sheet.assignment.application_id, []).append(sheet)
    verdicts = []
    for row in applications_of(round_):
        own = [one for one in row.assignments if reader and one.member.user_id == reader.pk]
        hidden = any(one.progress != Progress.FINAL for one in own)  # type: ignore[attr-defined]
        is_barred = row.application.pk in barred
        found = [] if hidden or is_barred else sheets.get(row.application.pk, [])
        totals = [sheet_total(sheet.points, criteria) for sheet in found]
        spread = spread_of(totals, highest)
        out = spread.outliers if spread else ()
        judged = [
            JudgedBy(sheet, total, place in out, below_minimum(sheet.points, criteria))
            for place, (sheet, total) in enumerate(zip(found, totals, strict=True))
        ]
        waits_for = len(row.assignments) - row.final
        verdicts.append(Verdict(row.application, judged, spread, highest, waits_for, hidden, is_barred))
    return verdicts
