"""Pages about calls, for everybody."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from calls.differences import content_before, differences_of, windows_of
from calls.examples import example_of, worked_examples
from calls.forms import ExampleForm
from calls.models import Amendment, Application, Call, DeclarationText, Stop
from calls.open_data import calendar_of, rules_of
from calls.past import figures_of

#: Seconds for which others may keep what a published call says to machines.
KEPT_SECONDS = 300
#: Earlier editions on a call's page.
PAST_CALLS = 6


@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Show the calls, the newest first."""
    calls = list(Call.objects.published().with_parts())
    _name_sessions(calls, timezone.now())
    return render(request, "calls/call_list.html", {"calls": calls})


@require_safe
def call_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a call: what, who, how much, when, and how the match works with the reader's own cost."""
    calls = _visible_calls(request).with_parts().prefetch_related("funds__accounts")
    return call_page(request, get_object_or_404(calls, slug=slug))


def call_page(request: HttpRequest, call: Call) -> HttpResponse:
    """Return the page of a call; the desk shows a draft through it too."""
    now = timezone.now()
    _name_sessions([call], now)
    asked = ExampleForm(request.GET if "cost" in request.GET else None)
    context = {
        "call": call,
        "now": now,
        "sessions": call.sessions.all(),
        "open_session": call.session_open_at(now) if call.status == Call.Status.PUBLISHED else None,
        "next_session": next((one for one in call.sessions.all() if one.opens_at > now), None),
        "form": asked,
        "example": example_of(call, asked.cleaned_data["cost"]) if asked.is_valid() else None,
        "examples": worked_examples(call),
        "faqs": call.faqs.current(),
        "paused": call.stops.holding(Stop.What.GIFTS).first(),
        "campaigns": [application.campaign for application in _opened(call)],
        "amendments": _amendments(call),
    }
    return render(request, "calls/call_detail.html", context | _outcomes(call))


@require_safe
def call_version(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Show what a call said before it was amended; its present version is the call's own page."""
    call = get_object_or_404(Call.objects.published().with_parts(), slug=slug)
    if version == call.version:
        return redirect(call)
    amendments = _amendments(call)
    over = next((amendment for amendment in amendments if amendment.version == version + 1), None)
    if over is None:
        raise Http404
    said = content_before(over, call)
    begun = next((amendment for amendment in amendments if amendment.version == version), None)
    context = {
        "call": call,
        "version": version,
        "said": said,
        "declarations": [DeclarationText(**declared) for declared in said["declarations"]],
        "windows": windows_of(over.before),
        "from": begun.decided_at if begun else call.published_at,
        "until": over.decided_at,
        "by_act": begun,
    }
    return render(request, "calls/call_version.html", context)


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
def call_data(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the rules of a published call to any program, also one that runs on another site's page."""
    call = get_object_or_404(Call.objects.published().with_parts(), slug=slug)
    answer = JsonResponse(rules_of(call), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
def call_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the dates of a published call to a calendar, in the city's first language whoever asks."""
    call = get_object_or_404(Call.objects.published().with_parts(), slug=slug)
    with translation.override(settings.LANGUAGE_CODE):
        dates = calendar_of(call)
    headers = {
        "Content-Language": settings.LANGUAGE_CODE,
        "Content-Disposition": f'attachment; filename="{call.slug}.ics"',
    }
    return HttpResponse(dates, content_type="text/calendar; charset=utf-8", headers=headers)


def _opened(call: Call) -> QuerySet[Application]:
    """Return the applications of a call whose campaigns have opened, with what their cards show."""
    opened = call.applications.filter(campaign__opened_at__isnull=False).order_by("campaign__closes_at")
    # A campaign fetched through its application finds that same application again, so its parts are fetched here.
    return opened.select_related("call", "theme", "organization", "campaign__grant").prefetch_related(
        "campaign__accounts", "campaign__grant__completions"
    )


def _amendments(call: Call) -> list[Amendment]:
    """Return what has been changed in a call, the newest first, with the differences in the reader's words."""
    amendments = list(call.amendments.in_force().reverse()) if call.version > 1 else []
    for amendment in amendments:
        amendment.differences = differences_of(amendment)
        amendment.version_before = amendment.version - 1
    return amendments


def _visible_calls(request: HttpRequest):  # type: ignore[no-untyped-def]
    """Return the calls a reader may see: officers who may see calls also preview drafts."""
    is_officer = request.user.is_staff and request.user.has_perm("calls.view_call")
    return Call.objects.all() if is_officer else Call.objects.published()


def _name_sessions(calls: list[Call], now: datetime) -> None:
    """Say in one word what each window is doing."""
    for call in calls:
        for session in call.sessions.all():
            if session.is_open(now):
                session.state_word, session.state_key = _("open now"), "open"
            elif now < session.opens_at:
                session.state_word, session.state_key = _("not open yet"), "future"
            else:
                session.state_word, session.state_key = _("closed"), "closed"


def _outcomes(call: Call) -> dict[str, Any]:
    """Return how a call has gone so far, and how those published before it went."""
    earlier = Call.objects.published().select_related("outcome").exclude(pk=call.pk)
    if call.published_at:
        earlier = earlier.filter(published_at__lt=call.published_at)
    own, *past = figures_of([call, *earlier[:PAST_CALLS]])
    return {"outcome": own if own.source or own.campaigns else None, "past": past}
