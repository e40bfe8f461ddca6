import logging

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from civicfund.wakes import must_wake
from donations import services, tasks
from donations.stripe_answers import BadEvent

logger = logging.getLogger(__name__)

#: Stripe's events are far smaller; what is larger is not read.
LARGEST_BODY_BYTES = 256 * 1024


# Stripe signs every byte of what it sends, and has no cookie of ours.
@csrf_exempt  # nosemgrep: door-without-csrf
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Keep a signed event and answer at once; the worker reads the truth from Stripe."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > LARGEST_BODY_BYTES:
        return HttpResponse(status=413)
    signature = request.headers.get("Stripe-Signature", "")
    try:
        services.record_event(body=request.body, signature=signature, now=timezone.now())
    except BadEvent:
        return HttpResponse(status=400)
    try:
        if must_wake(tasks.apply_events.name):
            tasks.apply_events.delay_on_commit()
    except OperationalError as error:
        # The event is stored: the next tick finds it.
        logger.warning("the worker could not be woken: %s", error)
    return HttpResponse(status=200)
