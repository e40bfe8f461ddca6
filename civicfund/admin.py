"""The desk's pages of the trail: every change, and every list that was taken away."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from civicfund.desk import ReadOnlyAdmin, moment_column
from civicfund.models import Change, ListExport
from civicfund.trail.reading import Reader, Told, who_words

#: More are not counted: whoever looks for something narrows the list.
COUNTED_MOST = 10_000
#: How many changes are put into words together when they leave as a file.
AT_ONCE = 500


class CountedToALimit(Paginator):
    """Count no further than anybody leafs."""

    @cached_property
    def count(self) -> int:
        """Return the number of rows, at most COUNTED_MOST."""
        return self.object_list[:COUNTED_MOST].count()


class Typed(admin.SimpleListFilter):
    """Narrow the trail to what was typed into the form above it, which is this filter's face."""

    template = "admin/queue_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return one choice, since the library shows no filter without any."""
        return [("", "")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for; a question nobody can answer keeps nothing."""
        asked = (self.value() or "").strip()
        return self.keep(queryset, asked) if asked else queryset

    def keep(self, changes: QuerySet, asked: str) -> QuerySet:
        """Keep the changes that were asked for; a filter that asks for nothing keeps all."""
        return changes


class ByWho(Typed):
    title, parameter_name = _("who"), "who"

    def keep(self, changes: QuerySet, asked: str) -> QuerySet:
        """Keep what people of this name or address have done, or tasks and commands of this name."""
        people = get_user_model().objects.filter(Q(email__icontains=asked) | Q(full_name__icontains=asked))
        return changes.filter(Q(actor__in=people) | Q(program__icontains=asked))


class ByKind(Typed):
    title, parameter_name = _("kind of record"), "kind"

    def keep(self, changes: QuerySet, asked: str) -> QuerySet:
        """Keep a kind of record, with its parts."""
        return changes.filter(Q(model=asked) | Q(of_model=asked))


class ByNumber(Typed):
    title, parameter_name = _("number"), "number"

    def keep(self, changes: QuerySet, asked: str) -> QuerySet:
        """Keep records with this number, with their parts."""
        return changes.filter(Q(row=asked) | Q(of_row=asked))


class ByDay(Typed):
    title, parameter_name = _("day"), "day"

    def keep(self, changes: QuerySet, asked: str) -> QuerySet:
        """Keep a day of the city."""
        try:
            begins = timezone.make_aware(datetime.combine(date.fromisoformat(asked), time.min))
            ends = timezone.make_aware(
                datetime.combine(date.fromisoformat(asked) + timedelta(days=1), time.min)
            )
        except (ValueError, OverflowError):
            return changes.none()
        return changes.filter(at__gte=begins, at__lt=ends)


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """Read the whole trail, as far as one may read the records it is about."""

    list_display = ("at_shown", "who", "record", "what", "why")
    list_display_links = None
    list_select_related = ("actor",)
    list_filter = (ByWho, ByKind, ByNumber, ByDay)
    list_per_page = 15
    change_list_template = "admin/trail_list.html"
    list_before_template = "admin/trail_form.html"
    show_full_result_count = False
    # In the order in which it was written: any other would have to sort all of it.
    sortable_by = ()
    paginator = CountedToALimit
    fields = readonly_fields = ("at_shown", "who", "record", "what", "why", "page", "program", "request")
    empty_words = _("Nothing has been changed, or nothing of what you may read fits what you asked for.")
    at_shown = moment_column("at", _("when"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Keep what this person may read."""
        return Reader(request).readable(super().get_queryset(request).select_related("actor"))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Put the changes of the page into words, all together."""
        changelist = super().get_changelist_instance(request)
        reader = Reader(request)
        self._tell(reader, changelist.result_list)
        # The form over the list is the face of all filters.
        changelist.has_filters = False
        changelist.kinds = sorted(reader.kinds().items(), key=lambda kind: kind[1])
        changelist.asked = {name: request.GET.get(name, "") for name in ("who", "kind", "number", "day")}
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Put the change into words."""
        change = super().get_object(request, object_id, from_field)
        if change is not None:
            self._tell(Reader(request), [change])
        return change

    def rows_to_export(self, request: HttpRequest, rows: QuerySet) -> Any:
        """Yield the changes with their words, many of them looked up together."""
        batch: list[Change] = []
        for change in rows.iterator(chunk_size=AT_ONCE):
            batch.append(change)
            if len(batch) == AT_ONCE:
                yield from self._tell(Reader(request), batch)
                batch = []
        yield from self._tell(Reader(request), batch)

    @staticmethod
    def _tell(reader: Reader, changes: Any) -> Any:
        """Attach to each change what it says to this reader."""
        changes = list(changes) if not isinstance(changes, list) else changes
        for change, told in zip(changes, reader.tell(changes), strict=True):
            change.told = told
        return changes

    @display(description=_("who"))
    def who(self, change: Change) -> str:
        """Return who it was."""
        return who_words(change)

    @display(description=_("record"))
    def record(self, change: Change) -> Any:
        """Lead to the record, if the reader may."""
        told: Told = change.told
        kind = change.get_kind_display()
        return render_to_string("admin/_change_record.html", {"one": told, "kind": kind})

    @display(description=_("what"))
    def what(self, change: Change) -> Any:
        """Return what has changed, from what to what."""
        return render_to_string("admin/_change_lines.html", {"one": change.told})

    @display(description=_("why"))
    def why(self, change: Change) -> Any:
        """Return the reason, the step and where it happened."""
        return render_to_string("admin/_change_why.html", {"one": change.told})


@admin.register(ListExport)
class ListExportAdmin(ReadOnlyAdmin):
    """Read who has taken which list away."""

    list_display = ("at_shown", "by", "list_shown", "narrowed", "row_count", "format")
    list_select_related = ("by",)
    list_filter = ("format",)
    search_fields = ("by__email", "by__full_name", "=model")
    search_help_text = _("Name or e-mail")
    fields = readonly_fields = ("at_shown", "by", "list_shown", "narrowed", "row_count", "format")
    empty_words = _("No list has been taken away yet.")
    at_shown = moment_column("at", _("when"))

    @display(description=_("list"))
    def list_shown(self, export: ListExport) -> str:
        """Return the list by its name."""
        return export.list_name
