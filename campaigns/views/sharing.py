"""What leaves the site with a campaign on it: the share page, QR code, posters, widget, picture and oEmbed."""

from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from campaigns.poster import SHAPES, page_address, poster_pdf, qr_svg
from campaigns.share_picture import draw, shown, version
from civicfund.rates import at_most

#: What the widget takes on the page of somebody else, in CSS pixels.
WIDGET_WIDTH, WIDGET_HEIGHT = 360, 470
#: How long others may keep what shows the current figures, in seconds.
FRESH_SECONDS = 60
#: How long a drawn picture is kept; its name changes with what it shows.
KEPT_SECONDS = 86_400


def _public(slug: str) -> Campaign:
    """Return a campaign everybody may see, or answer 404."""
    return get_object_or_404(Campaign.objects.public().with_story(), slug=slug)


def widget_code(campaign: Campaign) -> str:
    """Return what another site pastes into its own page."""
    return render_to_string(
        "campaigns/_widget_code.html",
        {
            "address": settings.SITE_URL + reverse("campaigns:campaign_widget", args=[campaign.slug]),
            "title": campaign.title,
            "width": WIDGET_WIDTH,
            "height": WIDGET_HEIGHT,
        },
    ).strip()


@require_safe
def campaign_share(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer every way to tell others about a campaign."""
    campaign = _public(slug)
    context = {"campaign": campaign, "address": page_address(campaign), "code": widget_code(campaign)}
    return render(request, "campaigns/campaign_share.html", context)


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
def campaign_qr(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the QR code that leads to a campaign."""
    campaign = get_object_or_404(Campaign.objects.public(), slug=slug)
    return HttpResponse(qr_svg(page_address(campaign, "qr")), content_type="image/svg+xml")


@require_safe
@at_most("EXPORT_LIMITS")
def campaign_poster(request: HttpRequest, slug: str, shape: str) -> HttpResponse:
    """Set a poster with the figures of now."""
    campaign = _public(slug)
    if shape not in SHAPES:
        raise Http404
    language = (get_language() or "it")[:2]
    pdf = poster_pdf(campaign, shape=shape, language=language, now=timezone.now())
    name = f"{campaign.slug}-{shape}.pdf"
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@require_safe
@cache_control(public=True, max_age=FRESH_SECONDS)
def campaign_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw a campaign as it stands; what has been drawn of the same figures is kept."""
    campaign = _public(slug)
    facts = shown(campaign, (get_language() or "it")[:2])
    key = f"share-picture:{campaign.pk}:{version(facts)}"
    picture = cache.get(key)
    if picture is None:
        picture = draw(campaign, facts)
        cache.set(key, picture, KEPT_SECONDS)
    return HttpResponse(picture, content_type="image/png")


@require_safe
@xframe_options_exempt
@csp_replace(
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "connect-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": ["*"],
    }
)
@cache_control(public=True, max_age=FRESH_SECONDS)
def campaign_widget(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a campaign's card to be framed by any site: no script, no cookie, its own tight policy."""
    return render(request, "campaigns/campaign_widget.html", {"campaign": _public(slug)})


@require_safe
@cache_control(public=True, max_age=FRESH_SECONDS)
def oembed(request: HttpRequest) -> HttpResponse:
    """Tell other sites how to show a campaign, as oembed.com describes it: JSON only."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse("JSON only\n", status=501, content_type="text/plain")
    campaign = _public(_slug_in(request.GET.get("url", "")))
    width, height = (
        _at_most(request.GET.get("maxwidth"), WIDGET_WIDTH),
        _at_most(request.GET.get("maxheight"), WIDGET_HEIGHT),
    )
    picture = settings.SITE_URL + reverse("campaigns:campaign_picture", args=[campaign.slug])
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": campaign.title,
        "author_name": campaign.organization.legal_name,
        "provider_name": settings.CITY["service_name"],
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": FRESH_SECONDS,
        "thumbnail_url": picture,
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
        "html": widget_code(campaign),
        "width": width,
        "height": height,
    }
    return JsonResponse(answer, headers={"Access-Control-Allow-Origin": "*"})


def _slug_in(url: str) -> str:
    """Return the campaign an address of this site names, or answer 404."""
    if not url.startswith(f"{settings.SITE_URL}/"):
        raise Http404
    try:
        match = resolve(urlsplit(url).path)
    except Resolver404:
        raise Http404 from None
    if match.view_name not in ("campaigns:campaign_detail", "campaigns:campaign_widget"):
        raise Http404
    return match.kwargs["slug"]


def _at_most(asked: str | None, usual: int) -> int:
    """Return a size that fits what was asked for."""
    return min(int(asked), usual) if asked and asked.isdecimal() and int(asked) else usual
