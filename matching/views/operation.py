"""What machines ask, and what an operator sees: is it ready, how is it doing, which task does not run."""

from collections.abc import Iterator

import redis
from django.conf import settings
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from accounts.models import Mail
from calls.models import Stop
from donations.models import Difference
from matching.metrics import exposition
from matching.models import AuditRun
from matching.operation import clockworks, for_people, last_beat, troubles

#: How long the broker may take to answer, in seconds.
PATIENCE = 2
#: What it takes to see the operator's page.
RIGHT = "civicfund.view_taskrun"


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Say 200 "ok", or 503 and on each line what keeps the platform from its work: database, broker, clock, old rows.

    What waits for people stands below an "ok": a campaign that cannot open is no fault of the machine.

    For alarms and for a release that waits until everything runs. Whether a web process should get visitors is what
    /healthz says: a tired worker is no reason to take the pages away.
    """
    wrong = list(_not_ready())
    text = "\n".join(wrong or ["ok", *(f"for people: {words}" for words in for_people(now=timezone.now()))])
    return HttpResponse(f"{text}\n", status=503 if wrong else 200, content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus its measures, if it shows the token of METRICS_TOKEN; without such a setting there is no page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse("a token is missing\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(now=timezone.now()), content_type=CONTENT_TYPE_LATEST)


@require_safe
def machine(request: HttpRequest) -> HttpResponse:
    """Show an operator every periodic task, with what waits for it, and what stands still."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    now = timezone.now()
    works = clockworks(now=now)
    context = {
        **site.each_context(request),
        "title": _("How the machine is doing"),
        "now": now,
        "beat": last_beat(),
        "works": works,
        "in_trouble": [one for one in works if one.state in ("failing", "late")],
        "not_yet": [one for one in works if one.state == "never"],
        "too_old": [one for one in works if one.waiting and one.waiting.is_too_old],
        "audit": AuditRun.objects.order_by("-ran_at").first(),
        "differences": Difference.objects.open().count(),
        "stuck": Mail.objects.stuck(now - Mail.STUCK_AFTER).count(),
        "stops": Stop.objects.exclude(status=Stop.Status.ENDED).select_related("call"),
    }
    return TemplateResponse(request, "admin/operation.html", context)


def _not_ready() -> Iterator[str]:
    """Yield what is wrong; without a database nothing more can be asked."""
    try:
        redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ).ping()
    except redis.RedisError as error:
        yield f"the broker does not answer: {type(error).__name__}"
    try:
        connection.ensure_connection()
        yield from troubles(now=timezone.now())
    except Error as error:
        yield f"the database does not answer: {type(error).__name__}"
