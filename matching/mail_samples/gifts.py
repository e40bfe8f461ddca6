"""What mails tell about gifts, receipts and refunds, and about the comparison with Stripe."""

from datetime import datetime, timedelta
from typing import Any

from campaigns import models as campaign_rows
from donations import models as gift_rows
from matching.mail_samples.project import COST_CENTS, GIFT_CENTS, NOBODY, REASON


def about_gifts(campaign: campaign_rows.Campaign, now: datetime) -> dict[str, Any]:
    """Return what is told about gifts, their receipts and refunds, and about the comparison with Stripe."""
    donation = gift_rows.Donation(
        pk=NOBODY,
        campaign=campaign,
        email="ada@example.org",
        name="Ada Neri",
        amount_cents=GIFT_CENTS,
        charged_cents=GIFT_CENTS,
        charged_at=now,
        status="settled",
        payment_method="card",
    )
    reversal = gift_rows.Reversal(
        pk=NOBODY, donation=donation, amount_cents=GIFT_CENTS, reason="request", status="done", ended_at=now
    )
    reason = gift_rows.Receipt.VoidReason.values[0]
    replaced = gift_rows.Receipt(number=1, year=now.year, void_reason=reason)
    return {
        "donation": donation,
        "card": gift_rows.Dedication(donation=donation, name="Eva", greeting="Auguri!", shows_amount=True),
        "receipt": gift_rows.Receipt(
            donation=donation,
            year=now.year,
            number=12,
            amount_cents=GIFT_CENTS,
            payee_name=campaign.organization.legal_name,
            issued_at=now,
            replaces=replaced,
        ),
        "reversal": reversal,
        **_about_banks(reversal, now),
        **_about_gifts_outside(campaign, now),
        **_about_payments(campaign, donation, now),
    }


def _about_gifts_outside(campaign: campaign_rows.Campaign, now: datetime) -> dict[str, Any]:
    """Return what is told about a gift that went straight to the promoter's bank."""
    gift = gift_rows.OfflineDonation(
        campaign=campaign,
        name="Ada Neri",
        amount_cents=GIFT_CENTS,
        verified_cents=GIFT_CENTS,
        uncounted_cents=COST_CENTS,
        received_on=now.date(),
        return_reason=gift_rows.OfflineDonation.ReturnReason.FAILURE,
        ended_reason=REASON,
    )
    return {
        "gift": gift,
        "gifts": [gift],
        "total_cents": COST_CENTS,
        "proof": gift_rows.OfflineReturn(donation=gift, returned_on=now.date(), reason=REASON),
    }


def _about_payments(
    campaign: campaign_rows.Campaign, donation: gift_rows.Donation, now: datetime
) -> dict[str, Any]:
    """Return what is told about invitations, pauses, disputes, payouts and differences."""
    return {
        "invitation": gift_rows.GiftInvitation(campaign=campaign, expires_at=now),
        "pause": gift_rows.GiftPause(pk=NOBODY, campaign=campaign, until=now, declines=21, payments=3),
        "dispute": gift_rows.Dispute(donation=donation, amount_cents=GIFT_CENTS, opened_at=now),
        "outgoing": gift_rows.Outgoing(campaign=campaign, amount_cents=GIFT_CENTS),
        "paid_out_cents": GIFT_CENTS,
        "held_cents": GIFT_CENTS,
        "run": gift_rows.Reconciliation(kind=gift_rows.Reconciliation.Kind.RECENT),
        "differences": [
            gift_rows.Difference(
                what=gift_rows.Difference.What.UNKNOWN_PAYMENT,
                stripe_id="pi_odd",
                stripe_cents=GIFT_CENTS,
                our_cents=0,
            )
        ],
    }


def _about_banks(reversal: gift_rows.Reversal, now: datetime) -> dict[str, Any]:
    """Return what is told about a refund by bank transfer."""
    return {
        "bank": gift_rows.BankRefund(
            reversal=reversal,
            asked_at=now,
            link_expires_at=now + timedelta(days=30),
            iban_last4="1234",
            paid_on=now.date(),
            reference="CRO 1",
        ),
    }
