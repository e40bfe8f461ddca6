"""The one-time link by which a donor names a bank account for money that came back."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.services import queue_mail
from civicfund.links import digest_of, new_link
from donations.models import BankRefund, Donation, Reversal

SIGNER = signing.Signer(salt="bank-account")


def ask_in_place_of(reversal: Reversal, cents: int, decided: Reversal, now: datetime) -> Reversal:
    """Put a refund by bank transfer in the place of one that came back, and write to the donor for an account.

    The caller holds campaign and gift locked. It bears the reason of `decided`; the money stays owed.
    """
    replacement = Reversal.objects.create(
        donation=reversal.donation,
        amount_cents=cents,
        reason=decided.reason,
        note=decided.note,
        actor=decided.actor,
        method=Reversal.Method.BANK,
        status=Reversal.Status.ASKED,
        replaces=reversal,
        created_at=now,
        next_attempt_at=now,
    )
    send_link(BankRefund.objects.create(reversal=replacement, asked_at=now), now)
    return replacement


def send_link(bank: BankRefund, now: datetime, template: str = "donation_bank_asked") -> None:
    """Write a fresh link to the donor; the one before it opens nothing from now on. The caller holds the gift locked."""
    token = SIGNER.sign(new_link().token)
    bank.link_digest = digest_of(token)
    bank.link_expires_at = now + BankRefund.LINK_LASTS
    bank.links += 1
    bank.save(update_fields=["link_digest", "link_expires_at", "links"])
    link = settings.SITE_URL + reverse("donations:bank_account", args=[token])
    write_to_donor(bank, template, f"donation_bank_asked:{bank.pk}:{bank.links}", now, link=link)


def write_to_donor(bank: BankRefund, template: str, key: str, now: datetime, **context: object) -> None:
    """Write to the donor about a refund by bank transfer, in the donor's language."""
    donation = Donation.objects.with_campaign().get(pk=bank.reversal.donation_id)
    queue_mail(
        key=key,
        topic=donation.campaign.call.mail_topic,
        recipient=donation.email,
        template=template,
        context={
            "donation": donation,
            "campaign": donation.campaign,
            "reversal": bank.reversal,
            "bank": bank,
            **context,
        },
        language=donation.language,
        now=now,
    )


def bank_refund_of(token: str, now: datetime) -> BankRefund | None:
    """Return what a link asks about; nothing when it is not ours, has served, is too old, or a newer one was sent."""
    try:
        SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    found = BankRefund.objects.by_digest(digest_of(token), now)
    return found.select_related("reversal__donation__campaign").first()
