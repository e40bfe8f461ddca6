"""Refunds that came back, and the links their donors get."""

import re
from datetime import datetime

from django.utils import timezone

from accounts.models import Mail, User
from donations.models import Donation, Reversal
from donations.services import claim_reversals, owe_refund, send_refund, sync_payment
from tests.factories import twin

IBAN = "IT60X0542811101000000123456"


def send_all(now: datetime | None = None) -> None:
    """Send every refund that is due."""
    for reversal in claim_reversals(now=now or timezone.now()):
        send_refund(reversal=reversal, now=now or timezone.now())


def fail_at_stripe(reversal: Reversal) -> Reversal:
    """Let Stripe find that the card takes nothing."""
    twin("refund_outcome", refund=reversal.stripe_refund_id, status="failed")
    sync_payment(donation=reversal.donation, now=timezone.now())
    reversal.refresh_from_db()
    assert reversal.status == Reversal.Status.FAILED
    return reversal


def come_back(donation: Donation, officer: User, amount_cents: int | None = None) -> Reversal:
    """Give a gift, or a part of it, back and let it come back."""
    reversal = owe_refund(
        donation=donation, by=officer, reason="Doppia", amount_cents=amount_cents, now=timezone.now()
    )
    send_all()
    reversal.refresh_from_db()
    return fail_at_stripe(reversal)


def links() -> list[str]:
    """Return the tokens of the links that were written to donors, the oldest first."""
    mails = Mail.objects.filter(key__startswith="donation_bank_asked:").order_by("pk")
    found = [re.search(r"/donazioni/rimborso/([^/\s]+)/", mail.body) for mail in mails]
    return [match.group(1) for match in found if match]
