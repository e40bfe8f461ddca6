"""What the members wrote about each application, for the president at once and for everybody once the round is closed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from vetting import services
from vetting.models import CommitteeMember, Minutes, Round
from vetting.spread_drawing import drawn_verdicts


def leads(user: Any, round_: Round | None) -> bool:
    """Say whether somebody is the president of a round and has the right of one."""
    if round_ is None or not user.has_perm("vetting.close_round"):
        return False
    return round_.seats.filter(user=user, role=CommitteeMember.Role.PRESIDENT).exists()


def may_see_scores(user: Any, round_: Round) -> bool:
    """Say whether somebody may see what others wrote: the president, or anybody who sees the round once it is closed."""
    return not round_.is_open or leads(user, round_)


def rounds_of(user: Any) -> QuerySet[Round]:
    """Return the rounds in which a person has, or had, a seat."""
    seats = CommitteeMember.objects.filter(user=user, call=OuterRef("call"))
    # A seat is for one window or for all of them, and so is a round.
    of_window = seats.filter(Q(session=None) | Q(session=OuterRef("session")))
    return Round.objects.filter(
        Q(assignments__member__user=user) | Exists(of_window) | Q(Exists(seats), session=None)
    )


def scores_page(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the sheets of each application lie apart, and the note of the discussion."""
    round_ = seen_round(model_admin, request, pk)
    if not may_see_scores(request.user, round_):
        raise PermissionDenied
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Scores"),
        "opts": model_admin.opts,
        "round": round_,
        "rows": drawn_verdicts(round_, reader=request.user),
        "may_note": round_.is_open and leads(request.user, round_),
    }
    return TemplateResponse(request, "admin/vetting/scores.html", context)


def keep_note(model_admin: Any, request: HttpRequest, pk: int, application: int) -> HttpResponse:
    """Keep the president's note about an application."""
    round_ = seen_round(model_admin, request, pk)
    if request.method != "POST" or not leads(request.user, round_):
        raise PermissionDenied
    row = get_object_or_404(round_.call.applications, pk=application)
    try:
        services.write_note(
            round_=round_,
            application=row,
            text=request.POST.get("text", "")[:4000],
            by=request.user,
            now=timezone.now(),
        )
    except services.InConflict:
        messages.error(request, gettext("You have a conflict of interest with this application."))
    except (services.RoundClosed, services.NotPresident, services.NotToJudge):
        messages.error(request, gettext("The note cannot be changed any more."))
    else:
        messages.success(request, gettext("The note is kept."))
    return redirect(f"{reverse('admin:vetting_round_sheets', args=[round_.pk])}#application-{row.pk}")


def earlier_minutes(round_: Round) -> list[Minutes]:
    """Return the minutes of the closings after which a round was opened again."""
    every = list(round_.all_minutes.all())
    return every if round_.is_open else every[:-1]


def minutes_file(model_admin: Any, request: HttpRequest, pk: int) -> FileResponse:
    """Give the minutes of a round's last closing out, or those of an earlier one that are asked for by number."""
    round_ = seen_round(model_admin, request, pk)
    asked = request.GET.get("number", "")
    numbered = list(round_.all_minutes.all())
    place = int(asked) if asked.isdecimal() else len(numbered)
    if not 1 <= place <= len(numbered):
        raise Http404
    minutes = numbered[place - 1]
    name = f"verbale-{round_.call.slug}-{round_.pk}-{place}.pdf"
    answer = FileResponse(
        minutes.file.open("rb"), as_attachment=True, filename=name, content_type="application/pdf"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def seen_round(model_admin: Any, request: HttpRequest, pk: int) -> Round:
    """Return a round the person may see, or answer 403 or 404."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    round_: Round = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    return round_
