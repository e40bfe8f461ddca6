"""Queues: the named parts of a list, shown as tabs; those that wait for an officer are counted on the first page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db import connection
from django.db.models import (
    BigIntegerField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
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
    """Return the tabs over the list a request shows, each with its number of rows.

    The desk's library asks once more, to light up entries of the menu that are tabs too: none is, so there are none then.
    """
    if hasattr(request, "desk_tabs_are_told"):
        return []
    request.desk_tabs_are_told = True  # type: ignore[attr-defined]
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
    sums = _ask(_waiting_question, request, found, now)
    for number, (model_admin, queue) in enumerate(found):
        count, due = sums.get(number, (0, None))
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


class _Later(Value):
    """A value that a question leaves open when it is written, and that is put in each time it is asked."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Stand among the parameters itself, by name."""
        return "%s", [self]


class _Reader(_Later):
    """Whoever will ask: of that person only those rights are known on which a list's rows depend."""

    def __init__(self, rights: Mapping[str, bool]) -> None:
        super().__init__("reader", BigIntegerField())
        self.rights = rights

    def has_perm(self, right: str) -> bool:
        """Say whether the person has a right; a list that asks for another one has to say so in `rows_depend_on`."""
        return self.rights[right]


NUMBER = _Later("number", IntegerField())
NOW = _Later("now", DateTimeField())


#: What makes a question, with its parameters, of a list, the key of a queue, and the reader's rights that matter.
Writer = Callable[[Any, str, tuple[tuple[str, bool], ...]], tuple[str, tuple[Any, ...]]]


def _ask(
    write: Writer, request: HttpRequest, found: list[tuple[Any, Queue]], now: datetime
) -> dict[int, tuple[int, datetime | None]]:
    """Ask about all queues at once; return by their places how many rows each has, and when the first is due.

    To write all the questions takes ten times as long as to ask them, so each is written once in a process: who asks, when,
    and about which place are put in later. A queue without rows may be left out.
    """
    questions: list[str] = []
    values: list[Any] = []
    for number, (model_admin, queue) in enumerate(found):
        rights = tuple((right, request.user.has_perm(right)) for right in model_admin.rows_depend_on)
        question, parameters = write(model_admin, queue.key, rights)
        known = {"number": number, "now": now, "reader": request.user.pk}
        questions.append(f"({question})")
        values += [known[one.value] if isinstance(one, _Later) else one for one in parameters]
    if not questions:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions), values)
        return {number: (count, due) for number, count, due in cursor.fetchall()}


def _kept(model_admin: Any, key: str, rights: tuple[tuple[str, bool], ...]) -> tuple[QuerySet, Queue]:
    """Return the rows of a queue, whoever asks and whenever, and the queue."""
    queue = next(one for one in model_admin.queues if one.key == key)
    request = HttpRequest()
    request.user = _Reader(dict(rights))  # type: ignore[assignment]
    return queue.keep(model_admin.get_queryset(request), NOW).order_by().values("pk"), queue


@cache
def _waiting_question(
    model_admin: Any, key: str, rights: tuple[tuple[str, bool], ...]
) -> tuple[str, tuple[Any, ...]]:
    """Write the question how many rows wait in a queue for the reader, and when the first is due."""
    rows, queue = _kept(model_admin, key, rights)
    if queue.not_for:
        rows = rows.exclude(**{queue.not_for: _Reader({})})
    due = Cast(Value(None) if queue.due is None else queue.due, DateTimeField())
    # Names that no model has for a column of its own.
    told = rows.annotate(queue_row=F("pk"), queue_due=due).values_list("queue_row", "queue_due")
    question, parameters = told.query.sql_with_params()
    summed = f"SELECT %s, COUNT(DISTINCT queue_row), MIN(queue_due) FROM ({question}) kept"  # noqa: S608
    return summed, (NUMBER, *parameters)


@cache
def _tab_question(
    model_admin: Any, key: str, rights: tuple[tuple[str, bool], ...]
) -> tuple[str, tuple[Any, ...]]:
    """Write the question how many rows a queue's tab leads to."""
    rows, _queue = _kept(model_admin, key, rights)
    question, parameters = rows.query.sql_with_params()
    return f"SELECT %s, COUNT(*), NULL FROM ({question}) kept", (NUMBER, *parameters)  # noqa: S608


def _sees_to_it(request: HttpRequest, model_admin: Any, queue: Queue) -> bool:
    """Say whether an officer may do what a queue waits for."""
    if queue.right:
        return request.user.has_perm(queue.right)
    steps = queue.steps or tuple(model_admin.steps)
    return any(model_admin.may_take(request, name) for name in steps)


def _tabs_of(model_admin: Any, request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Yield the tabs of one list."""
    chosen = queue_of(model_admin, request)
    found = [(model_admin, queue) for queue in model_admin.queues]
    counts = _ask(_tab_question, request, found, timezone.now())
    for number, queue in enumerate(model_admin.queues):
        yield {
            "title": f"{queue.title} · {counts[number][0]}",
            "link": f"{_list_url(model_admin.model)}?{PARAMETER}={queue.key}",
            "active": queue is chosen,
        }


def _list_url(model: Any) -> str:
    """Return the address of a model's list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
