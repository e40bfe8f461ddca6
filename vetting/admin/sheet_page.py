"""The page of a file: the application on one side, its score sheet on the other, and what its buttons do."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from vetting import services
from vetting.admin.sheet_form import SheetForm, initial_of, shown_total
from vetting.dossier import dossier_of
from vetting.models import Assignment, ScoreSheet
from vetting.points import format_points
from vetting.services.sheet import entries_of, last_final_before, latest_version
from vetting.sheet_rules import highest_total

Progress = Assignment.Progress


def sheet_page(
    model_admin: Any,
    request: HttpRequest,
    row: Any,
    *,
    form: SheetForm | None = None,
    asks: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show a file; `asks` shows once more what becomes final."""
    version = latest_version(row)
    sheet = row.sheets.filter(application_version=version).with_scores().first()
    before = last_final_before(row, version)
    waits = before is not None and not (sheet and sheet.is_final)
    form = form or SheetForm(initial=initial_of(sheet or before), call=row.round.call)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": version.title,
        "opts": model_admin.opts,
        "row": row,
        "round": row.round,
        "dossier": dossier_of(version, judged=before.application_version if before and waits else None),
        "sheet": sheet,
        "before": before if waits else None,
        "form": form,
        "asks": asks,
        "is_closed": not row.round.is_open,
        "writable": row.round.is_open and not (sheet and sheet.is_final),
        "total": _total(form, sheet or before),
        "highest": format_points(highest_total(form.rules)),
        **model_admin.next_to(request, row),
    }
    return TemplateResponse(request, "admin/vetting/file.html", context, status=status)


def answer_sheet(model_admin: Any, request: HttpRequest, row: Any) -> HttpResponse:
    """Keep what was typed, and do what the button says."""
    if request.POST.get("do") == "hold":
        return _confirm(request, row)
    form = SheetForm(request.POST, call=row.round.call)
    try:
        form.is_valid()
        if not _only_points(form):
            return sheet_page(model_admin, request, row, form=form, status=422)
        if form.errors or request.POST.get("do") not in ("final", "confirm"):
            return _saved(model_admin, request, row, form)
        return _finalised(model_admin, request, row, form)
    except services.SheetFinal:
        messages.error(request, gettext("This sheet is final: it was not changed."))
    except services.RoundClosed:
        messages.error(request, gettext("The president has closed the round: nothing was changed."))
    except services.AssignmentGone:
        messages.error(
            request, gettext("This application was taken away from you meanwhile: nothing was changed.")
        )
        return redirect("admin:vetting_myfile_changelist")
    return redirect("admin:vetting_myfile_file", row.pk)


def _saved(model_admin: Any, request: HttpRequest, row: Any, form: SheetForm) -> HttpResponse:
    """Keep a draft; the script that saves while somebody types gets no page."""
    services.save_sheet(
        assignment=row,
        entries=form.entries(),
        comment=form.cleaned_data["comment"],
        unfinished=form.unfinished(),
        by=request.user,
        now=timezone.now(),
    )
    if request.POST.get("do") == "quietly":
        return HttpResponse(status=204)
    if form.errors:
        messages.warning(request, gettext("Saved as a draft; what is marked cannot be read as points yet."))
        return sheet_page(model_admin, request, row, form=form, status=422)
    messages.success(request, gettext("Saved as a draft: only you see it."))
    return redirect("admin:vetting_myfile_file", row.pk)


def _finalised(model_admin: Any, request: HttpRequest, row: Any, form: SheetForm) -> HttpResponse:
    """Make the sheet final once what becomes final was shown; before, keep it and show that."""
    version = get_object_or_404(row.application.versions, number=_number(request))
    typed = {"entries": form.entries(), "comment": form.cleaned_data["comment"]}
    now = timezone.now()
    try:
        if request.POST["do"] == "final":
            sheet = services.save_sheet(assignment=row, by=request.user, now=now, **typed)
            services.check_sheet(sheet=sheet)
            return sheet_page(model_admin, request, row, form=form, asks=True)
        services.finalise_sheet(assignment=row, version=version, by=request.user, now=now, **typed)
    except services.SheetRefused as refusal:
        _mark(form, refusal)
        return sheet_page(model_admin, request, row, form=form, status=422)
    except services.NewerVersion:
        return _newer(request, row)
    messages.success(request, gettext("Final: the sheet is not changed any more."))
    return _onwards(model_admin, request, row)


def _confirm(request: HttpRequest, row: Any) -> HttpResponse:
    """Let the sheet about the version before hold for the newer one."""
    version = get_object_or_404(row.application.versions, number=_number(request))
    try:
        services.confirm_sheet(assignment=row, version=version, by=request.user, now=timezone.now())
    except services.NewerVersion:
        return _newer(request, row)
    except (services.NothingToConfirm, services.SheetFinal, services.RoundClosed, services.AssignmentGone):
        messages.error(request, gettext("This file has moved on meanwhile."))
    else:
        messages.success(request, gettext("Confirmed: your sheet holds for the newer version too."))
    return redirect("admin:vetting_myfile_file", row.pk)


def _newer(request: HttpRequest, row: Any) -> HttpResponse:
    """Say that another version has come; what was typed is kept."""
    messages.warning(
        request,
        gettext(
            "The application was handed in again while you had it open. What you typed is kept as a draft: read what has "
            "changed first."
        ),
    )
    return redirect("admin:vetting_myfile_file", row.pk)


def _onwards(model_admin: Any, request: HttpRequest, row: Any) -> HttpResponse:
    """Lead to the next file that waits, or to the list."""
    left = model_admin.get_queryset(request).to_judge().filter(round=row.round)
    left = left.exclude(progress=Progress.FINAL)
    following = left.first()
    if following is None:
        messages.success(request, gettext("No application of this round waits for your sheet any more."))
        return redirect("admin:vetting_myfile_changelist")
    words = ngettext(
        "%(number)s sheet is still to come.", "%(number)s sheets are still to come.", left.count()
    )
    messages.info(request, words % {"number": left.count()})
    return redirect("admin:vetting_myfile_file", following.pk)


def _mark(form: SheetForm, refusal: services.SheetRefused) -> None:
    """Put what keeps the sheet from being final beside its fields."""
    for fault in refusal.faults:
        if fault.what == "points":
            form.add_error(
                f"points_{fault.criterion}", gettext("Give points, or mark that it does not apply.")
            )
        elif fault.what == "comment":
            form.add_error(
                f"comment_{fault.criterion}",
                gettext("The points are below the lowest that passes: write why."),
            )
        else:
            form.add_error(None, gettext("At least one criterion has to apply."))


def _only_points(form: SheetForm) -> bool:
    """Say whether nothing but points is wrong, so that all else can be kept."""
    return all(name.startswith("points_") for name in form.errors)


def _number(request: HttpRequest) -> int:
    """Return the version the member has read, as the page carried it."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdigit() else 0


def _total(form: SheetForm, sheet: ScoreSheet | None) -> str:
    """Return the total of what the page shows."""
    if form.is_bound:
        return form.total()
    return shown_total(entries_of(sheet), form.rules) if sheet else ""
