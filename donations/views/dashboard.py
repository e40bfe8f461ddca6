"""How a promoter's campaign is going: money by day, where it comes from, who gave, what is to be done."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from campaigns.models import Campaign
from campaigns.rules import source_word
from donations import services
from donations.income import HEIGHT, days_of, sources_of
from donations.thanks_form import ThanksForm

PAGE_SIZE = 12
#: Words proposed for links.
PROPOSED = ("volantino", "newsletter", "whatsapp", "instagram")
#: Updates older than this make a page look asleep, in days.
FRESH_DAYS = 14


@login_required
@never_cache
def campaign_dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a promoter's members how their campaign is going; who writes for the body may thank the donors."""
    now = timezone.now()
    campaign = get_object_or_404(Campaign.objects.of(request.user).with_story(), slug=slug)
    if not campaign.opened_at:
        return redirect("campaigns:campaign_manage", slug)
    may_write = Campaign.objects.writable_by(request.user).filter(pk=campaign.pk).exists()
    form = ThanksForm(request.POST or None)
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        if form.is_valid():
            _thank(request, campaign, form)
            return redirect("donations:campaign_dashboard", slug)
    gifts = campaign.donations.settled().select_related("thanks").order_by("-settled_at", "-pk")
    days = days_of(campaign, now)
    unthanked = gifts.filter(thanks=None).count()
    word = source_word(request.GET.get("parola", ""))
    context = {
        "campaign": campaign,
        "days": days,
        "height": HEIGHT,
        "richest": max(days, key=lambda day: day.cents),
        "with_gifts": [day for day in reversed(days) if day.gifts],
        "sources": sources_of(campaign),
        "links": [(each, _link(campaign, each)) for each in ((word,) if word else PROPOSED)],
        "word": word,
        "page": Paginator(gifts, PAGE_SIZE).get_page(request.GET.get("page")),
        "unthanked": unthanked,
        "may_write": may_write,
        "form": form,
        "steps": _steps(campaign, unthanked, now),
    }
    return render(request, "donations/campaign_dashboard.html", context, status=422 if form.errors else 200)


def _link(campaign: Campaign, word: str) -> str:
    """Return the campaign's address with a word that is counted."""
    return f"{settings.SITE_URL}{campaign.get_absolute_url()}?da={word}"


def _thank(request: HttpRequest, campaign: Campaign, form: ThanksForm) -> None:
    """Write the thanks, and say to how many gifts."""
    gift = form.cleaned_data["gift"]
    try:
        number = services.thank_donors(
            campaign=campaign,
            text=form.cleaned_data["text"],
            by=request.user,
            now=timezone.now(),
            gifts=None if gift is None else [gift],
        )
    except services.NobodyToThank:
        messages.info(request, _("Every gift has had its thanks already."))
    except services.ThanksOver:
        messages.error(request, _("Nobody is written to about this campaign now."))
    else:
        words = ngettext("%(number)s gift has its thanks.", "%(number)s gifts have their thanks.", number)
        messages.success(request, words % {"number": number})


def _steps(campaign: Campaign, unthanked: int, now: Any) -> list[dict[str, Any]]:
    """Return what helps a campaign to its threshold, and whether it is done."""
    latest = campaign.updates.published().unhidden().first()
    fresh = latest is not None and (now - latest.published_at).days < FRESH_DAYS
    return [
        {
            "words": _("Tell something in the last two weeks"),
            "done": fresh,
            "view": "campaigns:my_updates",
        },
        {
            "words": _("Answer every question"),
            "done": not campaign.questions.waiting().exists(),
            "view": "campaigns:my_questions",
        },
        {
            "words": _("Show at least three pictures"),
            "done": campaign.gallery.kept().filter(kind="picture").count() >= 3,
            "view": "campaigns:my_gallery",
        },
        {
            "words": _("Give out links with a word, and see which of them works"),
            "done": campaign.donations.settled().exclude(source="").exists(),
            "view": "",
        },
        {"words": _("Thank everybody who gave"), "done": not unthanked, "view": ""},
    ]
