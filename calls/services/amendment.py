from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail, queue_mail_to_officers
from calls.models import Amendment, Application, Call
from calls.models.amendment import PARTS, AmendablePart, content_of
from calls.services.amendment_faults import amendment_faults
from calls.services.faults import Fault
from calls.services.incident import ReasonMissing, SecondPersonNeeded

Status = Amendment.Status
#: Who may act as the second person.
RIGHT = "calls.change_amendment"


class RuleIsFrozen(Exception):
    """Say that an amendment cannot change a rule of money or admission of a published call."""


class CallNotAmendable(Exception):
    """Carry what is wrong with an amendment, one sentence each, in the reader's language, with the field to correct."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(fault.words for fault in faults))
        self.faults = faults


class CallIsDraft(Exception):
    """Say that a draft is edited, not amended."""


class NothingAmended(Exception):
    """Say that an amendment leaves everything as it is."""


class ActMissing(Exception):
    """Say that no published call changes without an act and a reason."""


class AmendmentWaits(Exception):
    """Say that another amendment of the call waits for its second person."""


class AmendmentMovedOn(Exception):
    """Say that the amendment has been decided already."""


@transaction.atomic
def propose_amendment(
    *,
    call: Call,
    act_number: str,
    act_date: date,
    reason: str,
    changes: Mapping[str, Any],
    by: User,
    now: datetime,
) -> Amendment:
    """Propose to change a published call by an act; nothing changes before a second person confirms it.

    `changes` has some of the names of `content_of`, in the same shape; an entry of a list that is called otherwise than
    before says so by `was`. Raise CallIsDraft, ActMissing, RuleIsFrozen for
    any other name, NothingAmended, AmendmentWaits, and CallNotAmendable with one sentence per fault.
    Source: L. 241/1990 art. 12; what applicants and donors relied on stays as it was published.
    """
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status != Call.Status.PUBLISHED:
        raise CallIsDraft(call.slug)
    if not act_number.strip() or not reason.strip():
        raise ActMissing(call.slug)
    before = content_of(call)
    after = _changed(before, changes)
    if call.amendments.waiting().exists():
        raise AmendmentWaits(call.slug)
    if faults := amendment_faults(call=call, before=before, after=after, now=now):
        raise CallNotAmendable(faults)
    amendment = Amendment.objects.create(
        call=call,
        act_number=act_number.strip(),
        act_date=act_date,
        reason=reason.strip(),
        before=before,
        after=after,
        proposed_at=now,
        proposed_by=by,
    )
    _tell_others(amendment, by, now)
    return amendment


@transaction.atomic
def confirm_amendment(*, amendment: Amendment, by: User, now: datetime) -> Amendment:
    """Make a proposed amendment part of its call, as a second person; the earlier version stays public.

    Raise AmendmentMovedOn, SecondPersonNeeded, and CallNotAmendable when time has made it unlawful, such as a window
    that has closed meanwhile.
    """
    call, amendment = _lock(amendment)
    if amendment.proposed_by_id == by.pk:
        raise SecondPersonNeeded(by.pk)
    before, after = amendment.before, amendment.after
    if faults := amendment_faults(call=call, before=before, after=after, now=now):
        raise CallNotAmendable(faults)
    amendment.version = call.version + 1
    _decide(amendment, Status.IN_FORCE, by, now)
    _carry_out(call, before, after)
    call.summary, call.text, call.contact_email = after["summary"], after["text"], after["contact_email"]
    call.version = amendment.version
    call.save(update_fields=["summary", "text", "contact_email", "version"])
    amendment.call = call
    _tell_applicants(amendment, now)
    return amendment


@transaction.atomic
def refuse_amendment(*, amendment: Amendment, by: User, reason: str, now: datetime) -> Amendment:
    """Leave a call as it is; whoever proposed the amendment may take it back too. Raise AmendmentMovedOn, ReasonMissing."""
    _call, amendment = _lock(amendment)
    if not reason.strip():
        raise ReasonMissing(amendment.pk)
    amendment.refusal_reason = reason.strip()
    _decide(amendment, Status.REFUSED, by, now)
    return amendment


def _changed(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the call would say. Raise RuleIsFrozen, NothingAmended."""
    if frozen := sorted(set(changes) - set(before)):
        raise RuleIsFrozen(", ".join(frozen))
    after = {**before, **changes}
    if after == before:
        raise NothingAmended
    return after


def _lock(amendment: Amendment) -> tuple[Call, Amendment]:
    """Lock a call and its proposed amendment, and return them as they are now. Raise AmendmentMovedOn."""
    call = Call.objects.select_for_update().get(pk=amendment.call_id)
    locked = Amendment.objects.select_for_update().get(pk=amendment.pk)
    if locked.status != Status.PROPOSED:
        raise AmendmentMovedOn(amendment.pk)
    return call, locked


def _decide(amendment: Amendment, status: Status, by: User, now: datetime) -> None:
    amendment.status = status
    amendment.decided_at = now
    amendment.decided_by = by
    amendment.save(update_fields=["status", "version", "decided_at", "decided_by", "refusal_reason"])


def _carry_out(call: Call, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Move the windows, and bring each list of the call to what it says now."""
    for old, new in zip(before["sessions"], after["sessions"], strict=True):
        if new != old:
            call.sessions.filter(number=new["number"]).update(
                opens_at=datetime.fromisoformat(new["opens_at"]),
                closes_at=datetime.fromisoformat(new["closes_at"]),
            )
    for part in PARTS:
        # An amendment proposed before a list could be amended does not speak of it.
        if part.key in after and after[part.key] != before[part.key]:
            _rewrite(call, part, after[part.key])


def _rewrite(call: Call, part: AmendablePart, entries: list[Mapping[str, Any]]) -> None:
    """Bring the rows of a list to its entries: a row that is called otherwise stays the same row."""
    rows = getattr(call, part.relation)
    known = {getattr(row, part.identity): row for row in rows.all()}
    kept = {entry.get("was", entry[part.identity]) for entry in entries}
    rows.filter(pk__in=[row.pk for name, row in known.items() if name not in kept]).delete()
    for position, entry in enumerate(entries, 1):
        row = known.get(entry.get("was", entry[part.identity])) or rows.model(call=call)
        for column in part.columns:
            setattr(row, column, entry[column])
        # Themes have no order of their own.
        row.position = position
        row.save()


def _tell_applicants(amendment: Amendment, now: datetime) -> None:
    """Write once to everybody who acts for a body with a draft or a submitted application, whatever number of them."""
    alive = (Application.Status.DRAFT, Application.Status.SUBMITTED)
    bodies = amendment.call.applications.filter(status__in=alive).values("organization")
    people = User.objects.filter(is_active=True, memberships__organization__in=bodies)
    for person in people.distinct().order_by("pk"):
        queue_mail(
            key=f"call_amended:{amendment.pk}:{person.pk}",
            topic=amendment.call.mail_topic,
            recipient=person.email,
            template="call_amended",
            context={"amendment": amendment},
            language=person.language,
            now=now,
        )


def _tell_others(amendment: Amendment, by: User, now: datetime) -> None:
    """Write to everybody who may be the second person."""
    queue_mail_to_officers(
        right=RIGHT,
        leave_out=by,
        key=f"amendment_to_confirm:{amendment.pk}",
        template="amendment_to_confirm",
        context={"amendment": amendment, "by": by},
        now=now,
    )
