"""Read the trail for somebody: only what the person may read, each row by its name and its page, each value in words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from civicfund.trail.models import Change
from civicfund.trail.values import field_of, label_of, value_of


@dataclass(frozen=True)
class Line:
    """One column that has changed, in words; hidden when its values are not kept."""

    label: str
    old: str
    new: str
    is_hidden: bool


@dataclass
class Named:
    """A row as its reader may see it: its name, and its page when there is one for this reader."""

    name: str
    link: str = ""
    #: It is there, but not for this reader: nothing of what has changed in it is shown.
    is_closed: bool = False


@dataclass
class Told:
    """A change in words."""

    change: Change
    record: Named
    lines: list[Line] = field(default_factory=list)

    @property
    def who(self) -> str:
        """Return who has made it."""
        return who_words(self.change)

    @property
    def is_closed(self) -> bool:
        """Say whether the reader may know no more than that something has changed."""
        return self.record.is_closed


class Reader:
    """Somebody who reads the trail at the desk."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.desks: dict[str, list[Any]] = defaultdict(list)
        for model, model_admin in admin.site._registry.items():
            self.desks[model._meta.concrete_model._meta.label_lower].append(model_admin)
        #: Rows by label and number, once they were looked up.
        self.known: dict[tuple[str, str], Named] = {}
        self.names: dict[tuple[str, str], str] = {}

    def may_read(self, label: str) -> bool:
        """Say whether this person may read records of a kind at all, as the desk's own lists decide it."""
        if label in self.desks:
            return any(desk.has_view_permission(self.request) for desk in self.desks[label])
        app, name = label.split(".")
        return self.request.user.has_perm(f"{app}.view_{name}")

    def kinds(self) -> dict[str, str]:
        """Return the kinds of record this person may read, by label, with their names."""
        labels = {
            model._meta.label_lower: model._meta for model in apps.get_models() if not model._meta.proxy
        }
        return {
            label: str(capfirst(meta.verbose_name)) for label, meta in labels.items() if self.may_read(label)
        }

    def readable(self, changes: QuerySet[Change]) -> QuerySet[Change]:
        """Keep the changes of records of those kinds, and of the parts that have no page of their own."""
        kinds = list(self.kinds())
        return changes.filter(Q(model__in=kinds) | Q(of_model__in=kinds) & ~Q(model__in=list(self.desks)))

    def tell(self, changes: Sequence[Change]) -> list[Told]:
        """Return changes in words; all their rows are looked up together."""
        self._look_up(
            {(one.model, one.row) for one in changes} | {(one.of_model, one.of_row) for one in changes}
        )
        self._look_up_names(changes)
        return [self._told(one) for one in changes]

    def _told(self, change: Change) -> Told:
        """Return one change in words."""
        record = self.known[change.model, change.row]
        if change.model not in self.desks and change.of_model:
            whole = self.known[change.of_model, change.of_row]
            record = Named(f"{record.name} · {whole.name}", whole.link, whole.is_closed)
        told = Told(change, record)
        if not record.is_closed:
            told.lines = list(self._lines(change))
        return told

    def _lines(self, change: Change) -> Iterable[Line]:
        """Yield the columns of a change, in the order of its model."""
        meta = _meta_of(change.model)
        columns = {one.column: one for one in meta.concrete_fields} if meta else {}
        changed = change.old | change.new
        gone = [column for column in changed if column not in columns]
        for column in [*(one for one in columns if one in changed), *gone]:
            of_column = columns.get(column)
            old, new = change.old.get(column), change.new.get(column)
            hidden = change.kind == Change.Kind.CHANGED and old is None and new is None
            if change.kind == Change.Kind.REMOVED and old in (None, "", [], {}):
                continue
            shown = [self._value(of_column, value) for value in (old, new)]
            yield Line(label_of(of_column, column), *shown, is_hidden=hidden)

    def _value(self, of_column: Any, value: Any) -> str:
        """Return a value in words, a row by its name."""
        if value is not None and of_column is not None and of_column.related_model:
            return self.names.get((of_column.related_model._meta.label_lower, str(value)), f"n. {value}")
        return value_of(of_column, value)

    def _look_up(self, rows: set[tuple[str, str]]) -> None:
        """Learn the names and pages of rows, those of a kind together."""
        by_label: dict[str, set[str]] = defaultdict(set)
        for label, number in rows - self.known.keys():
            if label:
                by_label[label].add(number)
        for label, numbers in by_label.items():
            self._look_up_kind(label, numbers)

    def _look_up_kind(self, label: str, numbers: set[str]) -> None:
        """Learn the rows of one kind: those this reader's lists show have a page, others that are there are closed."""
        meta = _meta_of(label)
        kind = capfirst(meta.verbose_name) if meta else label
        for number in numbers:
            self.known[label, number] = Named(f"{kind} n. {number}")
        if meta is None or label not in self.desks:
            return
        found: set[str] = set()
        for desk in self.desks[label]:
            if desk.has_view_permission(self.request):
                page = f"admin:{desk.opts.app_label}_{desk.opts.model_name}_change"
                for row in desk.get_queryset(self.request).filter(pk__in=numbers):
                    found.add(str(row.pk))
                    self.names[label, str(row.pk)] = str(row)
                    self.known[label, str(row.pk)] = Named(f"{kind} “{row}”", reverse(page, args=[row.pk]))
        if numbers - found:
            others = meta.model._base_manager.filter(pk__in=numbers - found)
            for key in others.values_list("pk", flat=True):
                self.known[label, str(key)].is_closed = True

    def _look_up_names(self, changes: Iterable[Change]) -> None:
        """Learn the names of the rows that changed keys point at, as far as this reader may read such rows."""
        asked: dict[Any, set[str]] = defaultdict(set)
        for change in changes:
            meta = _meta_of(change.model)
            for column, value in [*change.old.items(), *change.new.items()]:
                key = field_of(meta, column) if meta else None
                if value is None or key is None or not key.related_model:
                    continue
                if (key.related_model._meta.label_lower, str(value)) not in self.names:
                    asked[key.related_model].add(str(value))
        for model, numbers in asked.items():
            label = model._meta.label_lower
            if model is get_user_model() or self.may_read(label):
                for row in model._base_manager.filter(pk__in=numbers):
                    self.names[label, str(row.pk)] = str(row)


def _meta_of(label: str) -> Any:
    """Return what Django knows about a kind of record, or None when there is no such kind any more."""
    try:
        return apps.get_model(label)._meta
    except (LookupError, ValueError):
        return None


def who_words(change: Change) -> str:
    """Return who has made a change: a person, a program by itself, a visitor, or somebody at the database.

    The actor is to be selected along with the change.
    """
    if change.actor is not None:
        return str(change.actor)
    if change.actor_id is not None:
        return _("a person no longer here, no. %(number)s") % {"number": change.actor_id}
    if change.program:
        return _("the platform by itself")
    return _("a visitor") if change.page else _("somebody at the database itself")
