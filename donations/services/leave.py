from datetime import datetime

from django.db import transaction

from campaigns.models import Campaign
from donations.models import Donation, Reversal
from donations.services.refund import NotRefundable
from donations.services.reversal import lock_gift, mark_due, post_owed
from donations.services.standing import free_cents, kept_cents


@transaction.atomic
def take_back_gift(*, donation: Donation, now: datetime) -> Reversal:
    """Give a gift back because its donor asks so in the days in which donors may leave a project that has changed.

    Raise NotRefundable outside those days, when the gift is on its way back already, or when its money is with the
    promoter's bank.
    """
    campaign, donation = lock_gift(donation)
    if donation.status != Donation.Status.SETTLED or not campaign.donors_may_leave(now):
        raise NotRefundable(donation.public_id)
    if kept_cents(donation) > free_cents(campaign):
        raise NotRefundable(donation.public_id)
    return _owe_all(donation, campaign, Reversal.Reason.LEFT, now)


def owe_refunds_that_money_reaches(*, campaign: Campaign, now: datetime) -> list[Donation]:
    """Owe back, in the order of giving, the gifts of a campaign given up after a payout that what is left can pay in full.

    The caller holds the campaign locked. Return the gifts that go back; the others stay on an officer's list.
    """
    back = []
    for donation in campaign.donations.settled().select_for_update(no_key=True, of=("self",)).order_by("pk"):
        if kept_cents(donation) <= free_cents(campaign):
            _owe_all(donation, campaign, Reversal.Reason.WITHDRAWN, now)
            back.append(donation)
    return back


def _owe_all(donation: Donation, campaign: Campaign, reason: Reversal.Reason, now: datetime) -> Reversal:
    """Owe everything back that is kept of a gift; the caller holds both locked."""
    amount_cents = kept_cents(donation)
    reversal = Reversal.objects.create(
        donation=donation,
        amount_cents=amount_cents,
        reason=reason,
        created_at=now,
        next_attempt_at=now,
    )
    post_owed(donation, campaign, amount_cents, f"owed:{reversal.pk}", now)
    mark_due(donation, now)
    return reversal
