"""When campaigns are drafted."""

import logging

from celery import shared_task
from django.utils import timezone

from campaigns import services
from civicfund.turns import one_at_a_time
from vetting.models import Decision

logger = logging.getLogger(__name__)


@shared_task
@one_at_a_time
def draft_admitted_campaigns() -> None:
    """Make the campaign of every admitted application that has none."""
    admitted = Decision.objects.filter(
        outcome=Decision.Outcome.ADMITTED, application__campaign=None
    ).select_related("application__call")
    for decision in admitted:
        try:
            services.draft_campaign(decision=decision, now=timezone.now())
        except Exception:
            logger.exception("no campaign for decision %s", decision.pk)
