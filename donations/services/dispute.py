"""Gifts their cardholders contest: set apart while the bank decides, then back in their place or gone.

The caller holds campaign and gift locked and has read both from Stripe. A dispute's amount is never refunded, since the
donor would have the money twice.
"""

from datetime import datetime

from accounts.services import queue_mail_to_members
from campaigns.models import Campaign
from donations.models import Dispute, Donation, Outgoing, Reversal
from donations.services.counting import recount
from donations.services.reversal import owe_again, update_reached
from donations.services.standing import OVER, close_when_refunded, free_cents, left_cents, places
from donations.stripe_answers import DisputeState, Payment
from ledger.models import Account, Entry
from ledger.services import account, post

Kind = Account.Kind
Status = Donation.Status
Progress = Reversal.Status
COUNTED = ("counted_cents", "uncounted_cents")


def book_disputes(*, donation: Donation, campaign: Campaign, payment: Payment, now: datetime) -> None:
    """Bring our rows of a gift's disputes to where Stripe has them; states only move on: open, lost, won."""
    for state in sorted(payment.disputes, key=lambda one: one.opened_at):
        dispute = donation.disputes.filter(stripe_dispute_id=state.dispute_id).first()
        if dispute is None:
            dispute = _open(donation, campaign, state, now)
        others = [one for one in payment.disputes if one.dispute_id != state.dispute_id]
        if any(one.status == "open" for one in others):
            # The gift comes back to one place when the last of them is decided.
            continue
        if state.status == "won" and dispute.status != Dispute.Status.WON:
            _win(dispute, donation, campaign, now)
        elif state.status == "lost" and dispute.status == Dispute.Status.OPEN:
            _lose(dispute, donation, campaign, now)
            _owe_recovery(dispute, donation, campaign, payment, now)


def _open(donation: Donation, campaign: Campaign, state: DisputeState, now: datetime) -> Dispute:
    """Set apart what is left of a gift, wherever it stands; a refund that was not sent yet waits."""
    left = left_cents(donation) - sum(one.held_cents for one in donation.disputes.open())
    due = donation.reversals.unsent()
    owed = left if donation.status == Status.REFUND_DUE else sum(one.amount_cents for one in due)
    dispute = Dispute.objects.create(
        donation=donation,
        stripe_dispute_id=state.dispute_id,
        amount_cents=state.amount_cents,
        held_cents=left,
        owed_cents=min(owed, left),
        reason=state.reason,
        opened_at=state.opened_at,
        answer_by=state.answer_by,
        booked_at=now,
    )
    if left == 0:
        return dispute
    owing = (
        [(account(Kind.REFUNDS_OWED, campaign=campaign), dispute.owed_cents)] if dispute.owed_cents else []
    )
    post(
        key=f"dispute:{state.dispute_id}",
        kind=Entry.Kind.DISPUTE,
        postings=[
            *places(donation, campaign, left - dispute.owed_cents),
            *owing,
            (account(Kind.DISPUTES, campaign=campaign), -left),
        ],
        now=now,
    )
    donation.status = Status.DISPUTED
    donation.disputed_at = now
    donation.save(update_fields=["status", "disputed_at", *COUNTED])
    # What is contested of one gift makes room for the donor's other ones.
    recount(donation, campaign, now=now)
    update_reached(campaign=campaign, now=now)
    _tell(dispute, campaign, "gift_disputed", now)
    return dispute


def _win(dispute: Dispute, donation: Donation, campaign: Campaign, now: datetime) -> None:
    """Bring a gift back to where its campaign's state says; one whose loss was booked before comes back from there."""
    returning = dispute.held_cents
    if dispute.status == Dispute.Status.LOST:
        _undo_loss(dispute, campaign, now)
        _send_back(dispute, campaign, now)
        returning = dispute.lost_cents
    _close(dispute, Dispute.Status.WON, now)
    _bring_back(dispute, donation, campaign, returning, [], now)
    _tell(dispute, campaign, "gift_dispute_won", now)


def _lose(dispute: Dispute, donation: Donation, campaign: Campaign, now: datetime) -> None:
    """Take a lost gift from the campaign's money at Stripe; what was paid out already, the platform bears."""
    lost = min(dispute.amount_cents, dispute.held_cents)
    dispute.recovered_cents = min(lost, free_cents(campaign, besides=dispute.held_cents))
    _close(dispute, Dispute.Status.LOST, now)
    taken = [
        (account(kind, campaign=campaign), -cents)
        for kind, cents in (
            (Kind.STRIPE, dispute.recovered_cents),
            (Kind.PLATFORM, lost - dispute.recovered_cents),
        )
        if cents
    ]
    _bring_back(dispute, donation, campaign, dispute.held_cents - lost, taken, now)
    _post_uncovered(dispute, campaign, dispute.amount_cents - lost, now)
    close_when_refunded(campaign)
    _tell(dispute, campaign, "gift_dispute_lost", now)


def _owe_recovery(
    dispute: Dispute, donation: Donation, campaign: Campaign, payment: Payment, now: datetime
) -> None:
    """Ask the organization's account for what the bank took from the platform, as far as the gift still stands there."""
    cents = min(dispute.recovered_cents, payment.reversible_cents)
    if cents:
        Outgoing.objects.create(
            kind=Outgoing.Kind.RECOVERY,
            campaign=campaign,
            dispute=dispute,
            stripe_account_id=donation.stripe_account_id,
            stripe_transfer_id=payment.transfer_id,
            amount_cents=cents,
            created_at=now,
            next_attempt_at=now,
        )


def _send_back(dispute: Dispute, campaign: Campaign, now: datetime) -> None:
    """Transfer to the organization's account what a loss, now undone, was going to take or has taken from it."""
    for recovery in dispute.outgoing.filter(kind=Outgoing.Kind.RECOVERY):
        if recovery.status == Outgoing.Status.DUE and recovery.attempts == 0:
            recovery.status = Outgoing.Status.CANCELLED
            recovery.ended_at = now
            recovery.save(update_fields=["status", "ended_at"])
        else:
            Outgoing.objects.create(
                kind=Outgoing.Kind.TRANSFER,
                campaign=campaign,
                dispute=dispute,
                stripe_account_id=recovery.stripe_account_id,
                amount_cents=recovery.amount_cents,
                created_at=now,
                next_attempt_at=now,
            )


def _close(dispute: Dispute, status: Dispute.Status, now: datetime) -> None:
    """Write the bank's decision."""
    dispute.status = status
    dispute.closed_at = now
    if status == Dispute.Status.WON:
        dispute.recovered_cents = 0
    dispute.save(update_fields=["status", "closed_at", "recovered_cents"])


def _bring_back(
    dispute: Dispute,
    donation: Donation,
    campaign: Campaign,
    returning: int,
    taken: list[tuple[Account, int]],
    now: datetime,
) -> None:
    """End a dispute in the books: some cents are taken, the others return, owed back where they were or now are."""
    all_goes_back = campaign.status in OVER or donation.refund_due_at is not None
    owed = returning if all_goes_back else min(dispute.owed_cents, returning)
    owing = [(account(Kind.REFUNDS_OWED, campaign=campaign), -owed)] if owed else []
    back = places(donation, campaign, owed - returning)
    ended = -sum(cents for _place, cents in [*taken, *owing, *back])
    if ended:
        post(
            key=f"dispute_{dispute.status}:{dispute.stripe_dispute_id}",
            kind=Entry.Kind.DISPUTE_WON if dispute.status == Dispute.Status.WON else Entry.Kind.DISPUTE_LOST,
            postings=[(account(Kind.DISPUTES, campaign=campaign), ended), *taken, *owing, *back],
            now=now,
        )
    if donation.status in (Status.DISPUTED, Status.LOST):
        _place_gift(donation, campaign, returning, owed, now)
        recount(donation, campaign, now=now)
    update_reached(campaign=campaign, now=now)


def _place_gift(donation: Donation, campaign: Campaign, returning: int, owed: int, now: datetime) -> None:
    """Move a gift to the state that goes with what came back of it, and owe again what has to go back."""
    donation.disputed_at = donation.lost_at = None
    if returning == 0:
        donation.status = Status.LOST
        donation.lost_at = now
    elif owed == returning:
        donation.status = Status.REFUND_DUE
        donation.refund_due_at = donation.refund_due_at or now
    else:
        donation.status = Status.QUARANTINED if donation.is_unexplained else Status.SETTLED
    donation.save(update_fields=["status", "refund_due_at", "disputed_at", "lost_at", *COUNTED])
    _owe_again(donation, campaign, owed, now)
    if owed:
        owe_again(campaign)


def _owe_again(donation: Donation, campaign: Campaign, owed: int, now: datetime) -> None:
    """Let a refund that waited go on; replace it when its amount has changed, make one when there is none."""
    waiting = donation.reversals.unsent().first()
    if waiting and waiting.amount_cents == owed:
        return
    if waiting:
        waiting.status = Progress.SUPERSEDED
        waiting.ended_at = now
        waiting.save(update_fields=["status", "ended_at"])
    came_back = donation.reversals.filter(status=Progress.FAILED).exists()
    withdrawn = campaign.status == Campaign.Status.WITHDRAWN
    reason = Reversal.Reason.WITHDRAWN if withdrawn else Reversal.Reason.FAILURE
    if owed and (waiting or not came_back):
        Reversal.objects.create(
            donation=donation,
            amount_cents=owed,
            reason=waiting.reason if waiting else reason,
            note=waiting.note if waiting else "",
            actor=waiting.actor if waiting else None,
            created_at=now,
            next_attempt_at=now,
        )


def _undo_loss(dispute: Dispute, campaign: Campaign, now: datetime) -> None:
    """Take back the booking of a loss: the bank has changed its mind and the money is here again."""
    returned = [
        (account(kind, campaign=campaign), cents)
        for kind, cents in (
            (Kind.STRIPE, dispute.recovered_cents),
            (Kind.PLATFORM, dispute.lost_cents - dispute.recovered_cents),
            (Kind.DISPUTES, -dispute.lost_cents),
        )
        if cents
    ]
    if returned:
        post(
            key=f"dispute_back:{dispute.stripe_dispute_id}",
            kind=Entry.Kind.DISPUTE,
            postings=returned,
            now=now,
        )
    _post_uncovered(dispute, campaign, dispute.lost_cents - dispute.amount_cents, now, "dispute_covered")


def _post_uncovered(
    dispute: Dispute, campaign: Campaign, cents: int, now: datetime, key: str = "dispute_uncovered"
) -> None:
    """Post what a bank took although the donor had it back already: a cost of the platform, like a fee."""
    if cents:
        post(
            key=f"{key}:{dispute.stripe_dispute_id}",
            kind=Entry.Kind.DISPUTE_LOST,
            postings=[
                (account(Kind.FEES, campaign=campaign), cents),
                (account(Kind.PLATFORM, campaign=campaign), -cents),
            ],
            now=now,
        )


def _tell(dispute: Dispute, campaign: Campaign, template: str, now: datetime) -> None:
    """Write to the members of the promoter, without naming the donor."""
    queue_mail_to_members(
        organization=campaign.organization,
        key=f"{template}:{dispute.pk}",
        topic=campaign.call.mail_topic,
        template=template,
        context={"campaign": campaign, "dispute": dispute},
        now=now,
    )
