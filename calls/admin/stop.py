from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from calls.admin import stop_steps
from calls.models import Stop, StopStep
from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    everything,
    moment_column,
    row_link,
    status_column,
)

COLOURS = {"unconfirmed": "warning", "confirmed": "danger", "ending": "warning", "ended": "success"}


class StopStepInline(ReadOnlyInline):
    """Who did what, when and why."""

    model = StopStep
    verbose_name_plural = _("History")
    hide_title = False
    fields = readonly_fields = ("at_shown", "kind", "by", "reason")
    at_shown = moment_column("at", _("at"))


class StopInline(ReadOnlyInline):
    """What has been stopped in a call, on the call's page."""

    model = Stop
    fields = readonly_fields = ("stop_link", "state", "off_shown", "off_by", "ended_shown")
    off_shown = moment_column("off_at", _("off since"))
    ended_shown = moment_column("ended_at", _("on again since"))
    state = status_column("status", _("state"), COLOURS)

    @display(description=_("what is stopped"))
    def stop_link(self, stop: Stop) -> str:
        """Lead to the stop."""
        return row_link(stop, stop.get_what_display())


def _is_taken(stop: Stop | None, row: tuple[str, ...]) -> bool:
    """Say whether a pair of "when" and "by whom" has happened; other pairs always have."""
    return stop is None or not row[1].endswith("_by") or getattr(stop, row[1]) is not None


@admin.register(Stop)
class StopAdmin(ReadOnlyAdmin):
    """Read what is or was switched off, and act as the second person."""

    steps = {
        "confirm_off": stop_steps.ConfirmOffStep,
        "refuse_off": stop_steps.RefuseOffStep,
        "propose_on": stop_steps.ProposeOnStep,
        "confirm_on": stop_steps.ConfirmOnStep,
        "refuse_on": stop_steps.RefuseOnStep,
    }
    actions_detail = tuple(steps)
    inlines = (StopStepInline,)
    list_display = ("call", "what", "off_shown", "off_by", "until_shown", "state")
    list_filter = ("what", ("call", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("call", "off_by")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("call_link", "what"),
                    ("status", "until_shown"),
                    "reason",
                    "public_reason",
                    ("off_shown", "off_by"),
                    ("confirmed_shown", "confirmed_by"),
                    ("proposed_shown", "proposed_by"),
                    ("ended_shown", "ended_by"),
                )
            },
        ),
    )
    queues = (
        Queue(
            "waiting",
            _("Waiting for a second person"),
            lambda rows, now: rows.waiting(),
            _("No stop waits for a second person."),
            waits=_("Stops that wait for a second person"),
            icon="group",
            due="confirm_until",
            steps=("confirm_off", "confirm_on"),
        ),
        Queue(
            "overdue",
            _("Not confirmed in time"),
            lambda rows, now: rows.overdue(now),
            _("Every stop was confirmed within a day."),
            waits=_("Stops nobody has confirmed within a day"),
            icon="alarm",
            due="confirm_until",
        ),
        Queue(
            "off",
            _("Off now"),
            lambda rows, now: rows.off(),
            _("Nothing is stopped: gifts, grants, refunds and mails run in every call."),
            waits=_("Stopped now"),
            icon="block",
            steps=("propose_on",),
        ),
        everything(_("All"), _("Nothing has ever been stopped.")),
    )
    off_shown = moment_column("off_at", _("off since"))
    until_shown = moment_column("confirm_until", _("to be confirmed until"))
    confirmed_shown = moment_column("confirmed_at", _("confirmed at"))
    proposed_shown = moment_column("proposed_at", _("switching on proposed at"))
    ended_shown = moment_column("ended_at", _("on again since"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch calls and people."""
        people = ("off_by", "confirmed_by", "proposed_by", "ended_by")
        return super().get_queryset(request).select_related("call", *people)

    def get_fieldsets(self, request: HttpRequest, obj: Stop | None = None) -> list[tuple[Any, Any]]:
        """Leave out the steps that nobody has taken yet."""
        ((title, section),) = self.fieldsets
        taken = [row for row in section["fields"] if isinstance(row, str) or _is_taken(obj, row)]
        return [(title, {"fields": tuple(taken)})]

    def has_second_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change stops to confirm, refuse and propose."""
        return request.user.has_perm("calls.change_stop")

    @display(description=_("call"))
    def call_link(self, stop: Stop) -> str:
        """Lead to the call."""
        return row_link(stop.call)

    @action(
        description=_("Confirm the stop…"),
        permissions=["second"],
        icon="done_all",
        variant=ActionVariant.PRIMARY,
    )
    def confirm_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Confirm as a second person that something stays off."""
        return stop_steps.ConfirmOffStep.take(self, request, object_id)

    @action(description=_("Do not confirm…"), permissions=["second"], icon="undo")
    def refuse_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Switch on again what one person has switched off."""
        return stop_steps.RefuseOffStep.take(self, request, object_id)

    @action(description=_("Propose to switch on…"), permissions=["second"], icon="play_circle")
    def propose_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Propose to switch something on again."""
        return stop_steps.ProposeOnStep.take(self, request, object_id)

    @action(
        description=_("Switch on again…"),
        permissions=["second"],
        icon="play_circle",
        variant=ActionVariant.PRIMARY,
    )
    def confirm_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Switch something on again as a second person."""
        return stop_steps.ConfirmOnStep.take(self, request, object_id)

    @action(description=_("Leave it off…"), permissions=["second"], icon="block")
    def refuse_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Leave something off that somebody proposed to switch on."""
        return stop_steps.RefuseOnStep.take(self, request, object_id)
