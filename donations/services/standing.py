"""Where a gift's money stands, and what of it is still there."""

from django.db.models import Sum

from campaigns.models import Campaign
from campaigns.services import mark_refunded
from donations.models import Dispute, Donation, Reversal
from donations.models.reversal import ReversalQuerySet
from donations.services.counting import stand
from ledger.models import Account
from ledger.services import account, balance

Kind = Account.Kind
Progress = Reversal.Status

#: States of a campaign whose gifts all go back.
OVER = (Campaign.Status.FAILED, Campaign.Status.REFUNDED, Campaign.Status.WITHDRAWN)


def places(donation: Donation, campaign: Campaign, cents: int) -> list[tuple[Account, int]]:
    """Return the accounts from which so many cents of a gift leave, each with its part; negative cents come back.

    What counts of the gift from then on is written into it; the caller saves `counted_cents` and `uncounted_cents`.
    """
    if not cents:
        return []
    if donation.is_unexplained:
        return [(account(Kind.QUARANTINE, campaign=campaign), cents)]
    return stand(donation, campaign, leaving_cents=cents)


def kept_cents(donation: Donation) -> int:
    """Return what of a paid gift has not gone back, is not on its way and is not contested or lost, in cents."""
    contested = sum(one.held_cents - one.owed_cents for one in donation.disputes.open())
    reversals = donation.reversals.counting()
    return _charged_less_lost(donation) - contested - _sum(reversals)


def left_cents(donation: Donation) -> int:
    """Return what of a paid gift Stripe still has, owed back or not: neither sent back nor lost, in cents."""
    gone = donation.reversals.filter(status__in=[Progress.SENT, Progress.SUCCEEDED])
    return _charged_less_lost(donation) - _sum(gone)


def free_cents(campaign: Campaign, *, besides: int = 0) -> int:
    """Return what Stripe holds of a campaign that is neither owed back nor checked nor contested, in cents.

    `besides` are contested cents that count as free.
    """
    kinds = (Kind.STRIPE, Kind.REFUNDS_OWED, Kind.QUARANTINE, Kind.DISPUTES)
    return max(sum(balance(kind, campaign=campaign) for kind in kinds) + besides, 0)


def close_when_refunded(campaign: Campaign) -> None:
    """Write that every donor of a failed campaign, locked by the caller, has the money back once nothing is left."""
    kinds = (Kind.REFUNDS_OWED, Kind.DISPUTES, Kind.OFFLINE_OWED)
    waiting = any(balance(kind, campaign=campaign) for kind in kinds)
    if campaign.status == Campaign.Status.FAILED and not waiting:
        mark_refunded(campaign=campaign)


def _charged_less_lost(donation: Donation) -> int:
    """Return what was charged less what disputes took, in cents."""
    lost = donation.disputes.filter(status=Dispute.Status.LOST)
    return (donation.charged_cents or 0) - sum(one.lost_cents for one in lost)


def _sum(reversals: ReversalQuerySet) -> int:
    """Return the amount of some refunds in cents."""
    return reversals.aggregate(total=Sum("amount_cents", default=0))["total"]
