from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from calls.admin import amendment_steps
from calls.differences import differences_of
from calls.models import Amendment
from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    after,
    day_column,
    everything,
    moment_column,
    row_link,
    status_column,
)

COLOURS = {"proposed": "warning", "in_force": "success", "refused": "info"}


class AmendmentInline(ReadOnlyInline):
    """What has been changed in a call, on the call's page."""

    model = Amendment
    hide_title = False
    fields = readonly_fields = ("act_link", "version", "state", "proposed_shown", "proposed_by")
    proposed_shown = moment_column("proposed_at", _("proposed at"))
    state = status_column("status", _("state"), COLOURS)

    @display(description=_("number of the act"))
    def act_link(self, amendment: Amendment) -> str:
        """Lead to the amendment."""
        return row_link(amendment, amendment.act_number)


@admin.register(Amendment)
class AmendmentAdmin(ReadOnlyAdmin):
    """Read what was or will be changed in published calls, and decide as the second person."""

    steps = {"confirm": amendment_steps.ConfirmStep, "refuse": amendment_steps.RefuseStep}
    actions_detail = tuple(steps)
    list_display = ("call", "act_number", "act_shown", "proposed_shown", "proposed_by", "state")
    list_filter = (("call", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("call", "proposed_by")
    search_fields = ("act_number",)
    search_help_text = _("Number of the act")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("call_link", "version"),
                    ("act_number", "act_shown"),
                    "reason",
                    "changes",
                    ("status", "refusal_reason"),
                    ("proposed_shown", "proposed_by"),
                    ("decided_shown", "decided_by"),
                )
            },
        ),
    )
    queues = (
        Queue(
            "waiting",
            _("Waiting for a second person"),
            lambda rows, now: rows.waiting(),
            _("No amendment waits for a second person."),
            waits=_("Amendments that wait for a second person"),
            icon="edit_document",
            due=after("proposed_at", days=3),
            not_for="proposed_by",
        ),
        Queue(
            "in_force",
            _("In force"),
            lambda rows, now: rows.in_force(),
            _("Every call says what it said when it was published."),
        ),
        everything(_("All"), _("Nobody has proposed an amendment.")),
    )
    act_shown = day_column("act_date", _("date of the act"))
    proposed_shown = moment_column("proposed_at", _("proposed at"))
    decided_shown = moment_column("decided_at", _("decided at"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch calls and people."""
        return super().get_queryset(request).select_related("call", "proposed_by", "decided_by")

    def has_second_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change amendments to decide on them."""
        return request.user.has_perm("calls.change_amendment")

    @display(description=_("call"))
    def call_link(self, amendment: Amendment) -> str:
        """Lead to the call."""
        return row_link(amendment.call)

    @display(description=_("what changes"))
    def changes(self, amendment: Amendment) -> SafeString:
        """Show before and afterwards side by side."""
        return render_to_string("admin/calls/differences.html", {"differences": differences_of(amendment)})

    @action(description=_("Confirm…"), permissions=["second"], icon="done_all", variant=ActionVariant.PRIMARY)
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make the amendment part of the call."""
        return amendment_steps.ConfirmStep.take(self, request, object_id)

    @action(description=_("Refuse…"), permissions=["second"], icon="undo")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Leave the call as it is."""
        return amendment_steps.RefuseStep.take(self, request, object_id)
