from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from calls.models import ApplicationVersion, Call, CallSession, Fund
from campaigns.models import Campaign, CampaignQuerySet
from campaigns.plan import plan_of
from campaigns.rules import may_ask, source_word
from campaigns.share_picture import shown, version
from campaigns.structured import campaign_data, site_data
from campaigns.templatetags.gate import figures, meter_figures, promise_figures
from campaigns.views.people import with_obstacles, with_people, with_voices

Status = Campaign.Status
HOME_CAMPAIGNS = 6
SUPPORTERS_SHOWN = 60
UPDATES_SHOWN, QUESTIONS_SHOWN = 3, 4
PROMISED_GIFT_CENTS = 2000


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what the service is, who needs help now, and where the fund stands."""
    now = timezone.now()
    calls = list(_calls_with_money())
    accepting = next((call for call in calls if call.session_open_at(now)), None)
    running = list(Campaign.objects.open_at(now).with_story().order_by("closes_at")[: HOME_CAMPAIGNS + 1])
    featured = _nearest_to_its_gate(running)
    context = {
        "data": site_data(),
        "featured": featured,
        "campaigns": [campaign for campaign in running if campaign != featured],
        "call": accepting or (calls[0] if calls else None),
        "open_session": accepting.session_open_at(now) if accepting else None,
        "meters": [meter_figures(call, _funds_of(call)) for call in calls if call.has_campaigns][:2],
        "past_outcomes": [call.outcome for call in calls if hasattr(call, "outcome")],
        "totals": Campaign.objects.filter(status=Status.SUCCEEDED).aggregate(
            successful=Count("pk"),
            raised_cents=Sum("outcome_raised_cents", default=0),
            granted_cents=Sum("grant__amount_cents", filter=Q(grant__state="awarded"), default=0),
        ),
    }
    return render(request, "campaigns/home.html", context)


def _calls_with_money() -> QuerySet[Call]:
    """Return the published calls with their windows, funds and balances, and whether they have campaigns."""
    opened = Campaign.objects.filter(application__call=OuterRef("pk"), opened_at__isnull=False)
    windows = Prefetch("sessions", CallSession.objects.select_related("fund"))
    calls = Call.objects.published().select_related("outcome").annotate(has_campaigns=Exists(opened))
    return calls.prefetch_related(windows, "sessions__fund__accounts")


def _funds_of(call: Call) -> list[Fund]:
    """Return the funds of a call's windows, each once."""
    return list({session.fund_id: session.fund for session in call.sessions.all() if session.fund}.values())


def _nearest_to_its_gate(running: list[Campaign]) -> Campaign | None:
    """Return the campaign that lacks the smallest part of its threshold, else the one that ends first."""

    def part_missing(campaign: Campaign) -> float:
        bar = figures(campaign)
        return bar["missing_cents"] / bar["threshold_cents"] or 2

    return min(running, key=part_missing, default=None)


@require_safe
def campaign_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a campaign: its story, its money, what it plans, and what a gift does."""
    now = timezone.now()
    versions = ApplicationVersion.objects.filter(application=OuterRef("application")).order_by("-number")
    told = with_voices(with_people(visible(request)))
    told = told.annotate(handed_in=Subquery(versions.values("content")[:1]))
    campaign = get_object_or_404(with_obstacles(told, now).with_story(), slug=slug)
    donors = campaign.givers + campaign.givers_outside
    supporters = campaign.donations.settled().filter(show_name=True).order_by("-settled_at")
    is_held = campaign.paused_reason is not None or campaign.resting_until is not None
    can_give = campaign.is_open(now) and not is_held
    context = {
        "campaign": campaign,
        "gate": figures(campaign, donors),
        "donors": donors,
        "outside_cents": campaign.outside_cents,
        "supporters": supporters[:SUPPORTERS_SHOWN],
        "updates": campaign.updates.published()[:UPDATES_SHOWN],
        "questions": campaign.questions.answered()[:QUESTIONS_SHOWN],
        "gallery": campaign.gallery.kept().order_by("-kind", "added_at", "pk"),
        "source": source_word(request.GET.get("da", "")),
        "may_ask": campaign.is_public and may_ask(status=campaign.status),
        "plan": plan_of(campaign.handed_in) if campaign.handed_in else None,
        "promise": promise_figures(campaign, PROMISED_GIFT_CENTS),
        "can_give": can_give,
        "is_preview": not campaign.is_public,
        "data": campaign_data(campaign, takes_gifts=can_give),
        "picture_version": version(shown(campaign, (get_language() or "it")[:2])),
    }
    return render(request, "campaigns/campaign_detail.html", context)


def visible(request: HttpRequest) -> CampaignQuerySet:
    """Return the campaigns a reader may see: the public ones, one's own, and all for officers who may see campaigns."""
    if request.user.is_staff and request.user.has_perm("campaigns.view_campaign"):
        return Campaign.objects.all()
    if request.user.is_authenticated:
        own = Campaign.objects.of(request.user).values("pk")
        return Campaign.objects.filter(Q(pk__in=Campaign.objects.public()) | Q(pk__in=own))
    return Campaign.objects.public()
