"""When campaigns open, grants are released and deadlines are kept."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from calls.models import Call
from campaigns.models import Campaign
from civicfund.turns import in_turn_at_stripe, one_at_a_time
from donations.services import expire_checkout
from donations.stripe_answers import StripeRefused, StripeUnavailable
from matching import services
from matching.audit import compare_with_stripe, run_checks
from matching.models import AuditRun, Grant

logger = logging.getLogger(__name__)

#: In calls without reservations the order of reaching decides. A campaign is looked at only when no transaction that
#: carries an earlier instant can still be waiting for a lock.
QUIET = timedelta(seconds=settings.LOCK_TIMEOUT_SECONDS + 2)
#: The hour of the city at which nobody gives and nobody works.
AUDIT_HOUR = 4


@shared_task
@one_at_a_time
def open_due_campaigns() -> None:
    """Open every approved campaign whose time has come, in the order of their protocol numbers."""
    due = Campaign.objects.opening_due(timezone.now()).with_story()
    for campaign in due.order_by("opens_at", "application__protocol_number"):
        try:
            services.open_campaign(campaign=campaign, now=timezone.now())
        except Exception:
            logger.exception("campaign %s does not open", campaign.slug)


@shared_task
@one_at_a_time
def release_due_grants() -> None:
    """Award the municipality's share to every campaign that has reached its threshold and has none yet.

    The order is that of reaching, to the second, then of the protocol number: decided beforehand and verifiable, as
    L. 241/1990 art. 12 asks.
    """
    now = timezone.now()
    reserved = Q(application__call__reservation_mode=Call.ReservationMode.RESERVED)
    due = (
        Campaign.objects.filter(reached_at__isnull=False)
        .filter(status__in=services.RELEASING)
        .filter(reserved | Q(reached_at__lte=now - QUIET))
        .exclude(grant__state__in=[Grant.State.AWARDED, *Grant.OVER])
        .filter(grant_due_cents__gt=0)
        .with_story()
    )
    in_order = sorted(
        due,
        key=lambda campaign: (
            campaign.reached_at.replace(microsecond=0),
            campaign.application.protocol_number,
        ),
    )
    short = set()
    for campaign in in_order:
        # Nobody is served before somebody who reached the threshold earlier and waits for the same fund.
        if campaign.fund.pk in short:
            continue
        try:
            grant = services.release_grant(campaign=campaign, now=timezone.now())
        except services.ReleasesStopped as reason:
            logger.warning("campaign %s waits for its grant: %s", campaign.slug, reason)
        except Exception:
            logger.exception("no grant for campaign %s", campaign.slug)
        else:
            if grant and grant.state == Grant.State.WAITLISTED:
                short.add(campaign.fund.pk)


@shared_task
@in_turn_at_stripe()
def settle_campaigns() -> None:
    """Close every campaign at its deadline, close its payment pages, and decide its outcome when nothing is under way."""
    now = timezone.now()
    # Those that may end early; the service looks closely.
    covered = Q(status=Campaign.Status.OPEN, application__call__stops_when_covered=True)
    restored = Q(status=Campaign.Status.CURE)
    early = Campaign.objects.filter(covered | restored, reached_at__isnull=False)
    for campaign in [*Campaign.objects.closing_due(now).with_story(), *early.with_story()]:
        try:
            services.close_campaign(campaign=campaign, now=timezone.now())
        except Exception:
            logger.exception("campaign %s does not close", campaign.slug)
    closing = list(Campaign.objects.filter(status=Campaign.Status.CLOSING).with_story())
    # Those with nothing under way first: a page that hangs at Stripe keeps nobody else from an outcome.
    closing.sort(key=lambda campaign: campaign.donations.pending().exists())
    for campaign in closing:
        try:
            _expire_checkouts(campaign)
            services.settle_campaign(campaign=campaign, now=timezone.now())
        except StripeUnavailable as error:
            logger.warning("campaign %s waits for Stripe: %s", campaign.slug, error)
        except services.ReleasesStopped as reason:
            logger.warning("campaign %s waits for its outcome: %s", campaign.slug, reason)
        except Exception:
            logger.exception("campaign %s has no outcome", campaign.slug)


@shared_task
@in_turn_at_stripe()
def settle_kept_campaigns() -> None:
    """Decide the outcome of every campaign below its threshold whose promoter, or whose donors, have had their days."""
    for campaign in Campaign.objects.keeping_due(timezone.now()).with_story():
        try:
            services.settle_keeping(campaign=campaign, now=timezone.now())
        except Exception:
            logger.exception("campaign %s has no outcome", campaign.slug)


@shared_task
@one_at_a_time
def follow_shortfalls() -> None:
    """Open, adjust and close the shortfalls of awarded campaigns that refunds or disputes have taken below their threshold."""
    for grant in services.shortfalls_to_follow():
        try:
            services.follow_shortfall(grant=grant, now=timezone.now())
        except Exception:
            logger.exception("the shortfall of grant %s is not followed", grant.pk)


def _expire_checkouts(campaign: Campaign) -> None:
    """Close every payment page of a campaign that takes no more gifts."""
    for donation in campaign.donations.pending().order_by("pk"):
        expire_checkout(donation=donation, now=timezone.now())


@shared_task
@in_turn_at_stripe()
def audit_money() -> None:
    """Audit all money once a day, from four in the morning of the city on, and keep the result."""
    now = timezone.localtime(timezone.now(), timezone.get_default_timezone())
    since = now.replace(hour=AUDIT_HOUR, minute=0, second=0, microsecond=0)
    if now < since or AuditRun.objects.since(since).exists():
        return
    try:
        found = run_checks(now=now) | compare_with_stripe(now=now)
    except (StripeUnavailable, StripeRefused) as error:
        logger.warning("the audit waits for Stripe: %s", error)
        return
    run = services.record_audit(found=found, now=now)
    if not run.is_balanced:
        logger.error("the books do not balance: %s", run.broken)
