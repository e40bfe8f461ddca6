"""Money of a kept gift that a failed refund has left with the platform, brought back to the organization's account."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import Donation, Outgoing
from donations.services.payment import book
from donations.services.reversal import lock_gift
from donations.services.standing import kept_cents

Kind = Outgoing.Kind
SHORTEST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(days=1)


def return_transfer(*, donation: Donation, now: datetime) -> Outgoing | None:
    """Owe a transfer of what is kept of a gift and does not stand on the organization's account, or a recovery of too much.

    A refund made at Stripe takes the money from the organization; when it fails Stripe leaves it with the platform. Before
    the campaign has succeeded it may as well stay there: it pays the gift back if the campaign fails. Nothing happens while
    anything of the gift is on its way. Raise the gateway's StripeUnavailable or StripeRefused.
    """
    if not _is_quiet(donation, donation.campaign):
        return None
    payment = stripe_gateway.retrieve_payment(donation)
    with transaction.atomic():
        campaign, donation = lock_gift(donation)
        book(donation=donation, campaign=campaign, payment=payment, now=now)
        if not _is_quiet(donation, campaign):
            return None
        kept = kept_cents(donation) if donation.status == Donation.Status.SETTLED else 0
        again = donation.outgoing.filter(kind=Kind.TRANSFER, status=Outgoing.Status.PAID)
        sources = [(one.stripe_id or "", one.amount_cents - _recovered(donation, one)) for one in again]
        # What was recovered from the payment's own transfer is no longer reversible.
        sources.append((payment.transfer_id, payment.reversible_cents))
        missing = kept - sum(cents for _transfer, cents in sources)
        if missing > 0:
            return _owe(donation, campaign, Kind.TRANSFER, missing, now)
        for transfer_id, cents in sources:
            if missing < 0 and cents > 0:
                return _owe(
                    donation, campaign, Kind.RECOVERY, min(-missing, cents), now, transfer_id=transfer_id
                )
        postpone_look(donation=donation, now=now)
    return None


def postpone_look(*, donation: Donation, now: datetime) -> None:
    """Look at the money of a gift's failed refunds when they are twice as old, within a day at the latest.

    Nothing was missing, or Stripe did not answer. When the gift is owed back again it is looked at at once.
    """
    for reversal in donation.reversals.filter(took_transfer_back=True):
        pause = min(max(now - reversal.created_at, SHORTEST_PAUSE), LONGEST_PAUSE)
        reversal.look_at = now + pause
        reversal.save(update_fields=["look_at"])


def _is_quiet(donation: Donation, campaign: Campaign) -> bool:
    """Say whether the campaign is the promoter's and nothing of the gift is on its way or contested."""
    moving = donation.reversals.under_way().exists() or donation.disputes.open().exists()
    due = donation.outgoing.filter(status=Outgoing.Status.DUE).exists()
    return campaign.status == Campaign.Status.SUCCEEDED and not moving and not due


def _recovered(donation: Donation, transfer: Outgoing) -> int:
    """Return what has come back of a transfer that was made for a gift, in cents."""
    recoveries = donation.outgoing.filter(
        kind=Kind.RECOVERY, status=Outgoing.Status.PAID, stripe_transfer_id=transfer.stripe_id
    )
    return recoveries.aggregate(total=Sum("amount_cents", default=0))["total"]


def _owe(
    donation: Donation,
    campaign: Campaign,
    kind: Outgoing.Kind,
    cents: int,
    now: datetime,
    *,
    transfer_id: str = "",
) -> Outgoing:
    """Write what Stripe is going to be asked for."""
    return Outgoing.objects.create(
        kind=kind,
        campaign=campaign,
        donation=donation,
        stripe_account_id=donation.stripe_account_id,
        stripe_transfer_id=transfer_id,
        amount_cents=cents,
        created_at=now,
        next_attempt_at=now,
    )
