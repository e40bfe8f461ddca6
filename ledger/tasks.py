"""When funds are filled."""

import logging

from celery import shared_task
from django.utils import timezone

from calls.models import Call, Fund
from civicfund.turns import one_at_a_time
from ledger import services
from ledger.models import Account

logger = logging.getLogger(__name__)


@shared_task
@one_at_a_time
def allocate_published_funds() -> None:
    """Put the money of every published call's funds at their disposal.

    Editions that come with published totals were run elsewhere: their money is history, not something to spend here.
    """
    filled = Account.objects.filter(kind=Account.Kind.ALLOCATED).values("fund")
    ours = Fund.objects.filter(call__status=Call.Status.PUBLISHED, call__outcome=None)
    for fund in ours.exclude(pk__in=filled):
        try:
            services.allocate_fund(fund=fund, now=timezone.now())
        except Exception:
            logger.exception("fund %s is not allocated", fund.pk)
