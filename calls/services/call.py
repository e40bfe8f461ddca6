from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from calls.declarations import USUAL
from calls.models import (
    Call,
    CallSession,
    Criterion,
    DeclarationText,
    DocumentRequirement,
    EditionOutcome,
    EligibilityQuestion,
    Fund,
    SupportOffer,
    Theme,
)
from calls.services.faults import Fault
from calls.services.part_faults import publication_faults


class CallIsPublished(Exception):
    """Say that a published call cannot be changed."""


class CallNotPublishable(Exception):
    """Carry the faults of a call's rules, one sentence each, in the reader's language, with the fields to correct."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(fault.words for fault in faults))
        self.faults = faults


@transaction.atomic
def draft_call(
    *,
    now: datetime,
    sessions: Iterable[Mapping[str, Any]] = (),
    themes: Iterable[str] = (),
    criteria: Iterable[Mapping[str, Any]] = (),
    documents: Iterable[Mapping[str, Any]] = (),
    declarations: Iterable[Mapping[str, Any]] | None = None,
    offers: Iterable[Mapping[str, Any]] = (),
    eligibility_questions: Iterable[str] = (),
    **fields: Any,
) -> Call:
    """Write a new call with its parts; nobody but the officers sees it. Without `declarations` it has the usual ones."""
    call = Call.objects.create(created_at=now, **fields)
    for number, session in enumerate(sessions, 1):
        CallSession.objects.create(call=call, **{"number": number, **session})
    for name in themes:
        Theme.objects.create(call=call, name=name)
    for position, criterion in enumerate(criteria, 1):
        Criterion.objects.create(call=call, **{"position": position, **criterion})
    for position, document in enumerate(documents, 1):
        DocumentRequirement.objects.create(call=call, **{"position": position, **document})
    for position, declaration in enumerate(USUAL if declarations is None else declarations, 1):
        DeclarationText.objects.create(call=call, **{"position": position, **declaration})
    for position, offer in enumerate(offers, 1):
        SupportOffer.objects.create(call=call, **{"position": position, **offer})
    for position, text in enumerate(eligibility_questions, 1):
        EligibilityQuestion.objects.create(call=call, position=position, text=text)
    return call


def edit_call(*, call: Call, **fields: Any) -> Call:
    """Change the text or the rules of a draft. Raise CallIsPublished afterwards."""
    if call.status != Call.Status.DRAFT:
        raise CallIsPublished(call.slug)
    for name, value in fields.items():
        setattr(call, name, value)
    call.save(update_fields=list(fields))
    return call


@transaction.atomic
def publish_call(*, call: Call, by: User, now: datetime) -> Call:
    """Check the rules together, make the funds, freeze everything and show the call to the public.

    Raise CallNotPublishable with one sentence per fault, and CallIsPublished when it is published already.
    Source: L. 241/1990 art. 12, criteria are fixed and published beforehand.
    """
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status != Call.Status.DRAFT:
        raise CallIsPublished(call.slug)
    if faults := publication_faults(call):
        raise CallNotPublishable(faults)
    _make_funds(call)
    call.status = Call.Status.PUBLISHED
    call.published_at = now
    call.published_by = by
    call.save(update_fields=["status", "published_at", "published_by"])
    return call


def record_outcome(*, call: Call, **totals: Any) -> EditionOutcome:
    """Keep the published totals of an edition with their source; a repetition replaces them."""
    outcome, _created = EditionOutcome.objects.update_or_create(call=call, defaults=totals)
    return outcome


def _make_funds(call: Call) -> None:
    """Give each window the fund it draws on: its own where the fund is split, else one for all."""
    sessions = list(call.sessions.all())
    # A fund's name is at most 150 characters long, as a title alone may be.
    name = f"{call.title[:120]} {call.edition}"
    shared = None
    for session in sessions:
        if session.allocation_cents is not None:
            fund = Fund.objects.create(
                call=call, name=f"{name} · {session.number}", allocation_cents=session.allocation_cents
            )
        else:
            shared = shared or Fund.objects.create(call=call, name=name, allocation_cents=call.fund_cents)
            fund = shared
        session.fund = fund
        session.save(update_fields=["fund"])
