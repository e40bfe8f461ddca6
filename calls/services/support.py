"""Applications ask for spaces and micro-grants beside co-funding; officers decide with a reason."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail_to_members
from calls.models import Application, SupportOffer, SupportRequest
from calls.services.amendment import ActMissing
from calls.services.incident import ReasonMissing

State = SupportRequest.State


class SupportMovedOn(Exception):
    """Say that a request has been decided, or that its application is in no state in which it can be."""


class NotAdmittedYet(Exception):
    """Say that support is granted to admitted projects only."""


class OfferUsedUp(Exception):
    """Say that as many as the call offers have been granted."""


class WrongAmount(Exception):
    """Say that an amount is missing, above what the call offers, or named for something that is no money."""


class OwnRequest(Exception):
    """Say that an officer belongs to the body that asks: somebody else decides."""


def write_requests(*, application: Application, supported: Mapping[int, str]) -> None:
    """Keep what a draft, locked by the caller, asks for: words by the key of the offer; empty words ask for nothing.

    Offers that are not named stay as they are; one of another call, or co-funding, is left out.
    """
    offers = {offer.pk: offer for offer in application.call.support_offers.all() if offer.is_requested}
    for pk, words in supported.items():
        if pk not in offers:
            continue
        if words.strip():
            SupportRequest.objects.update_or_create(
                application=application, offer=offers[pk], defaults={"words": words.strip()}
            )
        else:
            SupportRequest.objects.filter(application=application, offer=pk).delete()


@transaction.atomic
def grant_support(
    *,
    request: SupportRequest,
    reason: str,
    act_number: str,
    act_date: date,
    by: User,
    now: datetime,
    amount_cents: int | None = None,
) -> SupportRequest:
    """Grant a space, or a micro-grant of so many cents, to an admitted project by an act; nothing is paid by it.

    Raise SupportMovedOn, NotAdmittedYet, OwnRequest, ReasonMissing, ActMissing, WrongAmount, and OfferUsedUp when as
    many as the call offers have been granted.
    """
    offer = SupportOffer.objects.select_for_update().get(pk=request.offer_id)
    request = _lock(request, reason, by)
    if request.application.status != Application.Status.ADMITTED:
        raise NotAdmittedYet(request.pk)
    if not act_number.strip():
        raise ActMissing(request.pk)
    if not _fits(offer, amount_cents):
        raise WrongAmount(amount_cents)
    if offer.quantity is not None and offer.requests.filter(state=State.GRANTED).count() >= offer.quantity:
        raise OfferUsedUp(offer.pk)
    request.act_number, request.act_date, request.amount_cents = act_number.strip(), act_date, amount_cents
    return _decide(request, State.GRANTED, reason, by, now)


@transaction.atomic
def refuse_support(*, request: SupportRequest, reason: str, by: User, now: datetime) -> SupportRequest:
    """Refuse a request with a reason its body reads. Raise SupportMovedOn, OwnRequest, ReasonMissing."""
    return _decide(_lock(request, reason, by), State.REFUSED, reason, by, now)


def _fits(offer: SupportOffer, amount_cents: int | None) -> bool:
    """Say whether a sum in cents is what an offer is about."""
    if offer.kind != SupportOffer.Kind.MICRO_GRANT:
        return amount_cents is None
    return (
        amount_cents is not None
        and amount_cents > 0
        and (offer.limit_cents is None or amount_cents <= offer.limit_cents)
    )


def _lock(request: SupportRequest, reason: str, by: User) -> SupportRequest:
    """Lock a request that can be decided and return it as it is now."""
    if not reason.strip():
        raise ReasonMissing
    locked = (
        SupportRequest.objects.to_decide()
        .select_related("application__call", "application__organization", "offer")
        .select_for_update(of=("self",))
        .filter(pk=request.pk)
        .first()
    )
    if locked is None:
        raise SupportMovedOn(request.pk)
    if locked.application.organization.members.filter(pk=by.pk).exists():
        raise OwnRequest(by.pk)
    return locked


def _decide(request: SupportRequest, state: State, reason: str, by: User, now: datetime) -> SupportRequest:
    """Write a decision and tell the body."""
    request.state, request.reason = state, reason.strip()
    request.decided_at, request.decided_by = now, by
    request.save(
        update_fields=[
            "state",
            "reason",
            "amount_cents",
            "act_number",
            "act_date",
            "decided_at",
            "decided_by",
        ]
    )
    queue_mail_to_members(
        organization=request.application.organization,
        key=f"support_decided:{request.pk}",
        topic=request.application.call.mail_topic,
        template="support_decided",
        context={"support": request, "application": request.application},
        now=now,
    )
    return request
