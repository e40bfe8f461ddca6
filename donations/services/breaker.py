"""A campaign's new gifts pause by themselves while too many cards are refused there, since somebody is trying stolen ones."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F

from accounts.models import User
from accounts.services import queue_mail_to_officers, refuse_own_body
from campaigns.models import Campaign
from donations import rules
from donations.models import Decline, Donation, GiftPause, StripeEvent

RIGHT = "donations.change_giftpause"


class GiftsResting(Exception):
    """Say that a campaign begins no new payment before an instant, which it carries."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class PauseIsOver(Exception):
    """Say that a pause has ended already."""


class NoReasonGiven(Exception):
    """Say that an officer ends a pause only with a reason."""


def refuse_while_paused(campaign: Campaign, now: datetime) -> None:
    """Raise GiftsResting while a campaign begins no new payment."""
    pauses = GiftPause.objects.holding(now).filter(campaign=campaign)
    until = pauses.values_list("until", flat=True).first()
    if until is not None:
        raise GiftsResting(until)


@transaction.atomic
def note_decline(*, donation: Donation, event: StripeEvent, now: datetime) -> None:
    """Keep a refused try to pay, once, and pause the campaign's new gifts when there are too many; its officers are told.

    A gift that is refused again and again counts once, so that nobody pauses a campaign from one payment page. More gifts
    refused than GIFT_PAUSE_DECLINES, or than GIFT_PAUSE_RATE_BP (basis points) of all, are not mistyped numbers.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=donation.campaign_id)
    _decline, is_new = Decline.objects.get_or_create(
        stripe_event_id=event.stripe_id,
        defaults={"donation": donation, "campaign": campaign, "declined_at": event.received_at},
    )
    if (
        not (is_new and settings.GIFT_LIMITS)
        or GiftPause.objects.holding(now).filter(campaign=campaign).exists()
    ):
        return
    _end_over(campaign, now)
    limit = settings.GIFT_PAUSE_DECLINES
    since = now - timedelta(seconds=limit.seconds)
    last = GiftPause.objects.filter(campaign=campaign, ended_at__gt=since).first()
    if last is not None and last.ended_at is not None:
        # What was refused before is what the pause was for.
        since = last.ended_at
    refused = Decline.objects.filter(campaign=campaign, declined_at__gt=since)
    declines = refused.aggregate(gifts=Count("donation", distinct=True))["gifts"]
    payments = Donation.objects.filter(campaign=campaign, settled_at__gt=since).count()
    if rules.is_testing(
        declines,
        payments,
        most=limit.number,
        rate_bp=settings.GIFT_PAUSE_RATE_BP,
        rate_from=settings.GIFT_PAUSE_RATE_FROM,
    ):
        _pause(campaign, declines, payments, now)


def _end_over(campaign: Campaign, now: datetime) -> None:
    """Write that a campaign's pause whose time is over has ended, before anything is counted anew."""
    GiftPause.objects.over(now).filter(campaign=campaign).update(ended_at=F("until"))


def _pause(campaign: Campaign, declines: int, payments: int, now: datetime) -> None:
    """Pause a campaign's new gifts, its own row locked by the caller, and write to the officers."""
    pause = GiftPause.objects.create(
        campaign=campaign,
        began_at=now,
        until=now + timedelta(seconds=settings.GIFT_PAUSE_SECONDS),
        declines=declines,
        payments=payments,
    )
    queue_mail_to_officers(
        right=RIGHT,
        key=f"gifts_resting:{pause.pk}",
        template="gifts_resting",
        context={"campaign": campaign, "pause": pause},
        now=now,
    )


@transaction.atomic
def resume_gifts(*, pause: GiftPause, by: User, reason: str, now: datetime) -> GiftPause:
    """End a pause early, as an officer and with a reason. Raise OwnBody, PauseIsOver, NoReasonGiven."""
    pause = GiftPause.objects.select_for_update(no_key=True, of=("self",)).get(pk=pause.pk)
    if not reason.strip():
        raise NoReasonGiven(pause.pk)
    refuse_own_body(pause.campaign.organization, by)
    if pause.ended_at is not None or pause.until <= now:
        raise PauseIsOver(pause.pk)
    pause.ended_at = now
    pause.actor = by
    pause.reason = reason.strip()[:500]
    pause.save(update_fields=["ended_at", "actor", "reason"])
    return pause


def end_pauses(*, now: datetime) -> None:
    """Write that the pauses whose time is over have ended; they hold nobody from that instant on."""
    GiftPause.objects.over(now).update(ended_at=F("until"))
