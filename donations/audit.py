"""Our gifts against Stripe's own list of charges."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.db.models import Q, Sum

from donations import stripe_gateway
from donations.models import Donation, Reversal
from donations.stripe_answers import ChargeState

BATCH = 500
Row = tuple[object, ...]


def differences(*, until: datetime) -> Iterator[Row]:
    """Yield what Stripe has and the books have not, or have otherwise, up to an instant; and the converse.

    Charges younger than the instant may still be on their way into the books. Only one batch is in memory at a time.
    Raise the gateway's StripeUnavailable or StripeRefused.
    """
    seen = 0
    charges = stripe_gateway.list_charges(until=until)
    while batch := list(islice(charges, BATCH)):
        booked = _booked(charge.charge_id for charge in batch)
        seen += len(booked)
        for charge in batch:
            found = booked.get(charge.charge_id)
            if found != (charge.amount_cents, charge.refunded_cents):
                yield _difference(charge, found)
    ours = Donation.objects.filter(charged_at__lte=until).count()
    if ours != seen:
        yield ("gifts in the books", ours, "of them at Stripe", seen)


def _booked(charge_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return what the books say about some charges: cents taken, and cents given back or on their way."""
    # What went back by bank transfer is still there for Stripe.
    gone = Q(reversals__status__in=[Reversal.Status.SENT, Reversal.Status.SUCCEEDED])
    gone &= Q(reversals__method=Reversal.Method.STRIPE)
    gifts = Donation.objects.filter(stripe_charge_id__in=list(charge_ids)).annotate(
        returned=Sum("reversals__amount_cents", filter=gone, default=0)
    )
    rows = gifts.values_list("stripe_charge_id", "charged_cents", "returned")
    return {charge_id: (charged, returned) for charge_id, charged, returned in rows}


def _difference(charge: ChargeState, found: tuple[int, int] | None) -> Row:
    """Return one line of the report."""
    return (
        charge.charge_id,
        charge.reference,
        charge.amount_cents,
        charge.refunded_cents,
        found or "not in the books",
    )
