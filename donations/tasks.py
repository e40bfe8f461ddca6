"""When Stripe's events are applied, receipts written and refunds sent.

Each task loops over rows that are owed something, one service call each; one bad row is logged and does not stop the
rest.
"""

import logging

from celery import shared_task
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from calls.models import Stop
from campaigns.models import Campaign
from civicfund.turns import in_turn_at_stripe, one_at_a_time, while_due
from civicfund.wakes import begin_to_look
from donations import services
from donations.models import (
    BankRefund,
    CampaignMoney,
    Donation,
    Evidence,
    OfflineDonation,
    Outgoing,
    Receipt,
    Reversal,
    StripeEvent,
)
from donations.stripe_answers import StripeRefused, StripeUnavailable

logger = logging.getLogger(__name__)

#: How many rows are claimed at once.
BATCH = 50
#: Of the places at Stripe a task whose work grows with the gifts may take all but one.
MOST_AT_ONCE = max(2, settings.STRIPE_TASKS_AT_ONCE - 1)


@shared_task
@in_turn_at_stripe(at_once=MOST_AT_ONCE)
def apply_events() -> None:
    """Apply every event Stripe has sent."""
    claimed: list[StripeEvent] = []

    def claim(limit: int) -> list[StripeEvent]:
        begin_to_look(apply_events.name)
        claimed[:] = services.claim_events(now=timezone.now(), limit=limit)
        return list(claimed)

    for event in while_due(claim, batch=BATCH):
        if event.processed_at is not None:
            # With another one about the same gift.
            continue
        try:
            services.apply_event(event=event, now=timezone.now(), claimed=claimed)
        except services.PaymentPageUnknown:
            services.postpone_event(event=event, now=timezone.now())
        except StripeUnavailable as error:
            logger.warning("event %s is tried again: %s", event.stripe_id, error)
        except Exception:
            logger.exception("event %s is tried again", event.stripe_id)


@shared_task
@one_at_a_time
def send_receipts() -> None:
    """Write a receipt for every settled gift that has none."""
    for donation in Donation.objects.receipt_due().with_campaign().order_by("settled_at")[:200]:
        try:
            services.issue_receipt(donation=donation, now=timezone.now())
        except Exception:
            logger.exception("no receipt for gift %s", donation.public_id)


@shared_task
@one_at_a_time
def correct_receipts() -> None:
    """Make void every receipt that no longer says what is kept of its gift, and issue one for the rest."""
    for receipt in Receipt.objects.untrue().select_related("donation").order_by("pk")[:500]:
        try:
            services.correct_receipt(receipt=receipt, now=timezone.now())
        except Exception:
            logger.exception("receipt %s of gift %s stays untrue", receipt, receipt.donation.public_id)


@shared_task
@in_turn_at_stripe(at_once=MOST_AT_ONCE)
def send_refunds() -> None:
    """Send every refund that is owed."""
    for reversal in while_due(
        lambda limit: services.claim_reversals(now=timezone.now(), limit=limit), batch=BATCH
    ):
        try:
            _send(reversal)
        except services.RefundsStopped:
            logger.warning("refund %s waits: those of its call are switched off", reversal.pk)
        except StripeUnavailable as error:
            services.postpone_refund(reversal=reversal, now=timezone.now())
            logger.warning("refund %s is tried again: %s", reversal.pk, error)
        except Exception:
            logger.exception("refund %s is tried again", reversal.pk)


def _send(reversal: Reversal) -> None:
    """Send one refund; when Stripe refuses, somebody may have made it there, so the gift is read again."""
    try:
        services.send_refund(reversal=reversal, now=timezone.now())
    except StripeRefused as error:
        logger.warning("refund %s is refused: %s", reversal.pk, error)
        services.postpone_refund(reversal=reversal, now=timezone.now())
        services.sync_payment(donation=reversal.donation, now=timezone.now())


@shared_task
@one_at_a_time
def ask_for_bank_accounts() -> None:
    """Ask the donor of every refund that came back where the money should go instead."""
    for reversal in Reversal.objects.came_back().select_related("donation")[:200]:
        try:
            services.ask_for_bank_account(reversal=reversal, now=timezone.now())
        except Exception:
            logger.exception("nobody is asked for a bank account for refund %s", reversal.pk)


@shared_task
@one_at_a_time
def remind_of_bank_accounts() -> None:
    """Write again to the donors who have named no bank account."""
    for bank in BankRefund.objects.reminder_due(timezone.now()).select_related("reversal__donation")[:200]:
        try:
            services.remind_of_bank_account(bank=bank, now=timezone.now())
        except Exception:
            logger.exception("no reminder about refund %s", bank.reversal_id)


@shared_task
@one_at_a_time
def remind_of_offline_returns() -> None:
    """Write again to the promoters who have not given gifts outside the site back."""
    due = OfflineDonation.objects.reminder_due(timezone.now()).values("campaign")
    for campaign in Campaign.objects.filter(pk__in=due):
        try:
            services.remind_of_returns(campaign=campaign, now=timezone.now())
        except Exception:
            logger.exception("no reminder about the gifts outside the site of campaign %s", campaign.slug)


@shared_task
@one_at_a_time
def forget_evidence() -> None:
    """Remove the proofs of payment whose forms were never finished."""
    for evidence in Evidence.objects.forgotten(timezone.now())[:200]:
        try:
            services.forget_evidence(evidence=evidence, now=timezone.now())
        except Exception:
            logger.exception("proof %s stays", evidence.pk)


@shared_task
@in_turn_at_stripe()
def send_outgoing() -> None:
    """Bring separate campaigns' accounts up to date, and send every payout, transfer and recovery that is due."""
    waiting = Campaign.objects.filter(
        payment_flow=Campaign.PaymentFlow.SEPARATE, status=Campaign.Status.SUCCEEDED
    )
    for campaign in waiting:
        try:
            services.balance_account(campaign=campaign, now=timezone.now())
        except Exception:
            logger.exception("the account of campaign %s stays as it is", campaign.slug)
    for outgoing in services.claim_outgoing(now=timezone.now()):
        try:
            services.send_outgoing(outgoing=outgoing, now=timezone.now())
        except services.PayoutsStopped as stopped:
            logger.warning("outgoing %s waits: %s", outgoing.pk, stopped)
        except (StripeUnavailable, StripeRefused) as error:
            services.postpone_outgoing(outgoing=outgoing, now=timezone.now())
            logger.warning("outgoing %s is tried again: %s", outgoing.pk, error)
        except Exception:
            logger.exception("outgoing %s is tried again", outgoing.pk)


@shared_task
@in_turn_at_stripe()
def check_payouts() -> None:
    """Ask Stripe again about payouts that are on their way."""
    for outgoing in Outgoing.objects.payouts().filter(status=Outgoing.Status.SENT):
        try:
            services.sync_outgoing(outgoing=outgoing, now=timezone.now())
        except (StripeUnavailable, StripeRefused) as error:
            logger.warning("payout %s is asked about again: %s", outgoing.pk, error)
        except Exception:
            logger.exception("payout %s is asked about again", outgoing.pk)


@shared_task
@in_turn_at_stripe()
def return_transfers() -> None:
    """Bring what a failed refund has left with the platform back to the organizations of successful campaigns."""
    waiting = Reversal.objects.left_with_platform(timezone.now())
    for reversal in waiting.select_related("donation__campaign"):
        try:
            services.return_transfer(donation=reversal.donation, now=timezone.now())
        except (StripeUnavailable, StripeRefused) as error:
            services.postpone_look(donation=reversal.donation, now=timezone.now())
            logger.warning("gift %s is asked about again: %s", reversal.donation.public_id, error)
        except Exception:
            logger.exception("the money of gift %s stays with the platform", reversal.donation.public_id)


@shared_task
@one_at_a_time
def warn_of_held_money() -> None:
    """Tell the officers whose money Stripe may not hold much longer."""
    for campaign in CampaignMoney.objects.held_long(timezone.now()):
        try:
            services.warn_of_held_money(campaign=campaign, now=timezone.now())
        except Exception:
            logger.exception("nobody is told about the money of campaign %s", campaign.slug)


@shared_task
@in_turn_at_stripe()
def close_payment_pages() -> None:
    """Close the payment pages of campaigns and of calls that have stopped taking gifts: nobody gives from that moment."""
    stopped = Stop.objects.calls_holding(Stop.What.GIFTS)
    over = [Campaign.Status.SUSPENDED, Campaign.Status.WITHDRAWN]
    closed = Q(campaign__status__in=over) | Q(campaign__application__call__in=stopped)
    for donation in Donation.objects.pending().filter(closed):
        try:
            services.expire_checkout(donation=donation, now=timezone.now())
        except Exception:
            logger.exception("the payment page of gift %s stays open", donation.public_id)


@shared_task
@one_at_a_time
def end_gift_pauses() -> None:
    """Write that the pauses of new gifts whose time is over have ended."""
    services.end_pauses(now=timezone.now())


@shared_task
@one_at_a_time
def forget_attempts() -> None:
    """Remove what was counted and kept about gifts that were begun, once it serves nothing any more."""
    services.forget_attempts(now=timezone.now())


#: The hour of the city from which the nightly comparison may run, before the audit.
BALANCES_HOUR = 3


@shared_task
@in_turn_at_stripe()
def reconcile_recent() -> None:
    """Compare Stripe's payments and refunds of the last two days with the gifts, once an hour."""
    try:
        services.reconcile_recent(now=timezone.now())
    except (StripeUnavailable, StripeRefused) as error:
        logger.warning("the payments of the last days are compared again: %s", error)


@shared_task
@in_turn_at_stripe()
def reconcile_balances() -> None:
    """Compare every movement on Stripe's accounts with the ledger, once a day from three in the morning on."""
    now = timezone.localtime(timezone.now(), timezone.get_default_timezone())
    since = now.replace(hour=BALANCES_HOUR, minute=0, second=0, microsecond=0)
    if now < since:
        return
    try:
        services.reconcile_balances(not_after=since, now=now)
    except (StripeUnavailable, StripeRefused) as error:
        logger.warning("the movements at Stripe are compared again: %s", error)


@shared_task
@in_turn_at_stripe()
def reconcile_donations() -> None:
    """Ask Stripe again about what has not come to its end, and for messages that were lost."""
    try:
        services.fetch_events(now=timezone.now())
    except (StripeUnavailable, StripeRefused) as error:
        logger.warning("lost events are looked for again: %s", error)
    for donation in services.claim_gifts_to_check(now=timezone.now()):
        try:
            if donation.status == Donation.Status.CREATED:
                donation = services.recover_checkout(donation=donation, now=timezone.now())
            services.sync_payment(donation=donation, now=timezone.now())
        except StripeUnavailable as error:
            logger.warning("gift %s is asked about again: %s", donation.public_id, error)
        except Exception:
            logger.exception("gift %s is asked about again", donation.public_id)
