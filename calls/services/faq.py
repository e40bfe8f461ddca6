from datetime import datetime

from django.db import transaction

from accounts.models import User
from calls.models import Call, CallFaq


class FaqMovedOn(Exception):
    """Say that the wording has been replaced or taken off meanwhile."""


def write_faq(
    *, call: Call, question: str, answer: str, by: User, now: datetime, position: int = 1
) -> CallFaq:
    """Answer a question on a call's page, draft or published."""
    return CallFaq.objects.create(
        call=call, position=position, question=question, answer=answer, written_at=now, written_by=by
    )


@transaction.atomic
def change_faq(
    *, faq: CallFaq, question: str, answer: str, position: int, by: User, now: datetime
) -> CallFaq:
    """Replace a wording by another one and return it; one that changes nothing stays. Raise FaqMovedOn."""
    faq = _lock(faq)
    if (faq.question, faq.answer, faq.position) == (question, answer, position):
        return faq
    _end(faq, by, now)
    return CallFaq.objects.create(
        call_id=faq.call_id,
        position=position,
        question=question,
        answer=answer,
        written_at=now,
        written_by=by,
        replaces=faq,
    )


@transaction.atomic
def end_faq(*, faq: CallFaq, by: User, now: datetime) -> CallFaq:
    """Take an answer off the call's page; it stays known to the desk. Raise FaqMovedOn."""
    faq = _lock(faq)
    _end(faq, by, now)
    return faq


def _lock(faq: CallFaq) -> CallFaq:
    """Lock a wording that is shown. Raise FaqMovedOn."""
    locked = CallFaq.objects.select_for_update().get(pk=faq.pk)
    if locked.ended_at is not None:
        raise FaqMovedOn(faq.pk)
    return locked


def _end(faq: CallFaq, by: User, now: datetime) -> None:
    faq.ended_at = now
    faq.ended_by = by
    faq.save(update_fields=["ended_at", "ended_by"])
