from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, FloatField, Q, Sum, When
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls.drawings import BoroughArea, borough_areas
from calls.models.call import BOROUGHS
from campaigns.forms import CampaignFilterForm
from campaigns.models import Campaign, CampaignQuerySet
from campaigns.nearby import spot_in_places, spot_named, spot_of, tenths_between
from campaigns.search import corrected, words_of
from civicfund.neighbourhoods import NAMES, Spot
from civicfund.rates import at_most

Status = Campaign.Status
ENDED = (Status.SUCCEEDED, Status.FAILED, Status.REFUNDED, Status.WITHDRAWN)
PAGE_SIZE = 12
FEED_SIZE = 40
ENDING_SOON = timedelta(days=7)


class Way(NamedTuple):
    """How far a campaign is from where the reader asked, in tenths of a kilometre; None when nobody knows."""

    pk: int
    is_running: bool
    tenths: int | None


@require_safe
@at_most("SEARCH_LIMITS", when=lambda request: bool(request.GET))
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Show the campaigns narrowed by words, state, theme and borough, in the order the reader chose."""
    now = timezone.now()
    filters = _filters(request)
    found = _sorted(_narrowed(Campaign.objects.public(), filters, now), filters, now)
    if filters.get("around"):
        filters["spot"], ways = _ways(filters["around"], found)
    if filters.get("spot"):
        page = _nearest_page(ways, request.GET.get("page"), by_distance=not filters.get("sort"))
    else:
        page = Paginator(found.with_story(), PAGE_SIZE).get_page(request.GET.get("page"))
    theme = "application__theme__name"
    chosen = _asked(filters)
    context = {
        "page": page,
        "count": page.paginator.count,
        "states": CampaignFilterForm.STATES,
        "sorts": CampaignFilterForm.SORTS,
        "boroughs": BOROUGHS,
        "areas": _areas(filters, now),
        "themes": Campaign.objects.public().order_by(theme).values_list(theme, flat=True).distinct(),
        "is_narrowed": bool(chosen.keys() - {"sort"}),
        "feed_query": urlencode({name: chosen[name] for name in chosen.keys() - {"around", "sort"}}),
        "neighbourhoods": NAMES,
        **filters,
    }
    return render(request, "campaigns/campaign_list.html", context)


@require_safe
@at_most("SEARCH_LIMITS", when=lambda request: bool(request.GET))
def campaign_feed(request: HttpRequest) -> HttpResponse:
    """Give the newest campaigns to a feed reader, narrowed as the list is."""
    now = timezone.now()
    found = _narrowed(Campaign.objects.public(), _filters(request), now).with_story()
    feed = Atom1Feed(
        title=_("Projects: %(service)s, %(city)s")
        % {"service": settings.CITY["service_name"], "city": settings.CITY["name"]},
        link=f"{settings.SITE_URL}{reverse('campaigns:campaign_list')}",
        description=None,
        feed_url=f"{settings.SITE_URL}{request.get_full_path()}",
        language=get_language(),
    )
    for campaign in found.order_by("-opened_at")[:FEED_SIZE]:
        feed.add_item(
            title=campaign.title,
            link=f"{settings.SITE_URL}{campaign.get_absolute_url()}",
            description=campaign.summary,
            author_name=campaign.organization.legal_name,
            pubdate=campaign.opened_at,
            updateddate=campaign.reached_at or campaign.opened_at,
            categories=[campaign.theme, campaign.borough],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _filters(request: HttpRequest) -> dict[str, Any]:
    """Return what the reader asked for; `meant` is what is looked for when nobody knows a word that was typed."""
    form = CampaignFilterForm(request.GET)
    form.is_valid()
    filters = form.cleaned_data
    words = words_of(filters.get("q") or "")
    public = Campaign.objects.public()
    filters["meant"] = None
    if words and not public.matching(words).exists():
        filters["meant"] = corrected(words, public.vocabulary())
    return filters


def _asked(filters: dict[str, Any]) -> dict[str, Any]:
    """Return what the reader has chosen, without what the site makes of it."""
    return {name: value for name, value in filters.items() if value and name not in ("meant", "spot")}


def _ways(around: str, found: CampaignQuerySet) -> tuple[Spot | None, list[Way]]:
    """Return the place the reader means, and how far from it each campaign is, in the order they were found in."""
    rows = list(found.values_list("pk", "is_running", "application__place", "application__borough"))
    spot = spot_named(around) or spot_in_places(around, [(place, borough) for *_pk, place, borough in rows])
    if spot is None:
        return None, []
    ways = []
    for pk, is_running, place, borough in rows:
        there = spot_of(place, borough)
        ways.append(Way(pk, is_running, tenths_between(spot, there) if there else None))
    return spot, ways


def _nearest_page(ways: list[Way], number: str | None, *, by_distance: bool) -> Page:
    """Return a page of campaigns that know how far they are; those that take gifts first, then the nearest."""
    if by_distance:
        ways = sorted(ways, key=lambda way: (not way.is_running, way.tenths is None, way.tenths))
    page = Paginator(ways, PAGE_SIZE).get_page(number)
    shown = list(page.object_list)
    campaigns = Campaign.objects.with_story().in_bulk([way.pk for way in shown])
    for way in shown:
        campaigns[way.pk].distance = None if way.tenths is None else way.tenths / 10
    page.object_list = [campaigns[way.pk] for way in shown]
    return page


def _areas(filters: dict[str, Any], now: datetime) -> list[BoroughArea]:
    """Return the map of the boroughs: how many campaigns the other filters leave in each, and the way to them."""
    others = {name: value for name, value in filters.items() if value and name != "borough"}
    asked = _asked(others)
    there = "application__borough"
    found = _narrowed(Campaign.objects.public(), others, now).order_by(there).values_list(there)
    return borough_areas(
        dict(found.annotate(Count("pk"))),
        chosen=filters.get("borough"),
        address=lambda number: f"?{urlencode({**asked, 'borough': number})}",
    )


def _narrowed(campaigns: CampaignQuerySet, filters: dict[str, Any], now: datetime) -> CampaignQuerySet:
    """Keep the campaigns that fit the filters."""
    state = filters.get("state")
    if state == "open":
        campaigns = campaigns.open_at(now)
    elif state == "ending":
        campaigns = campaigns.open_at(now).filter(closes_at__lte=now + ENDING_SOON)
    elif state == "reached":
        campaigns = campaigns.filter(reached_at__isnull=False)
    elif state == "ended":
        campaigns = campaigns.filter(status__in=ENDED)
    if filters.get("theme"):
        campaigns = campaigns.filter(application__theme__name=filters["theme"])
    if filters.get("borough"):
        campaigns = campaigns.filter(application__borough=filters["borough"])
    if filters.get("q"):
        words = filters.get("meant") or words_of(filters["q"])
        campaigns = campaigns.matching(words) if words else campaigns.none()
    return campaigns


def _sorted(campaigns: CampaignQuerySet, filters: dict[str, Any], now: datetime) -> CampaignQuerySet:
    """Put the campaigns that take gifts first, then by the order asked for; the best match first when words were typed."""
    campaigns = campaigns.annotate(is_running=Q(status=Status.OPEN, closes_at__gt=now))
    sort = filters.get("sort")
    if sort == "new":
        return campaigns.order_by("-opened_at", "pk")
    if sort == "near":
        # Balances of what was given are negative: it stands on the other side of the books.
        given = Sum("accounts__balance_cents", filter=Q(accounts__kind__in=("donors", "promoter")), default=0)
        campaigns = campaigns.annotate(
            is_reached=Case(When(reached_at=None, then=0), default=1),
            missing=Cast(given, FloatField()) / F("threshold_cents"),
        )
        return campaigns.order_by("-is_running", "is_reached", "missing", "pk")
    if words_of(filters.get("q") or "") and not sort:
        return campaigns.order_by("-is_running", "-rank", "closes_at", "pk")
    return campaigns.order_by("-is_running", "closes_at", "pk")
