import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Organization
from accounts.services import queue_mail
from campaigns.models import Follow
from campaigns.services import TooManyAsked, ask_to_follow
from donations import rules
from donations.models import Donation, Receipt
from donations.services.dedication import send_card

VoidReason = Receipt.VoidReason
logger = logging.getLogger(__name__)


@transaction.atomic
def issue_receipt(*, donation: Donation, now: datetime) -> Receipt | None:
    """Number a settled gift's receipt, per payee and year of the payment, and write it to the donor once.

    It is about what is kept of the gift, and replaces the one that was made void before. A gift of which nothing is kept
    gets none: return the valid one there is, or None.
    """
    donation = _locked(donation)
    found = donation.receipts.valid().first()
    if found or not donation.kept_cents:
        return found
    return _issue(donation, now)


@transaction.atomic
def correct_receipt(*, receipt: Receipt, now: datetime) -> Receipt | None:
    """Make a receipt void that names another amount than what is kept of its gift, and issue one for the rest.

    Return the receipt that is valid afterwards, or None when nothing is kept. A repetition changes nothing.
    """
    donation = _locked(receipt.donation)
    valid = donation.receipts.valid().first()
    kept = donation.kept_cents
    if valid is None or valid.amount_cents == kept:
        return valid
    _void(valid, VoidReason.REDUCED if kept else VoidReason.RETURNED, now)
    return _issue(donation, now) if kept else None


def reissue_receipt(*, donation: Donation, now: datetime) -> Receipt | None:
    """Replace the valid receipt of a gift, locked by the caller, whose donor has completed or corrected the own data."""
    valid = donation.receipts.valid().first()
    if valid is None:
        return None
    _void(valid, VoidReason.DATA, now)
    return _issue(donation, now)


def _locked(donation: Donation) -> Donation:
    """Lock a gift and return it as it is now, with its campaign."""
    gifts = Donation.objects.select_related("campaign__application__organization")
    return gifts.select_for_update(no_key=True, of=("self",)).get(pk=donation.pk)


def _void(receipt: Receipt, reason: VoidReason, now: datetime) -> None:
    """Make a receipt void; it keeps its number."""
    receipt.voided_at = now
    receipt.void_reason = reason
    receipt.save(update_fields=["voided_at", "void_reason"])


def _issue(donation: Donation, now: datetime) -> Receipt:
    """Write the next receipt of the payee for a locked gift; the payee's lock keeps the numbers without gaps."""
    payee = Organization.objects.select_for_update(no_key=True).get(pk=donation.campaign.organization.pk)
    paid_at = donation.charged_at or now
    year = paid_at.astimezone(timezone.get_default_timezone()).year
    last = Receipt.objects.filter(payee=payee, year=year).aggregate(last=Max("number", default=0))["last"]
    replaced = donation.receipts.order_by("pk").last()
    receipt = Receipt.objects.create(
        donation=donation,
        payee=payee,
        year=year,
        number=last + 1,
        amount_cents=donation.kept_cents,
        payee_name=payee.legal_name,
        payee_seat=f"{payee.address}, {payee.city}",
        payee_runts_number=payee.runts_number,
        relief_bp=rules.relief_bp(kind=payee.kind, runts_number=payee.runts_number),
        issued_at=now,
        replaces=replaced,
    )
    _write_to_donor(receipt, now)
    send_card(donation=donation, now=now)
    if replaced is None:
        _follow_as_wished(donation, now)
    return receipt


def _follow_as_wished(donation: Donation, now: datetime) -> None:
    """Ask a donor who has wished for the project's news to confirm it, as everybody who follows."""
    if not donation.wants_news:
        return
    try:
        ask_to_follow(
            email=donation.email,
            language=donation.language,
            now=now,
            campaign=donation.campaign,
            wish=Follow.Wish.NEWS,
        )
    except TooManyAsked:
        # The address has been asked to confirm often today: it is not disturbed again, and the gift's page leads there too.
        logger.info(
            "no mail about the news of campaign %s: the address was asked often today", donation.campaign_id
        )


def _write_to_donor(receipt: Receipt, now: datetime) -> None:
    """Send a receipt once: the first of a gift with thanks, a later one with what has changed."""
    donation, campaign = receipt.donation, receipt.donation.campaign
    if receipt.replaces:
        key, template = f"receipt_replaced:{receipt.pk}", "receipt_replaced"
    else:
        key, template = f"donation_receipt:{donation.pk}", "donation_receipt"
    queue_mail(
        key=key,
        topic=campaign.call.mail_topic,
        recipient=donation.email,
        template=template,
        context={"donation": donation, "receipt": receipt, "campaign": campaign},
        language=donation.language,
        now=now,
    )
