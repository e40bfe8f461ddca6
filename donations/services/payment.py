from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import Donation, Reversal
from donations.services.counting import recount
from donations.services.dispute import book_disputes
from donations.services.fee import book_fees
from donations.services.party import recognise_party
from donations.services.reversal import apply_refund, lock_gift, owe_again, update_reached
from donations.services.standing import places
from donations.stripe_answers import Payment
from ledger.models import Account, Entry
from ledger.services import account, post

Status = Donation.Status
Kind = Account.Kind

#: States of a campaign in which a gift paid before the deadline still counts.
COUNTING = (
    Campaign.Status.OPEN,
    Campaign.Status.SUSPENDED,
    Campaign.Status.CLOSING,
    Campaign.Status.CURE,
)


def sync_payment(*, donation: Donation, now: datetime) -> Donation:
    """Read a gift's payment, refunds, disputes and fees from Stripe and post the difference; a repetition changes nothing.

    The worker, the return page, the deadline and the reconciliation all call it, and nothing else moves a donor's
    money. Raise the gateway's StripeUnavailable or StripeRefused.
    """
    if donation.stripe_session_id is None:
        return donation
    payment = stripe_gateway.retrieve_payment(donation)
    with transaction.atomic():
        campaign, donation = lock_gift(donation)
        # The instant of booking: reading from Stripe may have taken a while, and the order of reaching counts by it.
        booked_at = now + timedelta(seconds=payment.read_in_seconds)
        book(donation=donation, campaign=campaign, payment=payment, now=booked_at)
    return donation


def book(*, donation: Donation, campaign: Campaign, payment: Payment, now: datetime) -> None:
    """Post what Stripe has and the books have not; the caller holds campaign and donation locked."""
    if payment.paid and donation.status not in Donation.PAID:
        _book_payment(donation, campaign, payment, now)
    elif payment.is_over and donation.status == Status.OPEN:
        donation.status = Status.EXPIRED
        donation.expired_at = now
        donation.save(update_fields=["status", "expired_at"])
    for refund in payment.refunds:
        apply_refund(donation=donation, campaign=campaign, refund=refund, now=now)
    book_disputes(donation=donation, campaign=campaign, payment=payment, now=now)
    book_fees(donation=donation, campaign=campaign, payment=payment, now=now)


def _book_payment(donation: Donation, campaign: Campaign, payment: Payment, now: datetime) -> None:
    """Post a payment to the account it belongs to and move the gift to the state that goes with it."""
    reason = donation.quarantine_reason or _mismatch(donation, payment)
    donation.stripe_payment_intent_id = payment.payment_intent_id
    donation.stripe_charge_id = payment.charge_id
    donation.charged_at = payment.charged_at
    donation.charged_cents = payment.amount_cents
    donation.card_fingerprint = payment.card_fingerprint
    donation.payment_method = payment.method
    donation.settled_at = now
    donation.expired_at = None
    if reason:
        donation.quarantine_reason = reason
        _book(donation, campaign, payment, Status.QUARANTINED, Entry.Kind.QUARANTINE, Kind.QUARANTINE, now)
    elif donation.extra_of_id:
        _give_back(donation, campaign, payment, Entry.Kind.EXTRA_CHARGE, Reversal.Reason.EXTRA, now)
    elif is_late(campaign, payment):
        _give_back(donation, campaign, payment, Entry.Kind.LATE_CHARGE, Reversal.Reason.LATE, now)
    else:
        recognise_party(donation, campaign, now=now)
        _book(donation, campaign, payment, Status.SETTLED, Entry.Kind.CHARGE, None, now)
        # A card may tell that two who were taken for different donors are one.
        recount(donation, campaign, now=now)
        update_reached(campaign=campaign, now=now)


def _give_back(
    donation: Donation,
    campaign: Campaign,
    payment: Payment,
    entry_kind: Entry.Kind,
    reason: Reversal.Reason,
    now: datetime,
) -> None:
    """Post a payment that never counts, and owe it to its donor."""
    donation.refund_due_at = now
    _book(donation, campaign, payment, Status.REFUND_DUE, entry_kind, Kind.REFUNDS_OWED, now)
    Reversal.objects.create(
        donation=donation,
        amount_cents=donation.amount_cents,
        reason=reason,
        created_at=now,
        next_attempt_at=now,
    )
    owe_again(campaign)


def _book(
    donation: Donation,
    campaign: Campaign,
    payment: Payment,
    status: Donation.Status,
    entry_kind: Entry.Kind,
    account_kind: Account.Kind | None,
    now: datetime,
) -> None:
    """Post what Stripe has received, to one account or to where a settled gift stands, and save the gift."""
    donation.status = status
    if account_kind is None:
        other_side = places(donation, campaign, -payment.amount_cents)
    else:
        other_side = [(account(account_kind, campaign=campaign), -payment.amount_cents)]
    post(
        key=f"charge:{payment.payment_intent_id}",
        kind=entry_kind,
        postings=[(account(Kind.STRIPE, campaign=campaign), payment.amount_cents), *other_side],
        now=now,
    )
    donation.save(
        update_fields=[
            "status",
            "quarantine_reason",
            "stripe_payment_intent_id",
            "stripe_charge_id",
            "charged_at",
            "charged_cents",
            "card_fingerprint",
            "party",
            "counted_cents",
            "uncounted_cents",
            "payment_method",
            "settled_at",
            "expired_at",
            "refund_due_at",
        ]
    )


def is_late(campaign: Campaign, payment: Payment) -> bool:
    """Say whether a payment came after the deadline, by the time Stripe charged the donor, or after the outcome."""
    if campaign.status not in COUNTING or campaign.gifts_until is None or payment.charged_at is None:
        return True
    return payment.charged_at >= campaign.gifts_until


def is_real(payment: Payment) -> bool:
    """Say whether a payment is of the money this site takes: real with real keys, invented with those for trials."""
    return payment.livemode is _takes_real_money()


def _takes_real_money() -> bool:
    """Say whether our key moves real money."""
    return "_live_" in settings.STRIPE_SECRET_KEY


def _mismatch(donation: Donation, payment: Payment) -> str:
    """Return why a payment is not the one that was asked for, or nothing."""
    asked = donation.extra_of or donation
    expected = [
        (_("amount"), donation.amount_cents, payment.amount_cents),
        (_("currency"), "eur", payment.currency),
        (_("account"), donation.stripe_account_id, payment.destination),
        (_("gift"), str(asked.public_id), payment.reference),
        (_("real money"), _takes_real_money(), payment.livemode),
    ]
    faults = [
        _("%(what)s: %(have)s instead of %(want)s") % {"what": what, "have": have, "want": want}
        for what, want, have in expected
        if have != want
    ]
    return "; ".join(faults)[:200]
