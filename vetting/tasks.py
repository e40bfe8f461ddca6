"""When formal checks begin, and when requests of the office lapse, are repeated, or end with their application.

Each task loops over rows that are due, one service call each; one bad row is logged and does not stop the rest.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from celery import shared_task
from django.db.models import F, Max, Q
from django.utils import timezone

from calls.models import Application
from calls.services import GRACE
from civicfund.turns import one_at_a_time
from vetting import services
from vetting.models import IntegrationRequest

logger = logging.getLogger(__name__)

#: How many rows one run takes; the next run follows within seconds.
BATCH = 100


@shared_task
@one_at_a_time
def begin_checks() -> None:
    """Begin the formal check of everything that was handed in, or handed in anew, where the call asks for one."""
    submitted = Application.objects.filter(status=Application.Status.SUBMITTED, call__check_days__gt=0)
    latest = submitted.annotate(latest=Max("versions__number"))
    due = latest.filter(Q(eligibility=None) | Q(eligibility__version__number__lt=F("latest")))
    for application in due.order_by("submitted_at")[:BATCH]:
        try:
            services.begin_check(application=application, now=timezone.now())
        except Exception:
            logger.exception("the check of application %s does not begin", application.public_id)


@shared_task
@one_at_a_time
def close_requests() -> None:
    """End the requests whose time is over, and those whose application its body has taken back."""
    now = timezone.now()
    _each(IntegrationRequest.objects.to_lapse(now - GRACE)[:BATCH], services.lapse_request)
    _each(IntegrationRequest.objects.overtaken()[:BATCH], services.follow_taken_back)


@shared_task
@one_at_a_time
def remind_of_requests() -> None:
    """Write again to the bodies whose time to answer is nearly over."""
    _each(IntegrationRequest.objects.to_remind(timezone.now())[:BATCH], services.remind_request)


def _each(requests: Iterable[IntegrationRequest], service: Callable[..., Any]) -> None:
    """Call a service for each of some requests."""
    for request in requests:
        try:
            service(request=request, now=timezone.now())
        except Exception:
            logger.exception("request %s stays as it is", request.pk)
