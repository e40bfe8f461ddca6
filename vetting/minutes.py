"""The minutes of a committee: what they say, as data in the city's language, and the tagged PDF made of it.

The data are kept beside the PDF. Acts of the municipality are in Italian, whatever the president reads.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from civicfund.pdf import set_pdf
from civicfund.templatetags.clock import day, moment
from vetting.models import Assignment, CommitteeMember, ConflictMatch, Round
from vetting.models.sheet import criteria_of
from vetting.points import format_points
from vetting.progress import Verdict, applications_of, verdicts_of
from vetting.sheet_rules import CriterionRule

TEMPLATE = settings.BASE_DIR / "vetting" / "minutes.typ"
LANGUAGE = settings.LANGUAGE_CODE
Rows = list[list[str]]


def minutes_content(
    round_: Round, *, meeting: Mapping[str, Any], president: CommitteeMember, closed_at: datetime
) -> dict[str, Any]:
    """Return all that the minutes of a round say: attendance, conflicts, scores, notes and votes."""
    with translation.override(LANGUAGE):
        return {
            "title": _("Minutes of the evaluation committee"),
            "facts": _facts(round_, meeting, president, closed_at),
            "attendance": _attendance(round_, meeting),
            "conflicts": _conflicts(round_),
            "gaps": _gaps(round_),
            "scores": _scores(round_),
            "votes": _votes(meeting),
            "signature": _("The president: %(name)s") % {"name": president},
            "footer": _("Minutes of %(moment)s") % {"moment": moment(closed_at)},
        }


def minutes_pdf(content: Mapping[str, Any], *, written_at: datetime) -> bytes:
    """Return minutes as a tagged PDF; the same content and instant give the same bytes."""
    there = timezone.localtime(written_at)
    author = f"{settings.CITY['service_name']} · {settings.CITY['name']}"
    words = {
        **content,
        "language": LANGUAGE,
        "author": author,
        "date": [there.year, there.month, there.day],
    }
    return set_pdf(TEMPLATE, name="minutes", words=words, written_at=written_at)


def _facts(
    round_: Round, meeting: Mapping[str, Any], president: CommitteeMember, closed_at: datetime
) -> Rows:
    """Return what was judged, by whom, when."""
    acts = sorted({(one.act_date, one.act_number) for one in round_.seats})
    window = round_.session.number if round_.session else _("all")
    return [
        [_("Call"), str(round_.call)],
        [_("Application window"), str(window)],
        [_("Appointed by"), "; ".join(f"{number}, {day(when)}" for when, number in acts)],
        [_("President"), str(president)],
        [_("Opened at"), moment(round_.opened_at)],
        *_opened_again(round_),
        [_("Meeting of"), day(date.fromisoformat(meeting["held_on"]))],
        [_("Closed at"), moment(closed_at)],
    ]


def _opened_again(round_: Round) -> Iterator[list[str]]:
    """Yield when the committee went on after a closing, why, and which two people wanted it."""
    for one in round_.reopenings.confirmed().select_related("proposed_by", "decided_by"):
        told = _(
            "%(moment)s, after the closing of %(closed)s. %(reason)s Asked by %(asker)s, agreed to by %(second)s."
        )
        yield [
            _("Opened again at"),
            told
            % {
                "moment": moment(one.decided_at),
                "closed": moment(one.closed_at),
                "reason": one.reason,
                "asker": one.proposed_by,
                "second": one.decided_by,
            },
        ]


def _attendance(round_: Round, meeting: Mapping[str, Any]) -> dict[str, Any]:
    """Return who sat on the committee and who was there."""
    rows = [
        [str(one), one.office, _("present") if one.pk in meeting["present"] else _("absent")]
        for one in round_.seats
    ]
    return {
        "title": _("Attendance"),
        "columns": [_("Member"), _("Office"), _("At the meeting")],
        "rows": rows,
    }


def _conflicts(round_: Round) -> dict[str, Any]:
    """Return which conflicts of interest were declared or found, and who took over."""
    return {
        "title": _("Conflicts of interest and replacements"),
        "none": _(
            "Every member declared, before opening each file, to have no conflict of interest. None was found."
        ),
        "columns": [_("Member"), _("Application"), _("What happened"), _("Who took over")],
        "rows": [*_removed(round_), *_kept_away(round_)],
    }


def _removed(round_: Round) -> Iterator[list[str]]:
    """Yield what was taken away from a member."""
    rows = round_.assignments.exclude(removed_at=None).order_by("removed_at", "pk")
    for one in rows.select_related("application", "member__user", "replaced_by__member__user", "declaration"):
        yield [
            str(one.member),
            str(one.application),
            _why(one),
            str(one.replaced_by.member) if one.replaced_by else "–",
        ]


def _why(one: Assignment) -> str:
    """Return why an application was taken away from a member."""
    told = [str(one.get_removal_reason_display())]
    if one.removal_reason == Assignment.RemovalReason.CONFLICT_DECLARED:
        told.append(one.declaration.text)
    elif one.removal_reason == Assignment.RemovalReason.CONFLICT_FOUND:
        found = one.member.conflicts.filter(application=one.application, is_warning=False)
        told += [str(match) for match in found]
    elif one.removal_note:
        told.append(one.removal_note)
    return " · ".join(told)


def _kept_away(round_: Round) -> Iterator[list[str]]:
    """Yield the conflicts for which an application was never assigned to a member."""
    found = ConflictMatch.objects.filter(
        member__in=round_.seats, application__in=round_.applications, is_warning=False
    ).select_related("member__user", "application")
    had = set(round_.assignments.values_list("member_id", "application_id"))
    for match in found:
        if (match.member_id, match.application_id) not in had:
            yield [
                str(match.member),
                str(match.application),
                _("never assigned · %(what)s") % {"what": match},
                "–",
            ]


def _gaps(round_: Round) -> list[str]:
    """Return the applications that fewer members judged than was meant."""
    return [
        _("%(application)s was judged by %(number)s members of the %(meant)s that were meant.")
        % {"application": row.application, "number": len(row.assignments), "meant": round_.readers}
        for row in applications_of(round_)
        if row.lacking
    ]


def _scores(round_: Round) -> dict[str, Any]:
    """Return the sheets of each application, criterion by criterion, with the note of the discussion."""
    criteria = criteria_of(round_.call)
    notes = dict(round_.notes.values_list("application_id", "text"))
    return {
        "title": _("Scores"),
        "lead": _(
            "Points by criterion and member; “n.a.” where a member found that a criterion does not apply: it is left out of "
            "the total and never counted as zero."
        ),
        "applications": [
            _verdict(verdict, criteria, notes.get(verdict.application.pk, ""))
            for verdict in verdicts_of(round_)
        ],
    }


def _verdict(verdict: Verdict, criteria: Sequence[CriterionRule], note: str) -> dict[str, Any]:
    """Return one application's table."""
    given = [{one.criterion_key: one.hundredths for one in judged.sheet.points} for judged in verdict.judged]
    rows = [
        [
            _("%(name)s (at most %(most)s)") % {"name": rule.name, "most": rule.max_points},
            *(_shown(points[rule.key]) for points in given),
        ]
        for rule in criteria
    ]
    rows.append([_("Total"), *(format_points(judged.total) for judged in verdict.judged)])
    application = verdict.application
    told = [
        _("%(protocol)s · %(body)s")
        % {"protocol": application.protocol_number, "body": application.organization}
    ]
    if verdict.spread:
        told.append(
            _("Mean %(mean)s, from %(lowest)s to %(highest)s, out of %(most)s.")
            % {
                "mean": format_points(verdict.spread.mean),
                "lowest": format_points(verdict.spread.lowest),
                "highest": format_points(verdict.spread.highest),
                "most": format_points(verdict.highest),
            }
        )
    return {
        "title": str(application),
        "lead": told,
        "columns": [_("Criterion"), *(str(judged.member) for judged in verdict.judged)],
        "rows": rows,
        "reasons": list(_reasons(verdict, criteria)),
        "note": _("Discussion: %(text)s") % {"text": note} if note else "",
    }


def _reasons(verdict: Verdict, criteria: Sequence[CriterionRule]) -> Iterator[str]:
    """Yield why members gave less than the minimum."""
    names = {rule.key: rule.name for rule in criteria}
    for judged in verdict.judged:
        said = {str(score.criterion_id): score.comment for score in judged.sheet.scores.all()}
        for key in judged.below:
            yield _("%(criterion)s, below the minimum (%(name)s): %(text)s") % {
                "criterion": names[key],
                "name": judged.member,
                "text": said[key],
            }


def _shown(hundredths: int | None) -> str:
    """Return points, or that the criterion does not apply."""
    return _("n.a.") if hundredths is None else format_points(hundredths)


def _votes(meeting: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the members present voted on these minutes."""
    told = _(
        "The members present approve these scores with %(yes)s votes in favour, %(no)s against and %(none)s abstained."
    )
    votes = {"yes": meeting["in_favour"], "no": meeting["against"], "none": meeting["abstained"]}
    return {"title": _("Votes"), "lines": [told % votes, *meeting["remarks"].splitlines()]}
