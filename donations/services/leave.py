from datetime import datetime

from django.db import transaction

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
    amount_cents = kept_cents(donation)
    if amount_cents > free_cents(campaign):
        raise NotRefundable(donation.public_id)
    reversal = Reversal.objects.create(
        donation=donation,
        amount_cents=amount_cents,
        reason=Reversal.Reason.LEFT,
        created_at=now,
        next_attempt_at=now,
    )
    post_owed(donation, campaign, amount_cents, f"owed:{reversal.pk}", now)
    mark_due(donation, now)
    return reversal
