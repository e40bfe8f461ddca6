"""Queues: the named parts of a list, shown as tabs; those that wait for an officer are counted on the first page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PARAMETER = "queue"


@dataclass(frozen=True)
class Queue:
    """A part of a list: which rows it keeps at an instant, and what its emptiness means.

    `waits` names the queue on the first page; a queue without it is only a tab.
    """

    key: str
    title: Any
    keep: Callable[[QuerySet, datetime], QuerySet]
    empty: Any
    waits: Any = ""
    icon: str = "inbox"


def everything(title: Any, empty: Any) -> Queue:
    """Return the queue that keeps every row."""
    return Queue("all", title, lambda rows, now: rows, empty)


def queue_of(model_admin: Any, request: HttpRequest) -> Queue | None:
    """Return the queue a request asks for; a search without one looks everywhere."""
    if not model_admin.queues:
        return None
    asked = request.GET.get(PARAMETER)
    if asked is None and request.GET.get(SEARCH_VAR):
        asked = "all"
    return next((queue for queue in model_admin.queues if queue.key == asked), model_admin.queues[0])


class QueueFilter(admin.SimpleListFilter):
    """Narrow a list to the chosen queue; the tabs over the list are its face."""

    title = _("queue")
    parameter_name = PARAMETER
    template = "admin/queue_filter.html"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.chosen = queue_of(model_admin, request)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the queues by name."""
        return [(queue.key, queue.title) for queue in model_admin.queues]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keep the rows of the chosen queue."""
        return self.chosen.keep(queryset, timezone.now()) if self.chosen else queryset


def queue_tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the tabs over the list a request shows, each with its number of rows."""
    for model, model_admin in admin.site._registry.items():
        if getattr(model_admin, "queues", ()) and request.path == _list_url(model):
            return [{"models": [str(model._meta)], "items": list(_tabs_of(model_admin, request))}]
    return []


def waiting_queues(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Yield every queue that waits for an officer and that this officer may see, with its number of rows and its link."""
    now = timezone.now()
    for model, model_admin in admin.site._registry.items():
        waiting = [queue for queue in getattr(model_admin, "queues", ()) if queue.waits]
        if waiting and model_admin.has_view_permission(request):
            rows = model_admin.get_queryset(request)
            for queue in waiting:
                yield {
                    "model": str(model._meta),
                    "title": queue.waits,
                    "empty": queue.empty,
                    "icon": queue.icon,
                    "count": queue.keep(rows, now).count(),
                    "link": f"{_list_url(model)}?{PARAMETER}={queue.key}",
                }


def _tabs_of(model_admin: Any, request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Yield the tabs of one list."""
    rows = model_admin.get_queryset(request)
    chosen = queue_of(model_admin, request)
    for queue in model_admin.queues:
        count = queue.keep(rows, timezone.now()).count()
        yield {
            "title": f"{queue.title} · {count}",
            "link": f"{_list_url(model_admin.model)}?{PARAMETER}={queue.key}",
            "active": queue is chosen,
        }


def _list_url(model: Any) -> str:
    """Return the address of a model's list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
