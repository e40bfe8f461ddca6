"""The history of one record: who has changed what in it, when and why, the last change first."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from civicfund.trail.models import Change
from civicfund.trail.reading import Reader

CHANGES_ON_A_PAGE = 25
#: Narrows a history to what one person has done; a program and visitors have no number.
WHO = "who"


def history_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show the history of a record to whoever may see the record."""
    row = model_admin.get_object(request, unquote(object_id))
    if row is None:
        raise Http404
    if not model_admin.has_view_or_change_permission(request, row):
        raise PermissionDenied
    changes = Change.objects.of(row).select_related("actor")
    chosen = request.GET.get(WHO, "")
    if chosen.isdecimal():
        changes = changes.filter(actor=int(chosen))
    page = Paginator(changes, CHANGES_ON_A_PAGE).get_page(request.GET.get("p"))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("History: %(record)s") % {"record": row},
        "opts": model_admin.opts,
        "original": row,
        "page": page,
        "told": Reader(request).tell(list(page)),
        "people": get_user_model().objects.filter(pk__in=_actors(row)),
        "chosen": chosen,
        "own_label": row._meta.concrete_model._meta.label_lower,
    }
    return TemplateResponse(request, "admin/history.html", context)


def _actors(row: Any) -> Any:
    """Return the numbers of everybody who has changed a record."""
    return Change.objects.of(row).order_by().exclude(actor=None).values("actor").distinct()
