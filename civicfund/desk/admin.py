"""The kinds of page the desk has."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.admin.utils import unquote
from django.db.models import Model, QuerySet
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from civicfund.desk.queues import PARAMETER, Queue, QueueFilter, queue_of
from civicfund.desk.steps import Step
from civicfund.trail.export_page import export_page
from civicfund.trail.pages import history_page

#: How many rows of an export are in memory at once.
EXPORT_CHUNK = 1_000


class DeskAdmin(ModelAdmin):
    """Show rows in queues, and offer on each row only the steps that can be taken now."""

    #: The tabs over the list; the first one is shown when nothing is chosen.
    queues: Sequence[Queue] = ()
    #: The rights by which a list shows its readers other rows.
    rows_depend_on: Sequence[str] = ()
    #: The steps among `actions_detail`, by the name of their method.
    steps: Mapping[str, type[Step]] = {}
    empty_words = _("There is nothing here yet.")
    list_fullwidth = True
    list_per_page = 50
    view_on_site = False

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Put the queue before the other filters."""
        return [*([QueueFilter] if self.queues else []), *super().get_list_filter(request)]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Tell the list which queue it shows, so that an empty one says what its emptiness means."""
        changelist = super().get_changelist_instance(request)
        if not changelist.result_count and isinstance(changelist.result_list, QuerySet):
            # Counted just now: to look for the rows of an empty list would take as long once more.
            changelist.result_list = changelist.result_list.none()
        changelist.queue = queue_of(self, request)
        # The queue has its own tabs, so it does not light up the button of the other filters.
        changelist.has_active_filters = bool(set(changelist.filter_params) - {PARAMETER})
        return changelist

    def get_inline_instances(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Leave out read-only tables without a row."""
        inlines = super().get_inline_instances(request, obj)
        return [
            inline for inline in inlines if not isinstance(inline, ReadOnlyInline) or inline.has_rows(obj)
        ]

    def get_urls(self) -> list[Any]:
        """Add the page that takes the list away as a file."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        export = path("export/", self.admin_site.admin_view(self.export_view), name=name)
        return [export, *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Take the list away as the reader sees it."""
        return export_page(self, request)

    def rows_to_export(self, request: HttpRequest, rows: QuerySet) -> Iterable[Model]:
        """Return the rows of a list one by one, however many there are."""
        return rows.iterator(chunk_size=EXPORT_CHUNK)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show who has changed what in a row, as PostgreSQL has written it."""
        return history_page(self, request, object_id)

    def may_take(self, request: HttpRequest, name: str) -> bool:
        """Say whether an officer has the rights that a step asks for, whatever the row."""
        asked = getattr(getattr(self, name), "allowed_permissions", ())
        return all(getattr(self, f"has_{right}_permission")(request) for right in asked)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Leave out the steps that make no sense in the row's state."""
        offered = super().get_actions_detail(request, object_id)
        if not self.steps:
            return offered
        row = self.get_object(request, unquote(str(object_id)))
        prefix = f"{self.opts.app_label}_{self.opts.model_name}"
        hidden = {
            f"{prefix}_{name}"
            for name, step in self.steps.items()
            if row is None or not step.is_possible(row)
        }
        return [action for action in offered if action.action_name not in hidden]


class WrittenByServices:
    """Rows that only services write: at the desk nothing is added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: services write these rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: services write these rows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: these rows are kept."""
        return False


class ReadOnlyAdmin(WrittenByServices, DeskAdmin):
    """Show rows that only services write."""


class ReadOnlyInline(WrittenByServices, TabularInline):
    """Show the parts of a row to whoever may see the row."""

    extra = 0
    can_delete = False
    hide_title = True

    def has_rows(self, obj: Model | None) -> bool:
        """Say whether the row around it has any parts of this kind."""
        key = _get_foreign_key(self.parent_model, self.model, fk_name=self.fk_name)
        return obj is not None and self.model._default_manager.filter(**{key.name: obj}).exists()

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow: the page around it has asked already."""
        return True
