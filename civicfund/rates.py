"""How often one visitor may ask for what costs much: searches, files that are sent, files that are made."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from civicfund.counters import buckets_of, count
from civicfund.visitor import address_of, network_of

View = Callable[..., Any]
READING, SENDING = ("GET",), ("POST",)


def at_most(
    limits: str, *, on: Collection[str] = READING, when: Callable[[HttpRequest], bool] | None = None
) -> Callable[[View], View]:
    """Answer 429 with a friendly page above the limits of a setting, like "SEARCH_LIMITS".

    A signed-in person is counted as such, everybody else by the network. Requests by other methods than those of `on`, and
    those for which `when` says no, are not counted. Source: OWASP ASVS 5.0, 2.4.1 and 15.2.2.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            counts = settings.VISIT_LIMITS and request.method in on and (when is None or when(request))
            until = _full_until(request, limits) if counts else None
            return view(request, *args, **kwargs) if until is None else too_many(request, until)

        return limited

    return decorate


def too_many(request: HttpRequest, until: datetime) -> HttpResponse:
    """Say that this was asked too often, and from when on it may be asked again; to a script in JSON."""
    seconds = max(1, round((until - timezone.now()).total_seconds()))
    if request.content_type == "application/json":
        answer: HttpResponse = JsonResponse({"words": _("Many files have come from here: try again later.")})
    else:
        answer = render(request, "429.html", {"until": until})
    answer.status_code = 429
    answer["Retry-After"] = str(seconds)
    answer["Cache-Control"] = "no-store"
    return answer


def _full_until(request: HttpRequest, limits: str) -> datetime | None:
    """Count a request, and return the instant before which another one is one too many, if it is that already."""
    now = timezone.now()
    who = f"person {request.user.pk}" if request.user.is_authenticated else network_of(address_of(request))
    scope = limits.removesuffix("_LIMITS").lower()
    everybody = buckets_of("without-redis", scope, settings.VISIT_LIMITS_WITHOUT_REDIS, now)
    full = count(buckets_of(scope, who, getattr(settings, limits), now), without_redis=everybody)
    return max((bucket.ends_at for bucket in full), default=None)
