"""Queues: the named parts of a list, shown as tabs; those that wait for an officer are counted on the first page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PARAMETER = "queue"


@dataclass(frozen=True)
class Queue:
    """A part of a list: which rows it keeps at an instant, and what its emptiness means.

    `waits` names the queue on the first page; a queue without it is only a tab. What waits says by `due` when a row has to
    be done, and by `steps` (those of the list when there are none) or `right` who sees to it.
    """

    key: str
    title: Any
    keep: Callable[[QuerySet, datetime], QuerySet]
    empty: Any
    waits: Any = ""
    icon: str = "inbox"
    #: An expression of an instant over the rows; see `after`.
    due: Any = None
    steps: tuple[str, ...] = ()
    right: str = ""
    #: The path of who proposed what waits: it waits for everybody else.
    not_for: str = ""


def after(path: str, **span: float) -> Any:
    """Return as a queue's due time a span, like `days=2`, after an instant of the row."""
    return ExpressionWrapper(
        F(path) + Value(timedelta(**span), DurationField()), output_field=DateTimeField()
    )


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


def waiting_queues(request: HttpRequest) -> list[dict[str, Any]]:
    """Return every queue that waits and that this officer may see, with its number of rows and the first due time.

    The menu and the first page ask for it both; the database is asked once in a request, in one question.
    """
    if not hasattr(request, "desk_waiting"):
        request.desk_waiting = list(_look_at_queues(request))  # type: ignore[attr-defined]
    return request.desk_waiting  # type: ignore[attr-defined, no-any-return]


def _look_at_queues(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Yield what there is to know about each waiting queue."""
    now = timezone.now()
    found = [
        (model_admin, queue)
        for model_admin in admin.site._registry.values()
        if any(queue.waits for queue in getattr(model_admin, "queues", ()))
        and model_admin.has_view_permission(request)
        for queue in model_admin.queues
        if queue.waits
    ]
    sums = _sums([_sum(request, *pair, number, now) for number, pair in enumerate(found)])
    for number, (model_admin, queue) in enumerate(found):
        count, due = sums[number]
        yield {
            "model": str(model_admin.model._meta),
            "title": queue.waits,
            "empty": queue.empty,
            "icon": queue.icon,
            "count": count,
            "due": due,
            "is_late": due is not None and due < now,
            "is_mine": _sees_to_it(request, model_admin, queue),
            "link": f"{_list_url(model_admin.model)}?{PARAMETER}={queue.key}",
        }


def _sum(request: HttpRequest, model_admin: Any, queue: Queue, number: int, now: datetime) -> QuerySet:
    """Return the question how many rows a queue has, and when the first of them is due."""
    rows = queue.keep(model_admin.get_queryset(request), now)
    if queue.not_for:
        rows = rows.exclude(**{queue.not_for: request.user})
    waiting = model_admin.model._base_manager.filter(pk__in=rows.order_by().values("pk")).order_by()
    due = Cast(Value(None) if queue.due is None else queue.due, DateTimeField())
    # Names that no model has for a column of its own.
    numbered = waiting.annotate(queue_number=Value(number, IntegerField())).values("queue_number")
    summed = numbered.annotate(queue_rows=Count("pk", distinct=True), queue_due=Min(due))
    return summed.values_list("queue_number", "queue_rows", "queue_due")


def _sums(questions: list[QuerySet]) -> dict[int, tuple[int, datetime | None]]:
    """Ask all of it at once; a queue without rows has none."""
    sums: dict[int, tuple[int, datetime | None]] = dict.fromkeys(range(len(questions)), (0, None))
    if questions:
        for number, count, due in questions[0].union(*questions[1:], all=True):
            sums[number] = (count, due)
    return sums


def _sees_to_it(request: HttpRequest, model_admin: Any, queue: Queue) -> bool:
    """Say whether an officer may do what a queue waits for."""
    if queue.right:
        return request.user.has_perm(queue.right)
    steps = queue.steps or tuple(model_admin.steps)
    return any(model_admin.may_take(request, name) for name in steps)


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
