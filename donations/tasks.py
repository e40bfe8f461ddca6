"""When Stripe's events are applied, receipts written and refunds sent.

Each task loops over rows that are owed something, one service call each; one bad row is logged and does not stop the
rest.
"""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from donations import services
from donations.models import Donation, Reversal
from donations.stripe_answers import StripeRefused, StripeUnavailable

logger = logging.getLogger(__name__)

#: A gift younger than this is still being paid by somebody: Stripe will tell.
QUIET = timedelta(minutes=3)


@shared_task
def apply_events() -> None:
    """Apply every event Stripe has sent."""
    for event in services.claim_events(now=timezone.now()):
        try:
            services.apply_event(event=event, now=timezone.now())
        except StripeUnavailable as error:
            logger.warning("event %s is tried again: %s", event.stripe_id, error)
        except Exception:
            logger.exception("event %s is tried again", event.stripe_id)


@shared_task
def send_receipts() -> None:
    """Write a receipt for every settled gift that has none."""
    for donation in Donation.objects.receipt_due().with_campaign()[:200]:
        try:
            services.issue_receipt(donation=donation, now=timezone.now())
        except Exception:
            logger.exception("no receipt for gift %s", donation.public_id)


@shared_task
def send_refunds() -> None:
    """Send every refund that is owed."""
    for reversal in services.claim_reversals(now=timezone.now()):
        try:
            _send(reversal)
        except StripeUnavailable as error:
            services.postpone_refund(reversal=reversal, now=timezone.now())
            logger.warning("refund %s is tried again: %s", reversal.pk, error)
        except Exception:
            logger.exception("refund %s is tried again", reversal.pk)


def _send(reversal: Reversal) -> None:
    """Send one refund; when Stripe refuses, somebody may have made it there, so the gift is read again."""
    try:
        services.send_refund(reversal=reversal, now=timezone.now())
    except StripeRefused as error:
        logger.warning("refund %s is refused: %s", reversal.pk, error)
        services.postpone_refund(reversal=reversal, now=timezone.now())
        services.sync_payment(donation=reversal.donation, now=timezone.now())


@shared_task
def reconcile_donations() -> None:
    """Ask Stripe again about every gift and refund that has not come to its end, in case a message was lost."""
    now = timezone.now()
    waiting = Donation.objects.pending().filter(created_at__lte=now - QUIET)
    returning = Donation.objects.filter(reversals__in=Reversal.objects.sent())
    for donation in waiting.union(returning).order_by("pk"):
        try:
            if donation.status == Donation.Status.CREATED:
                donation = services.recover_checkout(donation=donation, now=timezone.now())
            services.sync_payment(donation=donation, now=timezone.now())
        except StripeUnavailable as error:
            logger.warning("gift %s is asked about again: %s", donation.public_id, error)
        except Exception:
            logger.exception("gift %s is asked about again", donation.public_id)
