"""What becomes of money that does not match: an officer accepts it after all, and what nobody asked for is taken in."""

import contextlib
import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import refuse_own_body
from campaigns.models import Campaign
from donations import rules, stripe_gateway
from donations.models import ConnectedAccount, Donation
from donations.services.counting import recount
from donations.services.party import recognise_party
from donations.services.payment import book, is_late, is_real
from donations.services.reversal import lock_gift, update_reached
from donations.services.standing import kept_cents, places
from donations.stripe_answers import FoundPayment, Payment
from ledger.models import Account, Entry
from ledger.services import account, post

Status = Donation.Status


class NotAcceptable(Exception):
    """Say that a gift cannot be accepted: it is not being checked, its money is not there, or it is another gift's."""


def accept_quarantined(*, donation: Donation, by: User, reason: str, now: datetime) -> Donation:
    """Accept, as an officer and with a reason, a gift that does not match what was asked for; it counts with what was paid.

    Stripe is read again first: the money has to be there, in euro, on the right account, paid in time for a campaign that
    still takes it, and may belong to no other gift. Raise OwnBody, NotAcceptable, and the gateway's StripeUnavailable
    or StripeRefused.
    """
    if donation.stripe_session_id is None or not reason.strip():
        raise NotAcceptable(donation.public_id)
    refuse_own_body(donation.campaign.organization, by)
    payment = stripe_gateway.retrieve_payment(donation)
    with transaction.atomic():
        campaign, donation = lock_gift(donation)
        book(donation=donation, campaign=campaign, payment=payment, now=now)
        if donation.status != Status.QUARANTINED or not _is_there(donation, campaign, payment):
            raise NotAcceptable(donation.public_id)
        _accept(donation, campaign, by, reason.strip()[:500], now)
    return donation


def _is_there(donation: Donation, campaign: Campaign, payment: Payment) -> bool:
    """Say whether a payment is real, on time, where it belongs, and no other gift's."""
    others = Donation.objects.exclude(pk=donation.pk).filter(status__in=Donation.PAID)
    return (
        payment.paid
        and payment.currency == "eur"
        and is_real(payment)
        and payment.charge_id == donation.stripe_charge_id
        and payment.amount_cents == donation.charged_cents
        and payment.destination == donation.stripe_account_id
        and _is_at_home(campaign, payment.destination)
        and not is_late(campaign, payment)
        and not others.filter(_named(payment.reference)).exists()
    )


def _is_at_home(campaign: Campaign, account_id: str) -> bool:
    """Say whether an account is that of the campaign's own body, or none at all where gifts wait with the platform."""
    if campaign.payment_flow == Campaign.PaymentFlow.SEPARATE:
        return not account_id
    own = ConnectedAccount.objects.filter(organization=campaign.organization)
    return own.filter(stripe_account_id=account_id).exists()


def _accept(donation: Donation, campaign: Campaign, by: User, reason: str, now: datetime) -> None:
    """Move a gift, locked by the caller with its campaign, from quarantine to where its money counts."""
    cents = kept_cents(donation)
    quarantine = account(Account.Kind.QUARANTINE, campaign=campaign)
    donation.status = Status.SETTLED
    donation.settled_at = donation.accepted_at = now
    donation.accepted_by = by
    donation.acceptance_reason = reason
    recognise_party(donation, campaign, now=now)
    counts = places(donation, campaign, -cents)
    donation.save(
        update_fields=[
            "status",
            "settled_at",
            "accepted_at",
            "accepted_by",
            "acceptance_reason",
            "party",
            "counted_cents",
            "uncounted_cents",
        ]
    )
    post(
        key=f"accepted:{donation.pk}",
        kind=Entry.Kind.ACCEPTED,
        postings=[(quarantine, cents), *counts],
        now=now,
        by=by,
        reason=reason,
    )
    recount(donation, campaign, now=now)
    update_reached(campaign=campaign, now=now)


def adopt_payment(*, intent_id: str, now: datetime) -> Donation | None:
    """Take a payment in that no gift of ours has: a second one of a paid gift goes back by itself, others are checked.

    None when a gift has it, or nothing says for which campaign it was paid: then the comparison with Stripe shows it.
    Raise the gateway's StripeUnavailable or StripeRefused.
    """
    found = stripe_gateway.find_payment(intent_id)
    if found is None or not found.payment.paid:
        return None
    with transaction.atomic():
        first = Donation.objects.filter(_named(found.payment.reference)).first()
        campaign_id = first.campaign_id if first else found.campaign_id
        campaign = Campaign.objects.select_for_update(no_key=True).filter(pk=campaign_id or 0).first()
        known = Q(stripe_payment_intent_id=intent_id) | Q(stripe_session_id=found.session_id)
        if campaign is None or not found.email or Donation.objects.filter(known).exists():
            return None
        if first:
            # It may have been paid since it was found.
            first.refresh_from_db()
        donation = _take_in(found, campaign, first, now)
        campaign, donation = lock_gift(donation)
        donation.quarantine_reason = (
            "" if donation.extra_of_id else _("no gift of this site knows this payment")
        )
        book(donation=donation, campaign=campaign, payment=found.payment, now=now)
    return donation


def _take_in(found: FoundPayment, campaign: Campaign, first: Donation | None, now: datetime) -> Donation:
    """Write the row of a payment nobody asked for; what it says about its donor is what was typed at Stripe."""
    is_extra = first is not None and first.status in Donation.PAID
    names = {} if first else _own_name(found.payment.reference)
    return Donation.objects.create(
        campaign=campaign,
        extra_of=first if is_extra else None,
        email=found.email,
        email_key=rules.email_key(found.email),
        language=first.language if first else found.language,
        amount_cents=found.payment.amount_cents,
        status=Status.OPEN,
        stripe_account_id=found.payment.destination,
        stripe_session_id=found.session_id,
        created_at=now,
        session_expires_at=now,
        **names,
    )


def _named(reference: str) -> Q:
    """Return the question for the gift a payment names; none when it names nothing."""
    return Q(**_own_name(reference)) if _own_name(reference) else Q(pk=None)


def _own_name(reference: str) -> dict[str, uuid.UUID]:
    """Return the public id a payment names, if it is one."""
    with contextlib.suppress(ValueError):
        return {"public_id": uuid.UUID(reference)}
    return {}
