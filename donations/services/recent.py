"""Stripe's payments and refunds of the last two days against the gifts, every hour."""

import contextlib
import logging
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from donations import stripe_gateway
from donations.models import Difference, Donation, Reconciliation, Reversal
from donations.services.payment import sync_payment
from donations.services.quarantine import adopt_payment
from donations.services.reconciliation import Finding, What, begin_run, end_run
from donations.services.reversal import STRIPE_STATUS
from donations.stripe_answers import IntentState, ListedRefund, StripeUnavailable

logger = logging.getLogger(__name__)

LOOK_BACK = timedelta(hours=48)
EVERY = timedelta(hours=1)


def reconcile_recent(*, now: datetime) -> Reconciliation | None:
    """Bring the gifts of Stripe's payments and refunds of the last 48 hours up to date; what cannot be is a difference.

    None when it ran within the hour. Raise the gateway's StripeUnavailable or StripeRefused: the run is begun again.
    """
    run = begin_run(kind=Reconciliation.Kind.RECENT, since=now - LOOK_BACK, not_after=now - EVERY, now=now)
    if run is None:
        return None
    looked_at, healed, seen = 0, 0, set()
    findings: list[Finding] = []
    for intent in _to_look_at(run):
        looked_at += 1
        if not intent.is_paid or intent.intent_id in seen:
            continue
        seen.add(intent.intent_id)
        was_behind, finding = _look_at(intent, now)
        healed += was_behind and finding is None
        findings += [finding] if finding else []
    end_run(run=run, looked_at=looked_at, healed=healed, findings=findings, now=now)
    return run


def heal_payment(*, intent_id: str, now: datetime) -> bool:
    """Bring the gift of one payment up to date, and say whether it was behind and no longer is; nobody's stays as it is.

    One that cannot be brought up to date keeps no other from it. Raise the gateway's StripeUnavailable.
    """
    try:
        intent = stripe_gateway.retrieve_intent(intent_id)
        gift = _gift_of(intent)
        if gift is None or not intent.is_paid or not _is_behind(gift, intent):
            return False
        return not _is_behind(sync_payment(donation=gift, now=now), intent)
    except StripeUnavailable:
        raise
    except Exception:
        logger.exception("payment %s cannot be brought up to date", intent_id)
        return False


def _to_look_at(run: Reconciliation) -> Iterator[IntentState]:
    """Yield the payments of the period, those of its refunds the books do not have, and those that differed before."""
    yield from stripe_gateway.list_intents(since=run.since)
    older = {refund.intent_id for refund in stripe_gateway.list_refunds(since=run.since) if _is_news(refund)}
    earlier = Difference.objects.open().filter(run__kind=run.kind)
    older |= set(earlier.values_list("stripe_id", flat=True))
    for intent_id in sorted(older - {""}):
        yield stripe_gateway.retrieve_intent(intent_id)


def _is_news(refund: ListedRefund) -> bool:
    """Say whether our row of a refund is not where Stripe has it."""
    rows = Reversal.objects.filter(stripe_refund_id=refund.refund_id, status=STRIPE_STATUS[refund.status])
    return not rows.exists()


def _look_at(intent: IntentState, now: datetime) -> tuple[bool, Finding | None]:
    """Compare one payment; one that cannot be brought up to date is a difference and keeps no other from it."""
    try:
        return _compare(intent, now)
    except StripeUnavailable:
        raise
    except Exception as error:
        logger.exception("payment %s cannot be compared", intent.intent_id)
        note = f"{type(error).__name__}: {error}"[:500]
        return True, Finding(What.BEHIND, intent.intent_id, intent.reference, intent.amount_cents, None, note)


def _compare(intent: IntentState, now: datetime) -> tuple[bool, Finding | None]:
    """Bring a payment's gift up to date if it is behind; return whether it was, and what still differs."""
    gift = _gift_of(intent)
    was_behind = gift is not None and _is_behind(gift, intent)
    if gift is not None and was_behind:
        gift = sync_payment(donation=gift, now=now)
    if gift is None or gift.stripe_payment_intent_id != intent.intent_id:
        if intent.refunded_cents == intent.amount_cents:
            # Money that went back in full asks for nothing.
            return was_behind, None
        adopted = adopt_payment(intent_id=intent.intent_id, now=now)
        if adopted is None:
            return was_behind, _unknown(intent, str(gift or ""))
        gift, was_behind = adopted, True
    if gift.status == Donation.Status.QUARANTINED:
        return was_behind, _finding(What.MISMATCH, intent, gift, gift.amount_cents, gift.quarantine_reason)
    if _is_behind(gift, intent):
        return was_behind, _finding(What.BEHIND, intent, gift, _standing(gift), gift.get_status_display())
    return was_behind, None


def _gift_of(intent: IntentState) -> Donation | None:
    """Return the gift a payment belongs to: the one that has it, else the one its metadata names."""
    names = Q(stripe_payment_intent_id=intent.intent_id)
    with contextlib.suppress(ValueError):
        names |= Q(public_id=uuid.UUID(intent.reference))
    found = Donation.objects.filter(names)
    return found.filter(stripe_payment_intent_id=intent.intent_id).first() or found.first()


def _is_behind(gift: Donation, intent: IntentState) -> bool:
    """Say whether a gift is not paid, a dispute about it is not known, or its money back is not what Stripe gave back."""
    if gift.status not in Donation.PAID or gift.stripe_payment_intent_id != intent.intent_id:
        return True
    if intent.is_disputed and not gift.disputes.exists():
        return True
    return _standing(gift) != intent.amount_cents - intent.refunded_cents


def _standing(gift: Donation) -> int:
    """Return what of a gift stands at Stripe by the books, in cents: all that was paid but what is gone or going."""
    gone = gift.reversals.filter(
        method=Reversal.Method.STRIPE, status__in=[Reversal.Status.SENT, Reversal.Status.SUCCEEDED]
    )
    return (gift.charged_cents or 0) - sum(gone.values_list("amount_cents", flat=True))


def _unknown(intent: IntentState, ours: str = "") -> Finding:
    """Return the finding of a payment that is no gift's, or came on top of one."""
    return Finding(
        What.UNKNOWN_PAYMENT, intent.intent_id, ours, intent.amount_cents - intent.refunded_cents, 0
    )


def _finding(what: Difference.What, intent: IntentState, gift: Donation, cents: int, note: str) -> Finding:
    """Return the finding of a gift and its payment."""
    return Finding(
        what, intent.intent_id, str(gift.public_id), intent.amount_cents - intent.refunded_cents, cents, note
    )
