"""When campaigns open, grants are released and deadlines are kept."""

import logging

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from campaigns.models import Campaign
from civicfund.turns import in_turn_at_stripe, one_at_a_time
from donations.services import expire_checkout
from donations.stripe_answers import StripeRefused, StripeUnavailable
from matching import services
from matching.audit import compare_with_stripe, run_checks
from matching.models import AuditRun, GrantOffer, IncorporationProof, RetentionRun
from matching.services.retention import erase_what_is_over

logger = logging.getLogger(__name__)

#: The hour of the city at which nobody gives and nobody works.
AUDIT_HOUR = 4
#: The hour from which what is over may be erased: before the comparison and the audit, which look at what is left.
ERASE_HOUR = 2


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
    """Complete partial awards, then award the municipality's share to every campaign that has reached and has none yet.

    The order is that of reaching, to the second, then of the protocol number: decided beforehand and verifiable, as
    L. 241/1990 art. 12 asks.
    """
    for fund in services.funds_to_complete():
        try:
            services.complete_grants(fund=fund, now=timezone.now())
        except services.ReleasesStopped as reason:
            logger.warning("fund %s completes no grant: %s", fund, reason)
        except Exception:
            logger.exception("fund %s completes no grant", fund)
    short = set()
    for campaign in services.campaigns_in_line(now=timezone.now()):
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
            if services.holds_the_line(grant):
                short.add(campaign.fund.pk)


@shared_task
@one_at_a_time
def close_offers() -> None:
    """Return every offered part whose days are over, or to which its campaign has no right any more."""
    for offer in GrantOffer.objects.to_close(timezone.now()).select_related("grant__campaign"):
        try:
            services.close_offer(offer=offer, now=timezone.now())
        except Exception:
            logger.exception("offer %s does not end", offer.pk)


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


@shared_task
@one_at_a_time
def forget_body_proofs() -> None:
    """Remove the proofs of new bodies whose form was never finished."""
    now = timezone.now()
    for proof in IncorporationProof.objects.forgotten(now):
        try:
            services.forget_body_proof(proof=proof, now=now)
        except Exception:
            logger.exception("proof %s of a new body is not forgotten", proof.pk)


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


@shared_task
@one_at_a_time
def forget_expired() -> None:
    """Erase once a day, from two in the morning of the city on, what no longer has to be kept, and keep the report."""
    now = timezone.localtime(timezone.now(), timezone.get_default_timezone())
    since = now.replace(hour=ERASE_HOUR, minute=0, second=0, microsecond=0)
    if now < since or RetentionRun.objects.since(since).exists():
        return
    erase_what_is_over(now=now)
