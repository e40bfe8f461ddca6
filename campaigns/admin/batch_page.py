"""The page on which several campaigns are given their opening together."""

import logging
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from campaigns.admin.batch import MOST, BatchForm, Planned, fingerprint, plan_batch, schedule_batch
from campaigns.models import Campaign
from civicfund.desk.effects import Foretold, try_out
from civicfund.sign_in import ask_again, is_fresh
from civicfund.trail.context import because

logger = logging.getLogger(__name__)


def batch_page(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Ask for the opening, tell what follows for each campaign, and schedule them when that was read."""
    campaigns = _chosen(request)
    if not campaigns:
        messages.info(request, gettext("Choose the campaigns in the list first."))
        return _to_list()
    if "preview" not in request.POST and not is_fresh(request):
        return ask_again(request)
    form = BatchForm(request.POST) if request.method == "POST" else BatchForm(initial=_proposal(campaigns))
    ready = form.is_valid() if form.is_bound else True
    values = form.foretold_values() if ready else {}
    planned = plan_batch(campaigns, values, request.user, timezone.now()) if values else []
    seen = fingerprint(form, planned) if planned else ""
    if request.method == "POST" and planned and "preview" not in request.POST:
        if request.POST.get("seen") == seen:
            return _done(request, model_admin, planned, values["days"])
        messages.info(request, gettext("What follows has changed: read it, then confirm."))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Approve and schedule together"),
        "opts": model_admin.opts,
        "form": form,
        "campaigns": campaigns,
        "planned": planned,
        "sums": _sums(planned),
        "seen": seen,
        "foretold": _foretold(request, planned, values),
        "back": _to_list()["Location"],
    }
    return TemplateResponse(request, "admin/campaigns/batch.html", context)


def _foretold(request: HttpRequest, planned: list[Planned], values: dict[str, Any]) -> Foretold | None:
    """Return what the whole batch does, by trying it; nothing while it is not known what it is."""
    if not planned:
        return None
    page = request.POST.get("preview", "")
    try:
        return try_out(
            lambda: schedule_batch(planned, values["days"], request.user, timezone.now()),
            request.user,
            int(page) if page.isdecimal() else 1,
        )
    except Exception:
        # What is told before must never stand in the way of the page.
        logger.warning("what a batch does could not be told", exc_info=True)
        return None


def _chosen(request: HttpRequest) -> list[Campaign]:
    """Return the campaigns named in the address, those handed in first before the others: that is the order of waves."""
    numbers = [int(part) for part in request.GET.get("ids", "").split(",") if part.isdecimal()][:MOST]
    chosen = Campaign.objects.filter(pk__in=numbers).with_story()
    return list(chosen.order_by("submitted_at", "pk"))


def _proposal(campaigns: list[Campaign]) -> dict[str, Any]:
    """Propose tomorrow at nine, and the longest campaign that every call allows."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    at_nine = datetime.combine(tomorrow, time(9), tzinfo=timezone.get_default_timezone())
    return {"opens_at": at_nine, "days": min(one.call.campaign_days_max for one in campaigns)}


def _sums(planned: list[Planned]) -> dict[str, int]:
    """Return what the whole batch sets in motion."""
    going = [one for one in planned if not one.obstacles]
    return {
        "campaigns": len(going),
        "left_out": len(planned) - len(going),
        "mails": sum(one.mails for one in going),
        "reserved_cents": sum(one.reserved_cents for one in going),
    }


def _done(request: HttpRequest, model_admin: Any, planned: list[Planned], days: int) -> HttpResponse:
    """Schedule, and say of each campaign that was not why."""
    with because(step=gettext("Approve and schedule together"), reason=""):
        results = schedule_batch(planned, days, request.user, timezone.now())
    done = [one for one, reason in results if not reason]
    for one in done:
        model_admin.log_change(request, one.campaign, gettext("Approve and schedule together"))
    if done:
        words = ngettext(
            "One campaign is scheduled: it opens by itself.",
            "%(count)s campaigns are scheduled: they open by themselves.",
            len(done),
        )
        messages.success(request, words % {"count": len(done)})
    for one, reason in results:
        if reason:
            messages.error(
                request,
                gettext("Not scheduled: %(campaign)s: %(reason)s.")
                % {"campaign": one.campaign, "reason": reason},
            )
    return _to_list("scheduled")


def _to_list(queue: str = "to_review") -> HttpResponseRedirect:
    """Go back to the list of campaigns."""
    return HttpResponseRedirect(f"{reverse('admin:campaigns_campaign_changelist')}?queue={queue}")
