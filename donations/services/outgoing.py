"""Money that leaves for promoters: decided first, sent once, never what is owed back, checked or contested."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum

from accounts.models import User
from accounts.services import queue_mail_to_members, queue_mail_to_officers, refuse_own_body
from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import ConnectedAccount, Donation, Outgoing
from donations.services.guard import PayoutsStopped, why_money_stays
from donations.services.standing import free_cents, kept_cents
from donations.stripe_answers import OutgoingState
from ledger.models import Account, Entry
from ledger.services import account, balance, post

LedgerKind = Account.Kind
Kind = Outgoing.Kind
Progress = Outgoing.Status
SEPARATE = Campaign.PaymentFlow.SEPARATE

#: Stripe forgets an idempotency key after a day; a later try is a new request, made after looking.
KEY_IS_KEPT = timedelta(hours=23)


class NothingToPayOut(Exception):
    """Say that nothing of a campaign can be paid out now."""


class DonorsMayLeave(Exception):
    """Say that donors may still take their gifts back, because the project has changed."""


class WaiverWaits(Exception):
    """Say that the promoter has asked to give the campaign up, and no officer has answered."""


def payable_cents(campaign: Campaign) -> int:
    """Return what can be paid out to the promoter now: not owed back, contested or checked, and on its account."""
    if campaign.status != Campaign.Status.SUCCEEDED:
        return 0
    due = _total(campaign, Kind.PAYOUT, Progress.DUE)
    standing = free_cents(campaign)
    if campaign.payment_flow == SEPARATE:
        standing = min(standing, at_account_cents(campaign))
    return max(standing - due, 0)


def at_account_cents(campaign: Campaign) -> int:
    """Return what of a campaign in the separate flow stands on the organization's account, in cents."""
    arrived = _total(campaign, Kind.TRANSFER, Progress.PAID) - _total(campaign, Kind.RECOVERY, Progress.PAID)
    return arrived - balance(LedgerKind.PAID_OUT, campaign=campaign)


def _total(campaign: Campaign, kind: Outgoing.Kind, status: Outgoing.Status) -> int:
    """Return the sum of a campaign's rows of one kind and state, in cents."""
    rows = Outgoing.objects.filter(campaign=campaign, kind=kind, status=status)
    return rows.aggregate(total=Sum("amount_cents", default=0))["total"]


@transaction.atomic
def owe_payout(*, campaign: Campaign, by: User, now: datetime) -> Outgoing:
    """Decide, as an officer, that a successful campaign's gifts are paid out to its promoter's bank.

    Raise NothingToPayOut before the campaign has succeeded, when nothing is free, while a payout waits, or when the
    organization's account is not ready; PayoutsStopped while payments of the call are switched off or a difference between
    the books and Stripe is open; DonorsMayLeave; WaiverWaits; OwnBody.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    refuse_own_body(campaign.organization, by)
    if campaign.donors_may_leave(now):
        raise DonorsMayLeave(campaign.slug)
    if campaign.waiver_asked_at:
        raise WaiverWaits(campaign.slug)
    why = why_money_stays(campaign.call)
    if why:
        raise PayoutsStopped(why)
    ready = ConnectedAccount.objects.filter(
        organization=campaign.organization, ready_at__isnull=False
    ).first()
    waiting = Outgoing.objects.filter(campaign=campaign, kind=Kind.PAYOUT, status=Progress.DUE)
    cents = payable_cents(campaign)
    if cents == 0 or ready is None or waiting.exists():
        raise NothingToPayOut(campaign.slug)
    return _owe(campaign, Kind.PAYOUT, ready.stripe_account_id, cents, now, actor=by)


@transaction.atomic
def balance_account(*, campaign: Campaign, now: datetime) -> Outgoing | None:
    """Bring the organization's account to what stands there in the separate flow, once the campaign has succeeded.

    What is free is transferred as soon as the account can receive it; what a refund or a lost dispute takes from the
    platform afterwards comes back.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    ready = ConnectedAccount.objects.filter(
        organization=campaign.organization, ready_at__isnull=False
    ).first()
    under_way = Outgoing.objects.filter(campaign=campaign, status=Progress.DUE)
    is_over = campaign.status == Campaign.Status.SUCCEEDED and campaign.payment_flow == SEPARATE
    if not is_over or ready is None or under_way.exists():
        return None
    there = at_account_cents(campaign)
    missing = free_cents(campaign) - there
    if missing > 0:
        return _owe(campaign, Kind.TRANSFER, ready.stripe_account_id, missing, now)
    # Contested money stays where it is until the bank decides; what is owed back is paid by the platform.
    contested = -balance(LedgerKind.DISPUTES, campaign=campaign)
    too_much = there - free_cents(campaign, besides=contested)
    last = Outgoing.objects.filter(campaign=campaign, kind=Kind.TRANSFER, status=Progress.PAID).first()
    if too_much > 0 and last:
        return _owe(
            campaign,
            Kind.RECOVERY,
            last.stripe_account_id,
            min(too_much, last.amount_cents),
            now,
            transfer_id=last.stripe_id or "",
        )
    return None


def _owe(
    campaign: Campaign,
    kind: Outgoing.Kind,
    account_id: str,
    cents: int,
    now: datetime,
    *,
    actor: User | None = None,
    transfer_id: str = "",
) -> Outgoing:
    """Write what Stripe is going to be asked for."""
    return Outgoing.objects.create(
        kind=kind,
        campaign=campaign,
        stripe_account_id=account_id,
        stripe_transfer_id=transfer_id,
        amount_cents=cents,
        actor=actor,
        created_at=now,
        next_attempt_at=now,
    )


@transaction.atomic
def claim_outgoing(*, now: datetime, limit: int = 50) -> list[Outgoing]:
    """Take the next rows to send; another worker tries them again only when the lease has run out."""
    due = Outgoing.objects.due(now).order_by("next_attempt_at", "pk")
    rows = list(due.select_for_update(skip_locked=True, no_key=True, of=("self",))[:limit])
    for row in rows:
        row.attempts += 1
    Outgoing.objects.filter(pk__in=[row.pk for row in rows]).update(
        next_attempt_at=now + Outgoing.LEASE, attempts=F("attempts") + 1
    )
    return rows


def send_outgoing(*, outgoing: Outgoing, now: datetime) -> Outgoing:
    """Ask Stripe to move the money, once: what an earlier, unanswered try did is looked for first.

    Raise PayoutsStopped, and the gateway's StripeUnavailable or StripeRefused; the row stays due and is tried again.
    """
    state = stripe_gateway.find_outgoing(outgoing) if outgoing.attempts > 1 else None
    if state is None:
        if not _is_still_right(outgoing, now):
            return outgoing
        attempt = (now - outgoing.created_at) // KEY_IS_KEPT
        state = stripe_gateway.create_outgoing(outgoing, attempt=attempt)
    return _apply(outgoing, state, now)


@transaction.atomic
def _is_still_right(outgoing: Outgoing, now: datetime) -> bool:
    """Say whether a row may still be sent; give it up when something was contested or owed back in the meantime.

    A payout is given up too while donors may take their gifts back, or the promoter waits to give the campaign up: an
    officer decides it anew afterwards.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=outgoing.campaign_id)
    outgoing = Outgoing.objects.select_for_update(no_key=True).get(pk=outgoing.pk)
    if outgoing.status != Progress.DUE:
        return False
    # It may have been claimed before somebody stopped it, or before a difference was found.
    why = why_money_stays(campaign.call) if outgoing.kind != Kind.RECOVERY else ""
    if why:
        raise PayoutsStopped(why)
    if outgoing.kind == Kind.RECOVERY or outgoing.dispute_id:
        # What follows from a bank's decision is right whatever happens to other gifts.
        return True
    in_doubt = campaign.donors_may_leave(now) or campaign.waiver_asked_at is not None
    leaving = outgoing.kind == Kind.PAYOUT and in_doubt
    if outgoing.donation:
        standing = kept_cents(outgoing.donation) if outgoing.donation.status == Donation.Status.SETTLED else 0
    elif outgoing.kind == Kind.TRANSFER:
        standing = free_cents(campaign) - at_account_cents(campaign)
    else:
        standing = free_cents(campaign)
    if outgoing.amount_cents <= standing and not leaving:
        return True
    outgoing.status = Progress.CANCELLED
    outgoing.ended_at = now
    outgoing.save(update_fields=["status", "ended_at"])
    left = 0 if leaving else payable_cents(campaign)
    if outgoing.kind == Kind.PAYOUT and left and outgoing.actor:
        _owe(campaign, Kind.PAYOUT, outgoing.stripe_account_id, left, now, actor=outgoing.actor)
    return False


def sync_outgoing(*, outgoing: Outgoing, now: datetime) -> Outgoing:
    """Read again from Stripe what became of a payout. Raise the gateway's StripeUnavailable or StripeRefused."""
    if outgoing.kind != Kind.PAYOUT or outgoing.stripe_id is None:
        return outgoing
    return _apply(outgoing, stripe_gateway.retrieve_payout(outgoing), now)


@transaction.atomic
def _apply(outgoing: Outgoing, state: OutgoingState, now: datetime) -> Outgoing:
    """Bring a row to where Stripe has it; states only move on, from due over sent and paid to failed."""
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=outgoing.campaign_id)
    outgoing = Outgoing.objects.select_for_update(no_key=True).get(pk=outgoing.pk)
    order = [Progress.DUE, Progress.SENT, Progress.PAID, Progress.FAILED, Progress.CANCELLED]
    target = Progress(state.status)
    if order.index(target) <= order.index(Progress(outgoing.status)):
        return outgoing
    was_due = outgoing.status == Progress.DUE
    outgoing.status = target
    outgoing.stripe_id = state.stripe_id
    outgoing.failure = state.failure
    outgoing.ended_at = now if target in (Progress.PAID, Progress.FAILED) else None
    outgoing.save(update_fields=["status", "stripe_id", "failure", "ended_at"])
    if outgoing.kind == Kind.PAYOUT:
        if was_due:
            _post_payout(outgoing, campaign, now, failed=False)
        if target == Progress.FAILED:
            _post_payout(outgoing, campaign, now, failed=True)
        if target != Progress.SENT:
            outgoing.campaign = campaign
            tell_of_payout(outgoing=outgoing, now=now)
    return outgoing


def _post_payout(outgoing: Outgoing, campaign: Campaign, now: datetime, *, failed: bool) -> None:
    """Post a payout Stripe has accepted, or one that came back to the organization's account."""
    cents = -outgoing.amount_cents if failed else outgoing.amount_cents
    post(
        key=f"{'payout_failed' if failed else 'payout'}:{outgoing.stripe_id}",
        kind=Entry.Kind.PAYOUT_FAILED if failed else Entry.Kind.PAYOUT,
        postings=[
            (account(LedgerKind.PAID_OUT, campaign=campaign), cents),
            (account(LedgerKind.STRIPE, campaign=campaign), -cents),
        ],
        now=now,
        by=outgoing.actor,
    )


def tell_of_payout(*, outgoing: Outgoing, now: datetime) -> None:
    """Write to the members of the promoter what became of a payout."""
    campaign = outgoing.campaign
    template = "payout_failed" if outgoing.status == Progress.FAILED else "payout_paid"
    queue_mail_to_members(
        organization=campaign.organization,
        key=f"{template}:{outgoing.pk}",
        topic=campaign.call.mail_topic,
        template=template,
        context={"campaign": campaign, "outgoing": outgoing},
        now=now,
    )


def warn_of_held_money(*, campaign: Campaign, now: datetime) -> None:
    """Write to the officers, once, that Stripe may not hold a campaign's money much longer."""
    queue_mail_to_officers(
        right="donations.change_outgoing",
        key=f"money_held_long:{campaign.pk}",
        template="money_held_long",
        context={"campaign": campaign, "held_cents": balance(LedgerKind.STRIPE, campaign=campaign)},
        now=now,
    )


def postpone_outgoing(*, outgoing: Outgoing, now: datetime) -> None:
    """Try a row that Stripe did not take again later, each time after a longer pause, at most an hour."""
    pause = min(timedelta(seconds=5 * 2 ** min(outgoing.attempts, 10)), timedelta(hours=1))
    Outgoing.objects.filter(pk=outgoing.pk, status=Progress.DUE).update(next_attempt_at=now + pause)
