"""A ranking as files: everything it is computed from in one CSV, and what comes out in another.

The input has one fact per line (record, application, member, criterion, field, value), so that a spreadsheet, a program
and a reader see the same; its SHA-256 is published. Members of the committee stand under names that do not tell who they
are. Points are in hundredths of a point, amounts in cents, instants in UTC.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from civicfund.tables import BYTE_ORDER_MARK, csv_text
from vetting.contenders import Contender, Place, RankingRules, Reason, Rounding, Sheet, TieRule
from vetting.filling import Filling
from vetting.sheet_rules import CriterionRule, Points

HEADER = ("record", "application", "member", "criterion", "field", "value")
PLACES_HEADER = ("rank", "application", "title", "body", "points", "outcome", "grant_cents", "reasons", "tie")
#: Stands where a criterion does not apply.
NOT_APPLICABLE = "not applicable"
NONE = "none"
APPLICATION_TEXTS = ("title", "body", "exclusion", "renounced")
APPLICATION_CENTS = ("cost_cents", "grant_cents", "kept_cents")

Input = tuple[list[Contender], list[CriterionRule], RankingRules]
Line = tuple[str, str, str, str, str, str]


class InputUnreadable(ValueError):
    """Say which line of a file is not what a ranking is computed from."""


def digest_of_input(text: str) -> str:
    """Return the SHA-256 of an input as it is published, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def write_input(
    contenders: Sequence[Contender], criteria: Sequence[CriterionRule], rules: RankingRules
) -> str:
    """Return everything a ranking is computed from as CSV; the same facts give the same bytes."""
    lines = [
        *_rule_lines(rules),
        *_criterion_lines(criteria),
        *(line for one in sorted(contenders, key=lambda one: one.protocol) for line in _lines_of(one)),
    ]
    return csv_text(HEADER, [[_guarded(cell) for cell in line] for line in lines])


def read_input(text: str) -> Input:
    """Return what a ranking is computed from. Raise InputUnreadable with the line that is not understood."""
    reader = csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""))
    if tuple(next(reader, ())) != HEADER:
        raise InputUnreadable("1")
    facts: dict[str, dict[str, str]] = defaultdict(dict)
    criteria: dict[str, dict[str, str]] = {}
    applications: dict[str, dict[str, str]] = {}
    sheets: dict[str, dict[str, list[Points]]] = defaultdict(lambda: defaultdict(list))
    for row in reader:
        try:
            record, application, member, criterion, field, value = map(_plain, row)
            if record == "rule":
                facts["rule"][field] = value
            elif record == "criterion":
                criteria.setdefault(criterion, {})[field] = value
            elif record == "application":
                applications.setdefault(application, {})[field] = value
            elif record == "points" and application in applications and criterion in criteria:
                points = None if value == NOT_APPLICABLE else int(value)
                sheets[application][member].append(Points(criterion, points))
            else:
                raise ValueError(record)
        except ValueError as error:
            raise InputUnreadable(str(reader.line_num)) from error
    try:
        rules = _rules_of(facts["rule"])
        measured = [_criterion_of(key, told) for key, told in criteria.items()]
        contenders = [_contender_of(key, told, sheets[key]) for key, told in applications.items()]
    except (KeyError, ValueError) as error:
        raise InputUnreadable(str(error)) from error
    return contenders, measured, rules


def write_places(contenders: Sequence[Contender], places: Sequence[Place]) -> str:
    """Return a ranking as CSV, in its order; points in hundredths have a decimal point."""
    known = {one.protocol: one for one in contenders}
    rows = []
    for place in places:
        one = known[place.protocol]
        rows.append(
            (
                place.rank if place.rank is not None else "",
                place.protocol,
                one.title,
                one.body,
                points_text(place.score),
                place.outcome.value,
                place.grant_cents,
                " | ".join(_reason_text(reason) for reason in place.reasons),
                f"{place.tie.rule} {place.tie.neighbour}" if place.tie else "",
            )
        )
    return csv_text(PLACES_HEADER, rows)


def points_text(hundredths: int | None) -> str:
    """Return points as 78.50."""
    return "" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02d}"


def _reason_text(reason: Reason) -> str:
    numbers = [str(number) for number in (reason.points, reason.needed) if number is not None]
    return " ".join([reason.code, *([reason.about] if reason.about else []), *numbers])


def _rule_lines(rules: RankingRules) -> Iterator[Line]:
    told = {
        "pass_mark": str(rules.pass_mark),
        "rounding": rules.rounding.value,
        "tie_rules": " ".join(rule.value for rule in rules.tie_rules),
        "fund_fill": rules.fund_fill.value,
        "fund_cents": str(rules.fund_cents),
        "has_reserve": "yes" if rules.has_reserve else "no",
        "partial_cents": NONE if rules.partial_cents is None else str(rules.partial_cents),
        "draw_seed": rules.draw_seed,
    }
    for field, value in told.items():
        yield ("rule", "", "", "", field, value)


def _rules_of(told: dict[str, str]) -> RankingRules:
    return RankingRules(
        pass_mark=int(told["pass_mark"]),
        rounding=Rounding(told["rounding"]),
        tie_rules=tuple(TieRule(rule) for rule in told["tie_rules"].split()),
        fund_fill=Filling(told["fund_fill"]),
        fund_cents=int(told["fund_cents"]),
        has_reserve={"yes": True, "no": False}[told["has_reserve"]],
        partial_cents=None if told["partial_cents"] == NONE else int(told["partial_cents"]),
        draw_seed=told["draw_seed"],
    )


def _criterion_lines(criteria: Sequence[CriterionRule]) -> Iterator[Line]:
    for rule in criteria:
        for field in ("name", "max_points", "min_points", "weight_bp"):
            yield ("criterion", "", "", rule.key, field, str(getattr(rule, field)))


def _criterion_of(key: str, told: dict[str, str]) -> CriterionRule:
    numbers = {field: int(told[field]) for field in ("max_points", "min_points", "weight_bp")}
    return CriterionRule(key=key, name=told["name"], **numbers)


def _lines_of(one: Contender) -> Iterator[Line]:
    for field in (*APPLICATION_TEXTS, *APPLICATION_CENTS):
        yield ("application", one.protocol, "", "", field, str(getattr(one, field)))
    submitted = one.submitted_at.astimezone(UTC).isoformat()
    yield ("application", one.protocol, "", "", "submitted_at", submitted)
    for sheet in sorted(one.sheets, key=lambda sheet: sheet.member):
        for points in sheet.points:
            value = NOT_APPLICABLE if points.hundredths is None else str(points.hundredths)
            yield ("points", one.protocol, sheet.member, points.criterion_key, "hundredths", value)


def _contender_of(protocol: str, told: dict[str, str], sheets: dict[str, list[Points]]) -> Contender:
    return Contender(
        protocol=protocol,
        submitted_at=datetime.fromisoformat(told["submitted_at"]),
        sheets=tuple(Sheet(member, tuple(points)) for member, points in sheets.items()),
        **{field: told[field] for field in APPLICATION_TEXTS},  # type: ignore[arg-type]
        **{field: int(told[field]) for field in APPLICATION_CENTS},  # type: ignore[arg-type]
    )


def _guarded(cell: str) -> str:
    """Double an apostrophe at the beginning: the table puts one before what a spreadsheet would run."""
    return f"'{cell}" if cell.startswith("'") else cell


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that keeps it a text."""
    return cell.removeprefix("'")
