from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from calls.drawings import BoroughArea, borough_areas
from calls.models import Call, Stop
from calls.models.call import BOROUGHS
from campaigns.forms import CampaignFilterForm
from campaigns.models import Campaign, CampaignQuerySet
from campaigns.templatetags.gate import figures, meter_figures, promise_figures

Status = Campaign.Status
ENDED = (Status.SUCCEEDED, Status.FAILED, Status.REFUNDED, Status.WITHDRAWN)
PAGE_SIZE = 12
SUPPORTERS_SHOWN = 12
PROMISED_GIFT_CENTS = 2000
ENDING_SOON = timedelta(days=7)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what the service is, who needs help now, and where the fund stands."""
    now = timezone.now()
    calls = list(Call.objects.published().with_parts().prefetch_related("funds__accounts"))
    accepting = next((call for call in calls if call.session_open_at(now)), None)
    running = Campaign.objects.open_at(now).with_story().order_by("closes_at")
    giving = Campaign.objects.filter(opened_at__isnull=False).values_list("application__call", flat=True)
    with_campaigns = set(giving.distinct())
    context = {
        "campaigns": running[:6],
        "call": accepting or (calls[0] if calls else None),
        "open_session": accepting.session_open_at(now) if accepting else None,
        "meters": [meter_figures(call) for call in calls if call.pk in with_campaigns][:2],
        "past_outcomes": [call.outcome for call in calls if hasattr(call, "outcome")],
        "totals": Campaign.objects.filter(status=Status.SUCCEEDED).aggregate(
            successful=Count("pk"),
            raised_cents=Sum("outcome_raised_cents", default=0),
            granted_cents=Sum("grant__amount_cents", filter=Q(grant__state="awarded"), default=0),
        ),
    }
    return render(request, "campaigns/home.html", context)


@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Show the campaigns, those that need help soonest first, narrowed by state, borough and words."""
    now = timezone.now()
    form = CampaignFilterForm(request.GET)
    form.is_valid()
    filters = form.cleaned_data
    found = _narrowed(Campaign.objects.public(), filters, now)
    order = ["-is_running", "closes_at"]
    theme = "application__theme__name"
    campaigns = found.annotate(is_running=Q(status=Status.OPEN, closes_at__gt=now)).order_by(*order, "pk")
    page = Paginator(campaigns.with_story(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "count": page.paginator.count,
        "states": CampaignFilterForm.STATES,
        "boroughs": BOROUGHS,
        "areas": _areas(filters, now),
        "themes": Campaign.objects.public().order_by(theme).values_list(theme, flat=True).distinct(),
        **filters,
    }
    return render(request, "campaigns/campaign_list.html", context)


def _areas(filters: dict[str, Any], now: datetime) -> list[BoroughArea]:
    """Return the map of the boroughs: how many campaigns the other filters leave in each, and the way to them."""
    others = {name: value for name, value in filters.items() if value and name != "borough"}
    there = "application__borough"
    found = _narrowed(Campaign.objects.public(), others, now).order_by(there).values_list(there)
    return borough_areas(
        dict(found.annotate(Count("pk"))),
        chosen=filters.get("borough"),
        address=lambda number: f"?{urlencode({**others, 'borough': number})}",
    )


@require_safe
def campaign_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a campaign: its story, its money, and what a gift does."""
    campaign = get_object_or_404(_visible(request).with_story(), slug=slug)
    donors = count_people(campaign)
    supporters = campaign.donations.settled().filter(show_name=True).order_by("-settled_at")
    paused = Stop.objects.holding(Stop.What.GIFTS).filter(call=campaign.call).first()
    resting = campaign.gift_pauses.holding(timezone.now()).first()
    context = {
        "campaign": campaign,
        "gate": figures(campaign, donors),
        "donors": donors,
        "outside_cents": _gifts_outside(campaign).aggregate(total=Sum("counted_cents", default=0))["total"],
        "supporters": supporters[:SUPPORTERS_SHOWN],
        "promise": promise_figures(campaign, PROMISED_GIFT_CENTS),
        "can_give": campaign.is_open(timezone.now()) and paused is None and resting is None,
        "paused": paused,
        "resting": resting,
        "is_preview": not campaign.is_public,
    }
    return render(request, "campaigns/campaign_detail.html", context)


def count_people(campaign: Campaign) -> int:
    """Return how many people have given to a campaign, on the site or outside it; addresses tell those on it apart."""
    gifts = campaign.donations.exclude(settled_at=None).exclude(status="quarantined")
    only_outside = _gifts_outside(campaign).exclude(email_key__in=gifts.values("email_key"))
    return gifts.values("email").distinct().count() + only_outside.values("name").distinct().count()


def _gifts_outside(campaign: Campaign) -> QuerySet:
    """Return the verified gifts that reached the promoter outside the site."""
    return campaign.offline_donations.exclude(verified_at=None).exclude(status="annulled")


def _visible(request: HttpRequest) -> CampaignQuerySet:
    """Return the campaigns a reader may see: the public ones, one's own, and all for officers who may see campaigns."""
    if request.user.is_staff and request.user.has_perm("campaigns.view_campaign"):
        return Campaign.objects.all()
    if request.user.is_authenticated:
        own = Campaign.objects.of(request.user).values("pk")
        return Campaign.objects.filter(Q(pk__in=Campaign.objects.public()) | Q(pk__in=own))
    return Campaign.objects.public()


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
    for word in (filters.get("q") or "").split():
        campaigns = campaigns.filter(
            Q(title__icontains=word)
            | Q(summary__icontains=word)
            | Q(application__organization__legal_name__icontains=word)
            | Q(application__place__icontains=word)
        )
    return campaigns
