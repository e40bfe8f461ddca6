"""What a ranking of a window is computed from: its call's rules, its applications, the committee's final sheets."""

from collections.abc import Mapping, Sequence

from calls.models import Application, CallSession
from vetting.contenders import Contender, RankingRules, Rounding, Sheet, TieRule
from vetting.filling import Filling
from vetting.models import Ranking, RankingEntry, ReviewRequest, ScoreCorrection, ScoreSheet
from vetting.ranking_csv import read_input
from vetting.sheet_rules import CriterionRule, Points

Status = Application.Status
Kind = Ranking.Kind
#: The states of applications that a ranking is about until it is final; a withdrawn one has left.
RANKED = (Status.SUBMITTED, Status.INADMISSIBLE)


def rules_of(session: CallSession, *, fund_cents: int, draw_seed: str, closes_reserve: bool) -> RankingRules:
    """Return the rules of a window's call, with what there is to give out in cents.

    A call that sets grants aside gives whole ones only; another gives parts as its policy says.
    """
    call = session.call
    whole = (
        call.partial_policy == call.PartialPolicy.NONE
        or call.reservation_mode == call.ReservationMode.RESERVED
    )
    return RankingRules(
        pass_mark=call.pass_mark,
        rounding=Rounding(call.ranking_rounding),
        tie_rules=tuple(TieRule(rule) for rule in call.tie_rules),
        fund_fill=Filling(call.fund_fill),
        fund_cents=fund_cents,
        has_reserve=call.has_reserve_list and not closes_reserve,
        partial_cents=None if whole else call.min_partial_cents,
        draw_seed=draw_seed,
    )


def criteria_of(session: CallSession) -> tuple[list[CriterionRule], dict[int, str]]:
    """Return the call's criteria numbered in its order, and each row's number."""
    rows = list(session.call.criteria.all())
    rules = [
        CriterionRule(str(number), one.name, one.max_points, one.min_points, one.weight_bp)
        for number, one in enumerate(rows, 1)
    ]
    return rules, {one.pk: str(number) for number, one in enumerate(rows, 1)}


def contenders_of(session: CallSession, kind: str, left: Mapping[str, str]) -> list[Contender]:
    """Return the applications of a window as the ranking knows them.

    `left` says of protocol numbers why they have left the ranking since; who withdrew from the reserve list has too. An
    amended ranking is about those of the version before it, and keeps what that one gave.
    """
    before = Ranking.objects.latest_of(session) if kind == Kind.AMENDED else None
    places = {entry.application_id: entry for entry in before.entries.all()} if before else {}
    gone = _gone_before(before)
    rows = Application.objects.filter(session=session).select_related("call", "organization", "decision")
    rows = rows.filter(pk__in=places) if before else rows.filter(status__in=RANKED)
    applications = list(rows.order_by("protocol_number"))
    sheets = _sheets_of(session, applications)
    contenders = []
    for one in applications:
        place = places.get(one.pk)
        renounced = _why_left(one, gone | dict(left)) if before else ""
        gave = place.grant_cents if place and not renounced else 0
        contenders.append(_contender(one, sheets.get(one.pk, ()), renounced, gave))
    return contenders


def _contender(
    application: Application, sheets: Sequence[Sheet], renounced: str, kept_cents: int
) -> Contender:
    """Return one application as the ranking knows it; an excluded one has no sheets."""
    excluded = application.status == Status.INADMISSIBLE
    return Contender(
        protocol=application.protocol_number or "",
        title=application.title,
        body=application.organization.legal_name,
        cost_cents=application.cost_cents,
        grant_cents=application.promise.grant_cents,
        submitted_at=application.submitted_at,  # type: ignore[arg-type]
        sheets=() if excluded else tuple(sheets),
        exclusion=application.decision.reason if excluded else "",
        renounced=renounced,
        kept_cents=kept_cents,
    )


def _gone_before(before: Ranking | None) -> dict[str, str]:
    """Return who had left the ranking in the version before, and why."""
    if before is None:
        return {}
    return {one.protocol: one.renounced for one in read_input(before.input_csv)[0] if one.renounced}


def _why_left(application: Application, left: Mapping[str, str]) -> str:
    """Return why an application has left the ranking; nothing when it has not."""
    if why := left.get(application.protocol_number or ""):
        return why
    return "withdrawn" if application.status == Status.WITHDRAWN else ""


def _sheets_of(session: CallSession, applications: Sequence[Application]) -> dict[int, list[Sheet]]:
    """Return the final sheets by application, each member under a name that does not tell who it is.

    What the committee corrected after a review counts instead of what the sheet says.
    """
    _rules, numbers = criteria_of(session)
    counting = ScoreSheet.objects.counting().filter(assignment__application__in=applications)
    rows = list(counting.with_scores().order_by("assignment__member_id", "pk"))
    names = aliases_of(session, rows)
    corrected = corrections_of(session)
    found: dict[int, list[Sheet]] = {}
    for row in rows:
        given = [
            Points(
                numbers[score.criterion_id],
                corrected.get((row.pk, score.criterion_id), score.points),
            )
            for score in row.scores.all()
        ]
        given.sort(key=lambda points: int(points.criterion_key))
        sheet = Sheet(names[row.assignment.member_id], tuple(given))
        found.setdefault(row.assignment.application_id, []).append(sheet)
    return found


def aliases_of(session: CallSession, sheets: Sequence[ScoreSheet] | None = None) -> dict[int, str]:
    """Return the name under which each member of the committee appears in public, by the member's row."""
    if sheets is None:
        counting = ScoreSheet.objects.counting().filter(assignment__application__session=session)
        members = sorted(set(counting.values_list("assignment__member_id", flat=True)))
    else:
        members = sorted({sheet.assignment.member_id for sheet in sheets})
    return {member: f"commissario {_letters(place)}" for place, member in enumerate(members)}


def corrections_of(session: CallSession) -> dict[tuple[int, int], int | None]:
    """Return the points that were corrected after reviews, by sheet and criterion; the latest one counts."""
    rows = ScoreCorrection.objects.filter(review__entry__ranking__session=session)
    upheld = rows.filter(review__outcome=ReviewRequest.Outcome.UPHELD)
    latest = upheld.order_by("review__decided_at", "pk")
    return {(row.sheet_id, row.criterion_id): row.points for row in latest}


def _letters(place: int) -> str:
    """Return A, B, ... Z, AA, AB, ..."""
    name = ""
    while place >= 0:
        place, letter = divmod(place, 26)
        name = chr(ord("A") + letter) + name
        place -= 1
    return name


def outcome_counts(entries: Sequence[RankingEntry]) -> dict[str, int]:
    """Return how many places have each outcome, in the order of the outcomes."""
    return {
        str(outcome): number
        for outcome in RankingEntry.Outcome
        if (number := sum(entry.outcome == outcome for entry in entries))
    }
