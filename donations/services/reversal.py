from datetime import datetime

from accounts.models import User
from accounts.services import queue_mail
from campaigns.models import Campaign
from campaigns.services import mark_reached, mark_refund_returned
from donations.models import Donation, FraudWarning, Reversal
from donations.services.bank_link import ask_in_place_of
from donations.services.counting import recount
from donations.services.standing import close_when_refunded, kept_cents, places
from donations.services.threshold import has_reached
from donations.stripe_answers import RefundState
from ledger.models import Account, Entry
from ledger.services import account, post

Kind = Account.Kind
Progress = Reversal.Status
#: Stripe's words for a refund, in our states.
STRIPE_STATUS = {
    "pending": Progress.SENT,
    "requires_action": Progress.SENT,
    "succeeded": Progress.SUCCEEDED,
    "failed": Progress.FAILED,
    "canceled": Progress.FAILED,
}


#: States of a campaign in which its threshold may still be reached or missed.
RUNNING = (
    Campaign.Status.OPEN,
    Campaign.Status.SUSPENDED,
    Campaign.Status.CLOSING,
    Campaign.Status.CURE,
)
#: States of a campaign whose gifts are not owed back as a whole.
ALIVE = (*RUNNING, Campaign.Status.KEEPING, Campaign.Status.SUCCEEDED)


def apply_refund(*, donation: Donation, campaign: Campaign, refund: RefundState, now: datetime) -> None:
    """Bring our row of one refund to where Stripe has it; the caller holds campaign and donation locked.

    States only move on, from due over sent and succeeded to failed, so a late reading of Stripe changes nothing.
    """
    reversal = _row_of(donation, campaign, refund, now)
    target = STRIPE_STATUS[refund.status]
    order = [Progress.DUE, Progress.SENT, Progress.SUCCEEDED, Progress.FAILED, Progress.SUPERSEDED]
    if reversal.method == Reversal.Method.BANK or order.index(target) <= order.index(
        Progress(reversal.status)
    ):
        return
    was = reversal.status
    reversal.status = target
    reversal.stripe_refund_id = refund.refund_id
    reversal.ended_at = now if target in (Progress.SUCCEEDED, Progress.FAILED) else None
    reversal.took_transfer_back = refund.takes_transfer_back
    reversal.save(update_fields=["status", "stripe_refund_id", "ended_at", "took_transfer_back"])
    if target == Progress.SUCCEEDED:
        _book_refund(reversal, donation, campaign, now)
    elif target == Progress.FAILED:
        if was == Progress.SUCCEEDED:
            _book_return(reversal, donation, campaign, now)
        if reversal.reason == Reversal.Reason.PART:
            # The gift itself is not owed back, so only this row says that a part of it is.
            ask_in_place_of(reversal, reversal.amount_cents, reversal, now)
        elif campaign.status in ALIVE and not _is_owed_by_us(donation):
            _keep_again(reversal, donation, campaign, now)


def _is_owed_by_us(donation: Donation) -> bool:
    """Say whether a whole gift was decided here to go back: it stays owed, whatever else is tried at Stripe."""
    return donation.reversals.exclude(reason__in=[Reversal.Reason.EXTERNAL, Reversal.Reason.PART]).exists()


def _row_of(donation: Donation, campaign: Campaign, refund: RefundState, now: datetime) -> Reversal:
    """Return our row of Stripe's refund; one made in Stripe's dashboard gets a row, and what it takes is owed."""
    known = donation.reversals.filter(stripe_refund_id=refund.refund_id).first()
    if known is None and refund.reversal_id is not None:
        known = donation.reversals.filter(pk=refund.reversal_id).first()
    if known is None and refund.reversal_id is None:
        known = donation.reversals.filter(status=Progress.DUE, amount_cents=refund.amount_cents).first()
    if known is not None:
        return known
    here = donation.status in (Donation.Status.SETTLED, Donation.Status.QUARANTINED)
    if here and refund.amount_cents > kept_cents(donation):
        _give_up_parts(donation, campaign, now)
    reversal = Reversal.objects.create(
        donation=donation,
        amount_cents=refund.amount_cents,
        reason=Reversal.Reason.EXTERNAL,
        created_at=now,
        next_attempt_at=now,
    )
    if here:
        post_owed(donation, campaign, refund.amount_cents, f"owed:{reversal.pk}", now)
        if kept_cents(donation) == 0:
            mark_due(donation, now)
    elif donation.status == Donation.Status.REFUND_DUE:
        _supersede_decided(donation, now)
    return reversal


def _give_up_parts(donation: Donation, campaign: Campaign, now: datetime) -> None:
    """Give up the parts that were to go back and have not been sent, since more of the gift went back at Stripe."""
    for part in donation.reversals.filter(status=Progress.DUE, reason=Reversal.Reason.PART):
        supersede(part, now)
        post_owed(donation, campaign, -part.amount_cents, f"kept:{part.pk}", now)


def _supersede_decided(donation: Donation, now: datetime) -> None:
    """Put a refund of what is left in the place of what was decided before a part went back another way."""
    decided = list(donation.reversals.unsent().exclude(reason=Reversal.Reason.EXTERNAL).order_by("pk"))
    if not decided:
        return
    for reversal in decided:
        supersede(reversal, now)
    last = decided[-1]
    left = kept_cents(donation)
    if left > 0 and last.method == Reversal.Method.BANK:
        ask_in_place_of(last, left, last, now)
    elif left > 0:
        Reversal.objects.create(
            donation=donation,
            amount_cents=left,
            reason=last.reason,
            note=last.note,
            actor=last.actor,
            replaces=last,
            created_at=now,
            next_attempt_at=now,
        )


def supersede(reversal: Reversal, now: datetime) -> None:
    """Give a refund up that has not been sent, in favour of another one; the caller holds the gift locked."""
    reversal.status = Progress.SUPERSEDED
    reversal.ended_at = now
    reversal.save(update_fields=["status", "ended_at"])


def post_owed(
    donation: Donation,
    campaign: Campaign,
    cents: int,
    key: str,
    now: datetime,
    by: User | None = None,
    reason: str = "",
) -> None:
    """Move money from where it stands to what is owed to donors; negative cents move it back.

    What did not count of a gift goes first, since what counts is the lower of the limit and of what is kept.
    """
    source = places(donation, campaign, cents)
    donation.save(update_fields=["counted_cents", "uncounted_cents"])
    # What failed refunds have left with the platform may now be too much or too little.
    donation.reversals.exclude(look_at=None).update(look_at=None)
    post(
        key=key,
        kind=Entry.Kind.REFUND_OWED,
        postings=[*source, (account(Kind.REFUNDS_OWED, campaign=campaign), -cents)],
        now=now,
        by=by,
        reason=reason,
    )
    # What goes back of one gift makes room for the donor's other ones.
    recount(donation, campaign, now=now)
    update_reached(campaign=campaign, now=now)
    owe_again(campaign)


def owe_again(campaign: Campaign) -> None:
    """Write that a campaign whose donors all had their money back, locked by the caller, owes some again."""
    if campaign.status == Campaign.Status.REFUNDED:
        mark_refund_returned(campaign=campaign)


def update_reached(*, campaign: Campaign, now: datetime) -> None:
    """Write when a campaign, locked by the caller, reached its threshold, or take it back when it no longer has.

    The instant is the site's own, given in the transaction that books the money, so late messages overturn nothing.
    """
    if campaign.status not in RUNNING:
        return
    reached = has_reached(campaign)
    if reached != (campaign.reached_at is not None):
        mark_reached(campaign=campaign, now=now if reached else None)


def _book_refund(reversal: Reversal, donation: Donation, campaign: Campaign, now: datetime) -> None:
    """Post a refund that reached the donor, and close the gift and the campaign when nothing more is owed."""
    post(
        key=f"refund:{reversal.stripe_refund_id}",
        kind=Entry.Kind.REFUND,
        postings=[
            (account(Kind.REFUNDS_OWED, campaign=campaign), reversal.amount_cents),
            (account(Kind.STRIPE, campaign=campaign), -reversal.amount_cents),
        ],
        now=now,
    )
    close_when_back(donation, campaign, now)
    # As they are now, under their locks.
    reversal.donation, donation.campaign = donation, campaign
    tell_of_refund(reversal=reversal, now=now)


def tell_of_refund(*, reversal: Reversal, now: datetime) -> None:
    """Write to a donor that the money is back."""
    donation = reversal.donation
    campaign = donation.campaign
    queue_mail(
        key=f"donation_refunded:{reversal.pk}",
        topic=campaign.call.mail_topic,
        recipient=donation.email,
        template="donation_refunded",
        context={"donation": donation, "campaign": campaign, "reversal": reversal},
        language=donation.language,
        now=now,
    )


def close_when_back(donation: Donation, campaign: Campaign, now: datetime) -> None:
    """Write that a gift, and a failed campaign, are given back when nothing of them is owed any more."""
    under_way = donation.reversals.under_way()
    if donation.status == Donation.Status.REFUND_DUE and not kept_cents(donation) and not under_way.exists():
        donation.status = Donation.Status.REFUNDED
        donation.refunded_at = now
        donation.save(update_fields=["status", "refunded_at"])
    close_when_refunded(campaign)


def _book_return(reversal: Reversal, donation: Donation, campaign: Campaign, now: datetime) -> None:
    """Post a refund that came back after it had succeeded: the money is with Stripe again and still owed."""
    post(
        key=f"refundfail:{reversal.stripe_refund_id}",
        kind=Entry.Kind.REFUND_FAILED,
        postings=[
            (account(Kind.STRIPE, campaign=campaign), reversal.amount_cents),
            (account(Kind.REFUNDS_OWED, campaign=campaign), -reversal.amount_cents),
        ],
        now=now,
    )
    if donation.status == Donation.Status.REFUNDED:
        donation.status = Donation.Status.REFUND_DUE
        donation.refunded_at = None
        donation.save(update_fields=["status", "refunded_at"])
    owe_again(campaign)


def _keep_again(reversal: Reversal, donation: Donation, campaign: Campaign, now: datetime) -> None:
    """Count a gift again whose refund, made at Stripe and not owed by us, did not reach the donor.

    While a bank decides about the rest of the gift the money stays owed.
    """
    if donation.status in (Donation.Status.DISPUTED, Donation.Status.LOST):
        return
    if donation.status == Donation.Status.REFUND_DUE:
        checked = Donation.Status.QUARANTINED if donation.is_unexplained else Donation.Status.SETTLED
        donation.status = checked
        donation.refund_due_at = None
        donation.save(update_fields=["status", "refund_due_at"])
    post_owed(donation, campaign, -reversal.amount_cents, f"kept:{reversal.pk}", now)


def mark_due(donation: Donation, now: datetime) -> None:
    """Move a gift to "owed back"."""
    donation.status = Donation.Status.REFUND_DUE
    donation.refund_due_at = now
    donation.save(update_fields=["status", "refund_due_at"])
    # What a card's bank feared about it asks for nothing more.
    waiting = donation.fraud_warnings.filter(outcome=FraudWarning.Outcome.WAITING)
    waiting.update(outcome=FraudWarning.Outcome.MOOT, decided_at=now)


def lock_gift(donation: Donation) -> tuple[Campaign, Donation]:
    """Lock a gift's campaign, then the gift, and return both as they are now."""
    campaigns = Campaign.objects.for_a_gift().select_for_update(no_key=True, of=("self",))
    campaign = campaigns.get(pk=donation.campaign_id)
    return campaign, Donation.objects.select_for_update(no_key=True).get(pk=donation.pk)
