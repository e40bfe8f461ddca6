from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.services import refuse_own_body
from calls.models import Stop
from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import Donation, Reversal
from donations.services.payment import book
from donations.services.reversal import apply_refund, lock_gift, mark_due, post_owed, supersede
from donations.services.standing import kept_cents
from ledger.models import Account, Entry
from ledger.services import account, post

Kind = Account.Kind
Progress = Reversal.Status

#: Stripe forgets an idempotency key after a day; a later try is a new request, made after looking.
KEY_IS_KEPT = timedelta(hours=23)


class NotRefundable(Exception):
    """Say that a gift is not in a state in which it can be given back."""


class RefundsStopped(Exception):
    """Say that refunds of this call are switched off: the money stays owed and leaves when they are on again."""


class MoreThanKept(Exception):
    """Say that more should go back than is kept of a gift; carries the most, in cents."""


@transaction.atomic
def owe_refund(
    *, donation: Donation, by: User, reason: str, now: datetime, amount_cents: int | None = None
) -> Reversal:
    """Decide, as an officer and with a reason, that a gift goes back; the campaign's raised sum falls at once.

    With an amount in cents only that part goes back, the rest stays and counts; another part may follow. Raise
    OwnBody, NotRefundable when nothing of it is with the campaign or its reason is missing, and MoreThanKept.
    """
    campaign, donation = lock_gift(donation)
    refuse_own_body(campaign.organization, by)
    if donation.status not in (Donation.Status.SETTLED, Donation.Status.QUARANTINED) or not reason.strip():
        raise NotRefundable(donation.public_id)
    kept = kept_cents(donation)
    amount_cents = kept if amount_cents is None else amount_cents
    if not 0 < amount_cents <= kept:
        raise MoreThanKept(kept)
    reversal = Reversal.objects.create(
        donation=donation,
        amount_cents=amount_cents,
        reason=Reversal.Reason.OFFICER if amount_cents == kept else Reversal.Reason.PART,
        note=reason.strip()[:500],
        actor=by,
        created_at=now,
        next_attempt_at=now,
    )
    post_owed(donation, campaign, amount_cents, f"owed:{reversal.pk}", now, by=by, reason=reversal.note)
    if amount_cents == kept:
        mark_due(donation, now)
    return reversal


def owe_refunds_of_campaign(*, campaign: Campaign, reason: Reversal.Reason, now: datetime) -> None:
    """Owe every donor of a failed or withdrawn campaign the money back; the caller holds the campaign locked."""
    gifts = list(
        campaign.donations.settled()
        .select_for_update(no_key=True)
        .order_by("pk")
        .only("pk", "counted_cents", "uncounted_cents", "status")
    )
    Reversal.objects.bulk_create(
        [
            Reversal(
                donation=gift,
                amount_cents=gift.kept_cents,
                reason=reason,
                created_at=now,
                next_attempt_at=now,
            )
            for gift in gifts
        ],
        batch_size=1000,
    )
    campaign.donations.settled().update(
        status=Donation.Status.REFUND_DUE, refund_due_at=now, counted_cents=0, uncounted_cents=0
    )
    if gifts:
        _owe_gifts(campaign, gifts, now)


def _owe_gifts(campaign: Campaign, gifts: list[Donation], now: datetime) -> None:
    """Move some gifts, as they stood, to what is owed to donors, whether they counted or not."""
    # A promoter may withdraw when the gifts are its own already.
    source = Kind.PROMOTER if campaign.status == Campaign.Status.SUCCEEDED else Kind.DONORS
    counted = sum(gift.counted_cents for gift in gifts)
    uncounted = sum(gift.uncounted_cents for gift in gifts)
    steps = [(source, counted), (Kind.UNCOUNTED, uncounted), (Kind.REFUNDS_OWED, -counted - uncounted)]
    post(
        key=f"failure:{campaign.pk}",
        kind=Entry.Kind.FAILURE,
        postings=[(account(kind, campaign=campaign), cents) for kind, cents in steps if cents],
        now=now,
    )


@transaction.atomic
def claim_reversals(*, now: datetime, limit: int = 50) -> list[Reversal]:
    """Take the next refunds to send; another worker tries them again only when the lease has run out.

    Those of a call whose refunds are switched off stay where they are: owed, and shown to the officers.
    """
    due = Reversal.objects.due(now).order_by("next_attempt_at", "pk")
    reversals = list(due.select_for_update(skip_locked=True, no_key=True, of=("self",))[:limit])
    for reversal in reversals:
        reversal.attempts += 1
    Reversal.objects.filter(pk__in=[reversal.pk for reversal in reversals]).update(
        next_attempt_at=now + Reversal.LEASE, attempts=F("attempts") + 1
    )
    return reversals


def send_refund(*, reversal: Reversal, now: datetime) -> None:
    """Ask Stripe to give one gift back, once: what an earlier, unanswered try or somebody at Stripe did is found first.

    Raise RefundsStopped, and the gateway's StripeUnavailable or StripeRefused; the refund stays owed and is tried again.
    """
    stopped = Stop.objects.holding(Stop.What.REFUNDS)
    if stopped.filter(call__applications__campaign=reversal.donation.campaign_id).exists():
        raise RefundsStopped(reversal.pk)
    payment = stripe_gateway.retrieve_payment(reversal.donation)
    with transaction.atomic():
        campaign, donation = lock_gift(reversal.donation)
        book(donation=donation, campaign=campaign, payment=payment, now=now)
    reversal.refresh_from_db()
    if reversal.status != Progress.DUE or donation.status == Donation.Status.DISPUTED:
        return
    state = stripe_gateway.create_refund(
        reversal,
        attempt=(now - reversal.created_at) // KEY_IS_KEPT,
        reverse_transfer=payment.reversible_cents >= reversal.amount_cents,
    )
    with transaction.atomic():
        campaign, donation = lock_gift(reversal.donation)
        apply_refund(donation=donation, campaign=campaign, refund=state, now=now)


def postpone_refund(*, reversal: Reversal, now: datetime) -> None:
    """Try a refund that Stripe did not take again later, each time after a longer pause, at most an hour."""
    pause = min(timedelta(seconds=5 * 2 ** min(reversal.attempts, 10)), timedelta(hours=1))
    Reversal.objects.filter(pk=reversal.pk, status=Progress.DUE).update(next_attempt_at=now + pause)


@transaction.atomic
def retry_refund(*, reversal: Reversal, by: User, now: datetime) -> Reversal:
    """Send a refund that came back once more to the card, because an officer says so. Raise OwnBody, NotRefundable.

    While its donor has been asked for a bank account and named none, the transfer is given up for it; once an account is
    there a transfer may be under way, so it is refused. It keeps its reason; one that was made at Stripe is the officer's
    from now on.
    """
    campaign, donation = lock_gift(reversal.donation)
    refuse_own_body(campaign.organization, by)
    reversal = Reversal.objects.get(pk=reversal.pk)
    if reversal.status == Progress.ASKED:
        amount_cents = reversal.amount_cents
        supersede(reversal, now)
    elif Reversal.objects.came_back().filter(pk=reversal.pk).exists():
        amount_cents = kept_cents(donation)
    else:
        raise NotRefundable(donation.public_id)
    from_outside = reversal.reason == Reversal.Reason.EXTERNAL
    return Reversal.objects.create(
        donation=donation,
        amount_cents=amount_cents,
        reason=Reversal.Reason.OFFICER if from_outside else reversal.reason,
        note=str(reversal.get_reason_display()) if from_outside else reversal.note,
        actor=by,
        replaces=reversal,
        created_at=now,
        next_attempt_at=now,
    )
