"""Take a list of the desk away as a file: exactly the rows and columns the reader sees there, and a line about it in the log."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _

from civicfund.trail.cells import columns_of
from civicfund.trail.files import csv_file, xlsx_file
from civicfund.trail.models import ListExport
from civicfund.trail.services import TooManyExports, check_exports, record_export

#: What one file holds at most: what a person can look at, and a request can write.
ROWS_MOST = 100_000
#: What was searched for, or about whom: free words.
TYPED = ("q", "who")
WRITERS = {ListExport.Format.CSV: csv_file, ListExport.Format.XLSX: xlsx_file}


def export_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Say what would leave; send it when a format was chosen."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    opts = model_admin.opts
    back = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    try:
        rows = model_admin.get_changelist_instance(request).queryset
    except IncorrectLookupParameters:
        return HttpResponseRedirect(back)
    narrowed = urlencode({name: values for name, values in request.GET.lists() if name != "p"}, doseq=True)
    back = f"{back}?{narrowed}" if narrowed else back
    number = rows.count()
    if request.method == "POST" and request.POST.get("format") in ListExport.Format.values:
        refusal = _refusal(request, number)
        if not refusal:
            return _file(model_admin, request, rows, request.GET.dict())
        messages.error(request, refusal)
        return HttpResponseRedirect(back)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Take away: %(list)s") % {"list": opts.verbose_name_plural},
        "opts": opts,
        "number": number,
        "most": ROWS_MOST,
        "columns": columns_of(model_admin, request),
        "narrowed": bool(narrowed),
        "back": back,
    }
    return TemplateResponse(request, "admin/export.html", context)


def _refusal(request: HttpRequest, number: int) -> str:
    """Return why a list does not leave, if there is a reason."""
    if number > ROWS_MOST:
        return _("This list is too long for one file: narrow it to at most %(most)s rows.") % {
            "most": ROWS_MOST
        }
    try:
        check_exports(by=request.user, now=timezone.now())
    except TooManyExports:
        return _("You have taken many lists within the hour: come back later.")
    return ""


def _said(name: str, value: Any) -> str:
    """Return what a list was narrowed to; of free words only that they were typed, since the log outlives whom they name."""
    return f"{name}=…" if name in TYPED else f"{name}={value}"


def _file(model_admin: Any, request: HttpRequest, rows: Any, asked: dict[str, Any]) -> HttpResponse:
    """Write the file, then the line in the log, then send it."""
    chosen = ListExport.Format(request.POST["format"])
    columns = columns_of(model_admin, request)
    cells = ([column.value(row) for column in columns] for row in model_admin.rows_to_export(request, rows))
    out, number = WRITERS[chosen]([column.heading for column in columns], cells)
    now = timezone.now()
    record_export(
        by=request.user,
        model=model_admin.opts.label_lower,
        narrowed="; ".join(_said(name, value) for name, value in asked.items() if value and name != "p"),
        row_count=number,
        chosen=chosen,
        now=now,
    )
    name = slugify(capfirst(model_admin.opts.verbose_name_plural))
    return FileResponse(
        out, as_attachment=True, filename=f"{name}-{timezone.localtime(now):%Y-%m-%d}.{chosen.value}"
    )
