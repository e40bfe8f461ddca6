"""How search engines find the pages: the map of the site and what they may read."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from calls.models import Call
from campaigns.models import Campaign

#: How long the answers may be kept, in seconds.
KEPT_SECONDS = 3600
FIXED = (
    "campaigns:home",
    "campaigns:campaign_list",
    "calls:call_list",
    "how-it-works",
    "transparency:statistics",
    "transparency:open_data",
    "privacy",
    "cookies",
    "accessibility",
)
#: Pages of one person, or that nobody should find without their link.
CLOSED = (
    "/account/",
    "/candidature/",
    "/donazioni/",
    "/inviti/",
    "/mie-campagne/",
    "/mie-donazioni/",
    "/organizzazioni/",
    "/partenariati/",
    "/seguo/",
    "/verifica/",
)


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
def sitemap(request: HttpRequest) -> HttpResponse:
    """List every page that is worth finding, with the instant of its last change where it is known."""
    pages = [(settings.SITE_URL + path, changed) for path, changed in _pages()]
    return render(request, "transparency/sitemap.xml", {"pages": pages}, content_type="application/xml")


def _pages() -> Iterator[tuple[str, datetime | None]]:
    for name in FIXED:
        yield reverse(name), None
    for call in Call.objects.published().order_by("-published_at"):
        yield call.get_absolute_url(), call.published_at
    for campaign in Campaign.objects.public().order_by("-opened_at"):
        known = (campaign.opened_at, campaign.reached_at, campaign.settled_at)
        yield campaign.get_absolute_url(), max(moment for moment in known if moment)


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
def robots(request: HttpRequest) -> HttpResponse:
    """Say what programs may read; the desk is not named, it asks for a password."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), ""]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('transparency:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
