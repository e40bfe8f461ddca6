"""When silent partners are written to again, and uploads that nobody goes on with are removed.

Each task loops over rows that are due, one service call each; one bad row is logged and does not stop the rest.
"""

import logging

from celery import shared_task
from django.utils import timezone

from calls import services
from calls.models import Partner, Upload
from civicfund.turns import one_at_a_time

logger = logging.getLogger(__name__)

#: How many partners one run writes to; the next run follows within minutes.
BATCH = 100


@shared_task
@one_at_a_time
def remind_partners() -> None:
    """Write again to the partners that have not answered their invitation."""
    for partner in Partner.objects.to_remind(timezone.now()).order_by("remind_at")[:BATCH]:
        try:
            services.remind_partner(partner=partner, now=timezone.now())
        except Exception:
            logger.exception("partner %s is not reminded", partner.public_id)


@shared_task
@one_at_a_time
def forget_uploads() -> None:
    """Remove the pieces of uploads that were never finished."""
    for upload in Upload.objects.forgotten(timezone.now())[:200]:
        try:
            services.forget_upload(upload=upload, now=timezone.now())
        except Exception:
            logger.exception("upload %s stays", upload.pk)
