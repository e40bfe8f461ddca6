"""Rankings in public, from the instant of their publication on; and each body's own place, with its scores."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls.models import Application, Call
from civicfund.rates import at_most
from vetting import services
from vetting.forms import ReviewForm
from vetting.models import Ranking, ReviewRequest, ScoreSheet
from vetting.places import changes_between, entries_of, version_before
from vetting.ranking_csv import read_input, write_places
from vetting.ranking_rules import rank
from vetting.services.ranking_input import aliases_of, corrections_of, outcome_counts


@require_safe
def ranking_latest(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the version that holds of a call's newest ranking."""
    ranking = _published(slug).order_by("-session__number", "-number").first()
    if ranking is None:
        raise Http404
    return _page(request, ranking)


@require_safe
def ranking_provisional(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the newest provisional ranking of a call."""
    provisional = _published(slug).filter(kind=Ranking.Kind.PROVISIONAL)
    ranking = provisional.order_by("-session__number", "-number").first()
    if ranking is None:
        raise Http404
    return redirect(ranking)


@require_safe
def ranking_version(request: HttpRequest, slug: str, window: int, number: int) -> HttpResponse:
    """Show a version of a ranking, the one that holds or an earlier one."""
    return _page(request, _version(slug, window, number))


@require_safe
@at_most("EXPORT_LIMITS")
def ranking_places(request: HttpRequest, slug: str, window: int, number: int) -> HttpResponse:
    """Give a ranking as CSV, as `recompute_ranking` writes it."""
    ranking = _version(slug, window, number)
    contenders, criteria, rules = read_input(ranking.input_csv)
    text = write_places(contenders, rank(contenders, criteria, rules))
    return _csv(text, f"{slug}-{window}-{number}-graduatoria.csv")


@require_safe
@at_most("EXPORT_LIMITS")
def ranking_input(request: HttpRequest, slug: str, window: int, number: int) -> HttpResponse:
    """Give everything a ranking was computed from as CSV: its SHA-256 is on the page."""
    ranking = _version(slug, window, number)
    return _csv(ranking.input_csv, f"{slug}-{window}-{number}-dati.csv")


@require_safe
def ranking_data(request: HttpRequest, slug: str, window: int, number: int) -> HttpResponse:
    """Give a ranking to any program, also one that runs on another site's page."""
    ranking = _version(slug, window, number)
    entries = ranking.entries.select_related("application").order_by("position")
    data = {
        "call": slug,
        "window": window,
        "version": ranking.number,
        "kind": ranking.kind,
        "published_at": timezone.localtime(ranking.decided_at).isoformat(),
        "reviews_until": timezone.localtime(ranking.reviews_until).isoformat()
        if ranking.reviews_until
        else None,
        "reason": ranking.reason,
        "input_sha256": ranking.sha256,
        "places": [entry.as_data() for entry in entries],
    }
    answer = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@login_required
def own_place(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show a body its own place with its scores and reasons; take its wish for a review."""
    application = get_object_or_404(Application.objects.of(request.user).with_story(), public_id=public_id)
    entry, now = services.place_of(application), timezone.now()
    if entry is None:
        raise Http404
    review = _reviews_of(application).first()
    may_ask = (
        services.may_be_reviewed(entry, now)
        and not hasattr(entry, "review")
        and Application.objects.writable_by(request.user).filter(pk=application.pk).exists()
    )
    form = ReviewForm(request.POST or None) if may_ask else None
    if request.method == "POST":
        if form is None:
            messages.error(request, _("A review can no longer be asked for."))
            return redirect("vetting:own_place", application.public_id)
        if form.is_valid() and _asked(request, application, form):
            return redirect("vetting:own_place", application.public_id)
    context = {
        "application": application,
        "entry": entry,
        "ranking": entry.ranking,
        "sheets": _own_sheets(application),
        "review": review,
        "form": form,
        "now": now,
    }
    return render(request, "vetting/own_place.html", context)


def _asked(request: HttpRequest, application: Application, form: ReviewForm) -> bool:
    """Ask for the review; put a refusal into the form."""
    try:
        services.ask_for_review(
            application=application, text=form.cleaned_data["text"], by=request.user, now=timezone.now()
        )
    except (services.ReviewsClosed, services.ReviewAsked):
        form.add_error(None, _("A review can no longer be asked for."))
        return False
    messages.success(request, _("Your request is with the office: the answer comes by e-mail."))
    return True


def _published(slug: str) -> Any:
    """Return the published rankings of a published call."""
    call = get_object_or_404(Call.objects.published(), slug=slug)
    return Ranking.objects.published().filter(session__call=call).select_related("session__call")


def _version(slug: str, window: int, number: int) -> Ranking:
    """Return a published version, or answer that there is none."""
    found: Ranking = get_object_or_404(_published(slug), session__number=window, number=number)
    return found


def _page(request: HttpRequest, ranking: Ranking) -> HttpResponse:
    """Show a published version."""
    entries, before = entries_of(ranking), version_before(ranking)
    versions = list(_published(ranking.call.slug).filter(session=ranking.session_id))
    others = _published(ranking.call.slug).exclude(session=ranking.session_id)
    context = {
        "call": ranking.call,
        "ranking": ranking,
        "rules": read_input(ranking.input_csv)[2],
        "entries": entries,
        "counts": outcome_counts(entries),
        "given_cents": sum(entry.grant_cents for entry in entries),
        "before": before,
        "changes": changes_between(entries_of(before), entries) if before else [],
        "versions": versions,
        "holds": versions[0],
        "others": others.order_by("session__number", "-number").distinct("session__number"),
        "now": timezone.now(),
    }
    return render(request, "vetting/ranking.html", context)


def _reviews_of(application: Application) -> Any:
    """Return the reviews that were asked for about an application, the newest first."""
    return ReviewRequest.objects.filter(entry__application=application).order_by("-filed_at")


def _own_sheets(application: Application) -> list[dict[str, Any]]:
    """Return what the committee gave an application, sheet by sheet, each under the member's public name."""
    names = aliases_of(application.session)
    sheets = ScoreSheet.objects.counting().filter(assignment__application=application).with_scores()
    corrected = corrections_of(application.session)
    told = []
    for sheet in sheets.order_by("assignment__member_id"):
        scores = list(sheet.scores.all())
        for score in scores:
            score.corrected = (sheet.pk, score.criterion_id) in corrected
            score.corrected_points = corrected.get((sheet.pk, score.criterion_id))
        told.append({"name": names[sheet.assignment.member_id], "sheet": sheet, "scores": scores})
    return told


def _csv(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Access-Control-Allow-Origin": "*"}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
