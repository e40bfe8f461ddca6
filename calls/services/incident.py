from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import hold_mails, queue_mail_to_officers, release_mails
from calls.models import Call, Stop, StopStep

Status = Stop.Status
Kind = StopStep.Kind
#: Who may act as the second person.
RIGHT = "calls.change_stop"


class AlreadyOff(Exception):
    """Say that this is switched off already."""


class ReasonMissing(Exception):
    """Say that a switch is never touched without a reason, nor gifts stopped without a public one."""


class SecondPersonNeeded(Exception):
    """Say that the person who asked for something cannot also confirm it."""


class StopMovedOn(Exception):
    """Say that the switch is not in the state the step starts from."""


@transaction.atomic
def switch_off(
    *, call: Call, what: Stop.What, by: User, reason: str, now: datetime, public_reason: str = ""
) -> Stop:
    """Switch new gifts, releases, refunds or mails of one call off at once; a second person has a day to confirm it.

    Raise AlreadyOff, and ReasonMissing without a reason or, for gifts, without a public one.
    """
    if not reason.strip() or (what == Stop.What.GIFTS and not public_reason.strip()):
        raise ReasonMissing(what)
    try:
        with transaction.atomic():
            stop = Stop.objects.create(
                call=call,
                what=what,
                reason=reason.strip(),
                public_reason=public_reason.strip(),
                off_at=now,
                off_by=by,
                confirm_until=now + Stop.CONFIRM_WITHIN,
            )
    except IntegrityError as error:
        raise AlreadyOff(what) from error
    _note(stop, Kind.OFF, by, reason, now)
    if what == Stop.What.MAILS:
        hold_mails(topic=call.mail_topic, now=now)
    _tell_others(stop, "stop_to_confirm", by, now)
    return stop


@transaction.atomic
def confirm_off(*, stop: Stop, by: User, reason: str, now: datetime) -> Stop:
    """Confirm, as a second person, that something stays off. Raise StopMovedOn, SecondPersonNeeded, ReasonMissing."""
    stop = _lock(stop, Status.UNCONFIRMED, reason)
    if stop.off_by_id == by.pk:
        raise SecondPersonNeeded(by.pk)
    _move(stop, Status.CONFIRMED, confirmed_at=now, confirmed_by=by)
    _note(stop, Kind.CONFIRMED, by, reason, now)
    return stop


@transaction.atomic
def refuse_off(*, stop: Stop, by: User, reason: str, now: datetime) -> Stop:
    """Switch on again, as a second person, what one person has switched off and nobody has confirmed.

    The first person wanted it on the day before, the second wants it now: two people. Raise StopMovedOn,
    SecondPersonNeeded, ReasonMissing.
    """
    stop = _lock(stop, Status.UNCONFIRMED, reason)
    if stop.off_by_id == by.pk:
        raise SecondPersonNeeded(by.pk)
    _end(stop, by, now)
    _note(stop, Kind.NOT_CONFIRMED, by, reason, now)
    return stop


@transaction.atomic
def propose_on(*, stop: Stop, by: User, reason: str, now: datetime) -> Stop:
    """Propose to switch something on again; it stays off until a second person agrees. Raise StopMovedOn."""
    stop = _lock(stop, Status.CONFIRMED, reason)
    _move(stop, Status.ENDING, proposed_at=now, proposed_by=by)
    _note(stop, Kind.PROPOSED, by, reason, now)
    _tell_others(stop, "stop_to_end", by, now)
    return stop


@transaction.atomic
def confirm_on(*, stop: Stop, by: User, reason: str, now: datetime) -> Stop:
    """Switch something on again, as a second person. Raise StopMovedOn, SecondPersonNeeded, ReasonMissing."""
    stop = _lock(stop, Status.ENDING, reason)
    if stop.proposed_by_id == by.pk:
        raise SecondPersonNeeded(by.pk)
    _end(stop, by, now)
    _note(stop, Kind.ON, by, reason, now)
    return stop


@transaction.atomic
def refuse_on(*, stop: Stop, by: User, reason: str, now: datetime) -> Stop:
    """Leave something off that somebody proposed to switch on; also whoever proposed it may take it back."""
    stop = _lock(stop, Status.ENDING, reason)
    _move(stop, Status.CONFIRMED, proposed_at=None, proposed_by=None)
    _note(stop, Kind.REFUSED, by, reason, now)
    return stop


def _lock(stop: Stop, status: Stop.Status, reason: str) -> Stop:
    """Lock a stop and return it as it is now. Raise StopMovedOn, ReasonMissing."""
    locked = Stop.objects.select_for_update(no_key=True, of=("self",)).select_related("call").get(pk=stop.pk)
    if locked.status != status:
        raise StopMovedOn(stop.pk)
    if not reason.strip():
        raise ReasonMissing(stop.pk)
    return locked


def _move(stop: Stop, status: Stop.Status, **fields: object) -> None:
    """Bring a stop to a state with the times and people that go with it."""
    stop.status = status
    for name, value in fields.items():
        setattr(stop, name, value)
    stop.save(update_fields=["status", *fields])


def _end(stop: Stop, by: User, now: datetime) -> None:
    """Switch on; held mails leave from now on, each once."""
    _move(stop, Status.ENDED, ended_at=now, ended_by=by)
    if stop.what == Stop.What.MAILS:
        release_mails(topic=stop.call.mail_topic)


def _note(stop: Stop, kind: StopStep.Kind, by: User, reason: str, now: datetime) -> None:
    """Write the history."""
    StopStep.objects.create(stop=stop, kind=kind, by=by, reason=reason.strip(), at=now)


def _tell_others(stop: Stop, template: str, by: User, now: datetime) -> None:
    """Write to everybody who may be the second person; a topic of its own, so that no stop of mails holds it."""
    queue_mail_to_officers(
        right=RIGHT,
        leave_out=by,
        key=f"{template}:{stop.pk}:{stop.steps.count()}",
        template=template,
        context={"stop": stop, "by": by},
        now=now,
    )
