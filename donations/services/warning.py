"""What a card's bank says about a gift before anybody contests it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail, refuse_own_body
from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import Donation, FraudWarning, Reversal
from donations.services.reversal import lock_gift, mark_due, post_owed
from donations.services.standing import kept_cents
from donations.stripe_answers import WarningState

Outcome = FraudWarning.Outcome
Status = Donation.Status


class NotWaiting(Exception):
    """Say that a warning of fraud has been decided already, or that its reason is missing."""


def heed_fraud_warnings(*, donation: Donation, now: datetime) -> None:
    """Read from Stripe what a card's bank fears, and give the gift back while its campaign is open, once.

    A refund costs nothing more, the dispute that would follow does. After the campaign has closed an officer decides.
    Raise the gateway's StripeUnavailable or StripeRefused.
    """
    warnings = stripe_gateway.list_fraud_warnings(donation)
    with transaction.atomic():
        campaign, donation = lock_gift(donation)
        for warning in warnings:
            if not donation.fraud_warnings.filter(stripe_warning_id=warning.warning_id).exists():
                _heed(warning, donation, campaign, now)


def _heed(warning: WarningState, donation: Donation, campaign: Campaign, now: datetime) -> None:
    """Keep one warning and do what follows from it."""
    here = donation.status in (Status.SETTLED, Status.QUARANTINED)
    is_open = campaign.status in (Campaign.Status.OPEN, Campaign.Status.SUSPENDED)
    outcome = (Outcome.REFUNDED if is_open else Outcome.WAITING) if here else Outcome.MOOT
    FraudWarning.objects.create(
        donation=donation,
        stripe_warning_id=warning.warning_id,
        fraud_type=warning.fraud_type,
        warned_at=warning.warned_at,
        outcome=outcome,
        decided_at=None if outcome == Outcome.WAITING else now,
    )
    if outcome == Outcome.REFUNDED:
        _give_back(donation, campaign, warning, now)


def _give_back(donation: Donation, campaign: Campaign, warning: WarningState, now: datetime) -> None:
    """Owe a gift back because of a warning, and write to its donor."""
    reversal = Reversal.objects.create(
        donation=donation,
        amount_cents=kept_cents(donation),
        reason=Reversal.Reason.EARLY_FRAUD,
        note=warning.fraud_type,
        created_at=now,
        next_attempt_at=now,
    )
    post_owed(
        donation, campaign, reversal.amount_cents, f"owed:{reversal.pk}", now, reason=warning.fraud_type
    )
    mark_due(donation, now)
    queue_mail(
        key=f"gift_fraud_warning:{donation.pk}",
        topic=campaign.call.mail_topic,
        recipient=donation.email,
        template="gift_fraud_warning",
        context={"donation": donation, "campaign": campaign, "reversal": reversal},
        language=donation.language,
        now=now,
    )


@transaction.atomic
def keep_warned_gift(*, warning: FraudWarning, by: User, reason: str, now: datetime) -> FraudWarning:
    """Leave a gift where it is although its card's bank fears fraud, as an officer and with a reason.

    Raise OwnBody, NotWaiting when it is decided already or the reason is missing.
    """
    warning = FraudWarning.objects.select_for_update(no_key=True).get(pk=warning.pk)
    if warning.outcome != Outcome.WAITING or not reason.strip():
        raise NotWaiting(warning.stripe_warning_id)
    refuse_own_body(warning.donation.campaign.organization, by)
    warning.outcome = Outcome.KEPT
    warning.decided_at = now
    warning.actor = by
    warning.note = reason.strip()[:500]
    warning.save(update_fields=["outcome", "decided_at", "actor", "note"])
    return warning
