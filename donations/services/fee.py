from datetime import datetime

from calls.models import Call
from campaigns.models import Campaign
from donations.models import Donation
from donations.services.reversal import update_reached
from donations.stripe_answers import FeeState, Payment
from ledger.models import Account, Entry
from ledger.services import accounts, post

Kind = Account.Kind


def book_fees(*, donation: Donation, campaign: Campaign, payment: Payment, now: datetime) -> None:
    """Post what Stripe keeps for a payment and its disputes; the platform pays it, whatever becomes of the gift."""
    # Written in the transaction that posted it, so what is written is posted.
    if payment.fee and donation.fee_cents != payment.fee.cents:
        _post_fee(campaign, payment.fee, now)
        if donation.fee_cents is None:
            donation.fee_cents = payment.fee.cents
            donation.save(update_fields=["fee_cents"])
    for dispute in payment.disputes:
        for fee in dispute.fees:
            _post_fee(campaign, fee, now)
    if campaign.call.count_basis == Call.CountBasis.NET:
        # A fee takes from what counts.
        update_reached(campaign=campaign, now=now)


def _post_fee(campaign: Campaign, fee: FeeState, now: datetime) -> None:
    """Post one fee, once per balance transaction."""
    if fee.cents:
        fees, platform = accounts(Kind.FEES, Kind.PLATFORM, campaign=campaign)
        post(
            key=f"fee:{fee.transaction_id}",
            kind=Entry.Kind.FEE,
            postings=[(fees, fee.cents), (platform, -fee.cents)],
            now=now,
        )
