import contextlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from donations import stripe_gateway
from donations.models import ConnectedAccount, Donation, Outgoing, StripeEvent
from donations.services.account import sync_account
from donations.services.breaker import note_decline
from donations.services.outgoing import sync_outgoing
from donations.services.payment import sync_payment
from donations.services.quarantine import adopt_payment
from donations.services.reconciliation import note_events
from donations.services.warning import heed_fraud_warnings
from donations.stripe_answers import BadEvent, EventHint
from donations.stripe_readings import read_signing_time

#: Types that may change a gift; everything else Stripe sends is answered and left alone.
GIFT_EVENTS = (
    "checkout.session.",
    "payment_intent.succeeded",
    "payment_intent.canceled",
    # Its balance transaction, and with it the fee, may come later than the payment.
    "charge.updated",
    "charge.refunded",
    "charge.dispute.",
    "refund.",
)
#: Those that tell of a payment.
PAYMENT_EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "payment_intent.succeeded",
)
#: Once for each try to pay that the bank or Stripe refused.
DECLINE_EVENT = "payment_intent.payment_failed"
WARNING_EVENTS = "radar.early_fraud_warning."
PAYOUT_EVENTS = "payout."
ACCOUNT_EVENTS = ("account.updated", "capability.updated")


#: How far back lost messages are looked for; the task comes every five minutes.
LOOK_BACK = timedelta(minutes=15)
MOMENT = timedelta(seconds=5)
#: How far Stripe's clock may be ahead of ours; its library itself refuses what is as old as this, not what is new.
AHEAD = timedelta(minutes=5)
#: For how long an event about a payment no gift has yet is kept for the event that names the gift.
FASTER = timedelta(minutes=5)


class PaymentPageUnknown(Exception):
    """Say that a gift's payment page is not stored yet: the event is applied at the next try."""


def record_event(*, body: bytes, signature: str, now: datetime) -> None:
    """Keep a webhook's ids, once per event; applying it is the worker's business.

    Raise the gateway's BadEvent, also for one that was signed in the future or comes from an account that is none of ours.
    """
    hint = stripe_gateway.read_event(body, signature)
    is_ours = not hint.account or ConnectedAccount.objects.filter(stripe_account_id=hint.account).exists()
    if not is_ours or read_signing_time(signature) > (now + AHEAD).timestamp():
        raise BadEvent
    _keep([hint], now)


def fetch_events(*, now: datetime) -> None:
    """Ask Stripe for its events of the last quarter of an hour, so that a lost message is found; each is kept once."""
    hints = stripe_gateway.list_events(since=now - LOOK_BACK)
    arrived = StripeEvent.objects.filter(stripe_id__in=[hint.stripe_id for hint in hints]).count()
    _keep(hints, now)
    note_events(since=now - LOOK_BACK, looked_at=len(hints), healed=len(hints) - arrived, now=now)


def postpone_event(*, event: StripeEvent, now: datetime) -> None:
    """Try an event that was faster than our own row again in a moment."""
    StripeEvent.objects.filter(pk=event.pk, processed_at=None).update(next_attempt_at=now + MOMENT)


@transaction.atomic
def claim_events(*, now: datetime, limit: int = 50) -> list[StripeEvent]:
    """Take the next events to apply; another worker tries them again only when the lease has run out."""
    due = StripeEvent.objects.due(now).order_by("next_attempt_at", "pk")
    events = list(due.select_for_update(skip_locked=True)[:limit])
    StripeEvent.objects.filter(pk__in=[event.pk for event in events]).update(
        next_attempt_at=now + StripeEvent.LEASE, attempts=F("attempts") + 1
    )
    return events


def apply_event(*, event: StripeEvent, now: datetime, claimed: Sequence[StripeEvent] = ()) -> None:
    """Read again from Stripe what an event is about, and post the difference.

    Of those that were claimed with it, the ones that only tell of the same gift are applied with it: Stripe is read after
    all of them had arrived, so a second reading would find what the first one has found.

    Raise PaymentPageUnknown when the event is faster than our own row, and the gateway's StripeUnavailable; the event
    stays and is tried again.
    """
    outcome = StripeEvent.Outcome.UNUSED
    if event.type.startswith((*GIFT_EVENTS, WARNING_EVENTS)):
        outcome = _apply_to_gift(event, now, claimed)
    elif event.type == DECLINE_EVENT:
        outcome = _apply_decline(event, now)
    elif event.type.startswith(PAYOUT_EVENTS):
        outcome = _apply_to_payout(event, now)
    elif event.type.startswith(ACCOUNT_EVENTS):
        outcome = _apply_to_account(event, now)
    StripeEvent.objects.filter(pk=event.pk, processed_at=None).update(processed_at=now, outcome=outcome)


def _keep(hints: list[EventHint], now: datetime) -> None:
    """Write events that are not there yet."""
    events = [
        StripeEvent(
            stripe_id=hint.stripe_id,
            type=hint.type,
            object_id=hint.object_id,
            reference=hint.reference,
            payment_intent_id=hint.payment_intent_id,
            received_at=now,
            next_attempt_at=now,
        )
        for hint in hints
    ]
    StripeEvent.objects.bulk_create(events, ignore_conflicts=True)


def _apply_to_gift(event: StripeEvent, now: datetime, claimed: Sequence[StripeEvent]) -> StripeEvent.Outcome:
    """Bring the gift an event names to where Stripe has it."""
    donation = _gift_of(event)
    if donation is None:
        if event.type in PAYMENT_EVENTS and adopt_payment(intent_id=event.payment_intent_id, now=now):
            return StripeEvent.Outcome.APPLIED
        if event.type.startswith(("charge.dispute.", WARNING_EVENTS)) and now < event.received_at + FASTER:
            # These name no gift of ours but the payment, which its own event books.
            raise PaymentPageUnknown(event.payment_intent_id)
        return StripeEvent.Outcome.UNKNOWN
    if donation.stripe_session_id is None:
        if donation.status != Donation.Status.CREATED:
            # Its page was given up before anybody was shown it.
            return StripeEvent.Outcome.UNKNOWN
        raise PaymentPageUnknown(donation.public_id)
    if _tells_what_is_booked(event, donation):
        return StripeEvent.Outcome.APPLIED
    donation = sync_payment(donation=donation, now=now)
    if event.type in PAYMENT_EVENTS and event.payment_intent_id not in (
        "",
        donation.stripe_payment_intent_id,
    ):
        # It names the gift, but came another way.
        adopt_payment(intent_id=event.payment_intent_id, now=now)
    if event.type.startswith(WARNING_EVENTS):
        heed_fraud_warnings(donation=donation, now=now)
    told = [one for one in claimed if one.pk != event.pk and _only_tells_of(one, donation)]
    for one in told:
        one.processed_at = now
    StripeEvent.objects.filter(pk__in=[one.pk for one in told], processed_at=None).update(
        processed_at=now, outcome=StripeEvent.Outcome.APPLIED
    )
    return StripeEvent.Outcome.APPLIED


def _tells_what_is_booked(event: StripeEvent, donation: Donation) -> bool:
    """Say whether an event tells of nothing but a payment that was read, found right and booked with its fee before.

    Each payment has two such events, and a donor who comes back is faster than both: to read Stripe again would find what is
    in the books. What happens to the payment afterwards has events of its own.
    """
    is_booked = donation.settled_at is not None and donation.fee_cents is not None
    return is_booked and event.type in PAYMENT_EVENTS and _only_tells_of(event, donation)


def _only_tells_of(event: StripeEvent, donation: Donation) -> bool:
    """Say whether an event asks for nothing but a reading of one gift: it names that gift and no other payment."""
    payment, name = donation.stripe_payment_intent_id, str(donation.public_id)
    if not event.type.startswith(GIFT_EVENTS) or event.payment_intent_id not in ("", payment):
        return False
    named = event.payment_intent_id == payment or event.object_id == donation.stripe_session_id
    return event.reference in ("", name) and (named or event.reference == name)


def _gift_of(event: StripeEvent) -> Donation | None:
    """Return the gift an event names."""
    names = Q(stripe_session_id=event.object_id) if event.object_id else Q(pk=None)
    if event.payment_intent_id:
        names |= Q(stripe_payment_intent_id=event.payment_intent_id)
    with contextlib.suppress(ValueError):
        names |= Q(public_id=uuid.UUID(event.reference))
    return Donation.objects.filter(names).first()


def _apply_decline(event: StripeEvent, now: datetime) -> StripeEvent.Outcome:
    """Keep that a payment of the gift an event names was refused."""
    donation = _gift_of(event)
    if donation is None:
        return StripeEvent.Outcome.UNKNOWN
    note_decline(donation=donation, event=event, now=now)
    return StripeEvent.Outcome.APPLIED


def _apply_to_payout(event: StripeEvent, now: datetime) -> StripeEvent.Outcome:
    """Bring the payout an event names to where Stripe has it."""
    outgoing = Outgoing.objects.filter(stripe_id=event.object_id).first()
    if outgoing is None:
        if now < event.received_at + FASTER:
            raise PaymentPageUnknown(event.object_id)
        return StripeEvent.Outcome.UNKNOWN
    sync_outgoing(outgoing=outgoing, now=now)
    return StripeEvent.Outcome.APPLIED


def _apply_to_account(event: StripeEvent, now: datetime) -> StripeEvent.Outcome:
    """Keep whether the account an event names may receive gifts."""
    account = ConnectedAccount.objects.filter(stripe_account_id=event.object_id).first()
    if account is None:
        return StripeEvent.Outcome.UNKNOWN
    sync_account(account=account, now=now)
    return StripeEvent.Outcome.APPLIED
