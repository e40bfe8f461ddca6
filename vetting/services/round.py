"""Open a round, write down what was said, close it with its minutes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import User
from calls.models import Application, Call, CallSession
from vetting.minutes import minutes_content, minutes_pdf
from vetting.models import CommitteeMember, DiscussionNote, Minutes, Round
from vetting.progress import Missing, barred_from, missing_in
from vetting.services.assignment import NotToJudge, open_round_of


class RoundExists(Exception):
    """Say that these applications are, or were, judged in a round already."""


class NoPresident(Exception):
    """Say that the committee has no president yet."""


class DueTooEarly(Exception):
    """Say that sheets cannot be due before now."""


class NotPresident(Exception):
    """Say that only the president of the committee may do this."""


class InConflict(Exception):
    """Say that somebody has a conflict of interest with the application."""


class RoundIncomplete(Exception):
    """Carry what the closing waits for, as `missing`."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(*missing)
        self.missing = missing


class VotesDoNotAdd(Exception):
    """Say that the votes are not as many as the members present."""


class NobodyPresent(Exception):
    """Say that the president and another member at least are present when the committee closes."""


@dataclass(frozen=True)
class Meeting:
    """The meeting that closed a round: its day, who was there, how they voted, what else is to be kept."""

    held_on: date
    present: Sequence[CommitteeMember]
    in_favour: int
    against: int
    abstained: int
    remarks: str = ""


@transaction.atomic
def open_round(
    *,
    call: Call,
    readers: int,
    due_at: datetime,
    by: User,
    now: datetime,
    session: CallSession | None = None,
) -> Round:
    """Open the committee's work on the applications of a window, or of all; `readers` judge each, due at an aware instant.

    Raise RoundExists, NoPresident and DueTooEarly.
    """
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    if Round.objects.overlapping(call, session).exists():
        raise RoundExists
    if not CommitteeMember.objects.serving(call, session).filter(role="president").exists():
        raise NoPresident
    if due_at <= now:
        raise DueTooEarly
    return Round.objects.create(
        call=call, session=session, readers=readers, due_at=due_at, opened_at=now, opened_by=by
    )


@transaction.atomic
def move_due_date(*, round_: Round, due_at: datetime, by: User, now: datetime) -> Round:
    """Give the members another date; those who are late then are reminded again. Raise RoundClosed and DueTooEarly."""
    round_ = open_round_of(round_)
    if due_at <= now:
        raise DueTooEarly
    round_.due_at = due_at
    round_.save(update_fields=["due_at"])
    return round_


@transaction.atomic
def write_note(
    *, round_: Round, application: Application, text: str, by: User, now: datetime
) -> DiscussionNote:
    """Keep what the committee said together about an application.

    Raise RoundClosed, NotPresident, NotToJudge, and InConflict when the president abstains from it.
    """
    round_ = open_round_of(round_)
    require_president(round_, by)
    if not round_.applications.filter(pk=application.pk).exists():
        raise NotToJudge
    if application.pk in barred_from(round_, by):
        raise InConflict
    note, _created = DiscussionNote.objects.update_or_create(
        round=round_,
        application=application,
        defaults={"text": text.strip(), "written_at": now, "written_by": by},
    )
    return note


@transaction.atomic
def close_round(*, round_: Round, meeting: Meeting, by: User, now: datetime) -> Minutes:
    """Close a round and make its minutes; from then on the members see each other's sheets.

    Raise RoundClosed, NotPresident, RoundIncomplete with what is missing, NobodyPresent and VotesDoNotAdd.
    """
    round_ = open_round_of(round_)
    president = require_president(round_, by)
    if missing := missing_in(round_):
        raise RoundIncomplete(missing)
    if president not in meeting.present or len(meeting.present) < 2:
        raise NobodyPresent
    if meeting.in_favour + meeting.against + meeting.abstained != len(meeting.present):
        raise VotesDoNotAdd
    content = minutes_content(round_, meeting=_told(meeting), president=president, closed_at=now)
    round_.closed_at, round_.closed_by = now, by
    round_.save(update_fields=["closed_at", "closed_by"])
    pdf = minutes_pdf(content, written_at=now)
    return Minutes.objects.create(
        round=round_,
        held_on=meeting.held_on,
        content=content,
        file=ContentFile(pdf, name=f"verbale-{round_.pk}.pdf"),
        size_bytes=len(pdf),
        sha256=hashlib.sha256(pdf).hexdigest(),
        made_at=now,
    )


def require_president(round_: Round, by: User) -> CommitteeMember:
    """Return the president's seat of the person. Raise NotPresident."""
    seat = round_.seats.filter(user=by, role=CommitteeMember.Role.PRESIDENT).first()
    if seat is None:
        raise NotPresident
    return seat


def _told(meeting: Meeting) -> Mapping[str, object]:
    """Return a meeting as plain values."""
    return {
        "held_on": meeting.held_on.isoformat(),
        "present": sorted(one.pk for one in meeting.present),
        "in_favour": meeting.in_favour,
        "against": meeting.against,
        "abstained": meeting.abstained,
        "remarks": meeting.remarks.strip(),
    }
