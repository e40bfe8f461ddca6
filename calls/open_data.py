"""A published call for machines: its rules as JSON and its dates as a calendar (RFC 5545). No personal data."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from calls.models import Call, CallAnswer, CallSession
from calls.models.columns import EU, RULES

#: What is told of each kind of support beside co-funding.
OFFER = ("kind", "name", "description", "quantity", "limit_cents")
#: What is told of each declaration.
DECLARED = ("key", "title", "text", "title_en", "text_en", "asked_of", "required")
#: A calendar shows a deadline as the hour that leads to it, so that midnight stays on the last day.
LAST_HOUR = timedelta(hours=1)
#: RFC 5545, 3.1: a line is at most 75 octets long; what is longer continues after a space.
LINE_OCTETS = 75


def rules_of(call: Call) -> dict[str, Any]:
    """Return a call as JSON writes it: amounts in cents, shares in basis points, aware datetimes of the city's zone."""
    return {
        "slug": call.slug,
        "title": call.title,
        "edition": call.edition,
        "summary": call.summary,
        "url": _address(call),
        "published_at": _local(call.published_at),
        "questions_until": _local(call.questions_until),
        "version": call.version,
        "amended_at": _local(_amended_at(call)),
        "eu_funding": {name: getattr(call, name) for name in EU} if call.eu_programme else None,
        "rules": {name: getattr(call, name) for name in RULES},
        "sessions": [_session(session) for session in call.sessions.all()],
        "funds": [
            {"id": fund.pk, "name": fund.name, "allocation_cents": fund.allocation_cents}
            for fund in call.funds.all()
        ],
        "themes": [theme.name for theme in call.themes.all()],
        "criteria": [
            {
                "name": criterion.name,
                "description": criterion.description,
                "weight_bp": criterion.weight_bp,
                "max_points": criterion.max_points,
                "min_points": criterion.min_points,
            }
            for criterion in call.criteria.all()
        ],
        "document_requirements": [
            {"name": document.name, "description": document.description, "required": document.required}
            for document in call.document_requirements.all()
        ],
        "eligibility_questions": [question.text for question in call.eligibility_questions.all()],
        "declarations": _columns(call.declaration_texts.all(), DECLARED),
        "support_offers": _columns(call.support_offers.all(), OFFER),
        "answers": [_answer(answer) for answer in call.answers.prefetch_related("corrections")],
    }


def calendar_of(call: Call) -> str:
    """Return the application windows of a published call as a calendar: when each opens, and its last hour."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//CivicFund//Call//IT", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_escaped(call.title)}")
    for session in call.sessions.all():
        words = {"title": call.title, "number": session.number}
        lines += _event(
            call,
            f"{session.number}-opens",
            (session.opens_at, session.opens_at),
            _("%(title)s: applications open (window %(number)s)") % words,
        )
        lines += _event(
            call,
            f"{session.number}-closes",
            (max(session.opens_at, session.closes_at - LAST_HOUR), session.closes_at),
            _("%(title)s: last hour to apply (window %(number)s)") % words,
        )
    if call.questions_until:
        last = (call.questions_until - LAST_HOUR, call.questions_until)
        lines += _event(call, "questions", last, _("%(title)s: last hour to ask") % {"title": call.title})
    return "".join(f"{line}\r\n" for whole in [*lines, "END:VCALENDAR"] for line in _folded(whole))


def _columns(rows: Iterable[Any], names: Iterable[str]) -> list[dict[str, Any]]:
    """Return some columns of each row."""
    return [{name: getattr(row, name) for name in names} for row in rows]


def _session(session: CallSession) -> dict[str, Any]:
    return {
        "number": session.number,
        "opens_at": _local(session.opens_at),
        "closes_at": _local(session.closes_at),
        "allocation_cents": session.allocation_cents,
        "fund": session.fund_id,
    }


def _answer(answer: CallAnswer) -> dict[str, Any]:
    """Return a published question with its answer and what was put right since."""
    return {
        "number": answer.number,
        "url": f"{settings.SITE_URL}{answer.get_absolute_url()}",
        "question": answer.question,
        "text": answer.text,
        "published_at": _local(answer.published_at),
        "corrections": [
            {"text": correction.text, "published_at": _local(correction.published_at)}
            for correction in answer.corrections.all()
        ],
    }


def _event(call: Call, part: str, span: tuple[datetime, datetime], summary: str) -> list[str]:
    """Return the lines of one event; its UID stays the same, so that a calendar moves it instead of doubling it."""
    begins, ends = span
    host = settings.SITE_URL.partition("://")[2]
    lines = [
        "BEGIN:VEVENT",
        f"UID:{call.slug}-{part}@{host}",
        f"DTSTAMP:{_utc(_amended_at(call) or call.published_at)}",
        f"SEQUENCE:{call.version - 1}",
        f"DTSTART:{_utc(begins)}",
    ]
    if ends > begins:
        lines.append(f"DTEND:{_utc(ends)}")
    return [*lines, f"SUMMARY:{_escaped(summary)}", f"URL:{_address(call)}", "END:VEVENT"]


def _amended_at(call: Call) -> datetime | None:
    """Return when the version that the call shows came into force, unless it is the first."""
    last = call.amendments.in_force().last() if call.version > 1 else None
    return last.decided_at if last else None


def _address(call: Call) -> str:
    return f"{settings.SITE_URL}{call.get_absolute_url()}"


def _local(moment: datetime | None) -> str | None:
    """Return an aware datetime with the city's offset, as 2026-10-31T12:00:00+01:00."""
    return timezone.localtime(moment).isoformat() if moment else None


def _utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") if moment else ""


def _escaped(text: str) -> str:
    """Return a text as RFC 5545, 3.3.11 writes it."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> Iterator[str]:
    """Break a line that is too long, never inside a letter."""
    piece = ""
    for letter in line:
        if len(f"{piece}{letter}".encode()) > LINE_OCTETS:
            yield piece
            piece = " "
        piece += letter
    yield piece
