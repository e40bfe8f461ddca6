"""Rounds at the desk: opened and assigned by the office, led and closed by the president, read by all once closed."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from civicfund.desk import DeskAdmin, Queue, after, everything, moment_column
from civicfund.templatetags.clock import by_when
from vetting import services
from vetting.admin import reopening_steps, round_steps
from vetting.admin.round_form import OpenForm
from vetting.admin.scores import (
    earlier_minutes,
    keep_note,
    leads,
    may_see_scores,
    minutes_file,
    rounds_of,
    scores_page,
)
from vetting.models import Assignment, Round
from vetting.progress import applications_of, loads_of, missing_in

OFFICE = ("vetting.view_round", "vetting.assign_committee")


def to_close(rows: QuerySet, now: Any) -> QuerySet:
    """Keep the rounds under way that wait for no sheet any more."""
    of_it = Assignment.objects.filter(round=OuterRef("pk"))
    has_begun, lacks_some = Exists(of_it.active()), Exists(of_it.to_judge().unfinished())
    return rows.filter(has_begun, ~lacks_some, closed_at=None)


@admin.register(Round)
class RoundAdmin(DeskAdmin):
    """Open rounds, assign, watch, close."""

    rows_depend_on = OFFICE
    form = OpenForm
    steps = {
        "assign_evenly": round_steps.AssignEvenlyStep,
        "assign": round_steps.AssignStep,
        "move_due": round_steps.MoveDueStep,
        "close": round_steps.CloseStep,
        "reopen": reopening_steps.ReopenStep,
        "confirm_reopen": reopening_steps.ConfirmReopenStep,
        "drop_reopen": reopening_steps.DropReopenStep,
    }
    actions_detail = (
        "close",
        "assign_evenly",
        "assign",
        "move_due",
        "confirm_reopen",
        "drop_reopen",
        "reopen",
        "scores",
    )
    change_form_before_template = "admin/vetting/round.html"
    list_display = ("name", "opened_shown", "due_shown", "progress", "state")
    list_filter = (("call", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("call__title", "call__edition")
    search_help_text = _("Title of the call")
    queues = (
        Queue(
            "open",
            _("Under way"),
            lambda rows, now: rows.under_way(),
            _("No committee is at work."),
        ),
        Queue(
            "late",
            _("Late"),
            lambda rows, now: rows.under_way().filter(due_at__lte=now),
            _("No committee is late."),
            waits=_("Rounds whose sheets are late"),
            icon="alarm",
        ),
        Queue(
            "to_close",
            _("To close"),
            to_close,
            _("No committee has all its sheets and is still open."),
            waits=_("Rounds with all their sheets, to be closed with the minutes"),
            icon="task_alt",
            due="due_at",
            right="vetting.close_round",
        ),
        Queue(
            "to_reopen",
            _("To open again"),
            lambda rows, now: rows.to_reopen(),
            _("No president asks to open a round again."),
            waits=_("Closed rounds that a president wants to open again"),
            icon="lock_open",
            due=after("reopenings__proposed_at", days=2),
            steps=("confirm_reopen",),
        ),
        Queue(
            "closed",
            pgettext_lazy("feminine", "Closed"),
            lambda rows, now: rows.exclude(closed_at=None),
            _("No round has been closed yet."),
        ),
        everything(pgettext_lazy("feminine", "All"), _("No round has been opened yet.")),
    )
    opened_shown = moment_column("opened_at", _("opened at"))
    closed_shown = moment_column("closed_at", _("closed at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Show the office every round, and members those of their committees."""
        rows = super().get_queryset(request).select_related("call", "session", "opened_by", "closed_by")
        if self.is_office(request):
            return rows
        return rows.filter(pk__in=rounds_of(request.user))

    def is_office(self, request: HttpRequest) -> bool:
        """Say whether somebody may see the rounds of every committee."""
        return any(request.user.has_perm(right) for right in OFFICE)

    def has_view_permission(self, request: HttpRequest, obj: Round | None = None) -> bool:
        """Allow the office, and members to see their own rounds."""
        return self.is_office(request) or request.user.has_perm("vetting.score_application")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Allow the same."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allow whoever may set up committees."""
        return request.user.has_perm("vetting.assign_committee")

    def has_change_permission(self, request: HttpRequest, obj: Round | None = None) -> bool:
        """Refuse: services write rounds."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Round | None = None) -> bool:
        """Refuse: rounds are kept."""
        return False

    def has_assign_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may set up committees."""
        return request.user.has_perm("vetting.assign_committee")

    def has_close_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow the president of this very round."""
        if object_id is None:
            return request.user.has_perm("vetting.close_round")
        return leads(request.user, self.get_object(request, object_id))

    def has_scores_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow the president, and once the round is closed everybody who may see it."""
        if object_id is None:
            return True
        round_ = self.get_object(request, object_id)
        return round_ is not None and may_see_scores(request.user, round_)

    def get_urls(self) -> list[Any]:
        """Add the scores, the notes and the minutes."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/sheets/", wrap(partial(scores_page, self)), name="vetting_round_sheets"),
            path(
                "<int:pk>/note/<int:application>/", wrap(partial(keep_note, self)), name="vetting_round_note"
            ),
            path("<int:pk>/minutes/", wrap(partial(minutes_file, self)), name="vetting_round_minutes"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Round | None = None) -> list[Any]:
        """Show fields to type for a new round; the page of one there is says it all itself."""
        if obj is None:
            return [(None, {"fields": ("call", "session", ("readers", "due_at"))})]
        return []

    def get_form(self, request: HttpRequest, obj: Round | None = None, **kwargs: Any) -> Any:
        """Ask in the form only when a round is opened."""
        return super().get_form(request, obj, **({**kwargs, "form": forms.ModelForm} if obj else kwargs))

    def save_model(self, request: HttpRequest, obj: Round, form: Any, change: bool) -> None:
        """Open through the service."""
        round_ = services.open_round(by=request.user, now=timezone.now(), **form.cleaned_data)
        obj.__dict__.update(round_.__dict__)

    def response_add(self, request: HttpRequest, obj: Round, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the new round: it is to be assigned."""
        messages.success(request, gettext("The round is open: now assign its applications."))
        return redirect("admin:vetting_round_change", obj.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show how far everybody is; who wrote what is not here."""
        round_ = self.get_object(request, object_id)
        told: dict[str, Any] = {}
        if round_:
            loads = loads_of(round_)
            total, final = sum(one.total for one in loads), sum(one.final for one in loads)
            told = {
                "round": round_,
                "loads": loads,
                "rows": applications_of(round_),
                "missing": missing_in(round_) if round_.is_open else [],
                "total": total,
                "final": final,
                "share": 1000 * final // total if total else 0,
                "is_late": round_.is_late(timezone.now()),
                "minutes": None if round_.is_open else round_.minutes,
                "earlier_minutes": earlier_minutes(round_),
                "reopenings": round_.reopenings.select_related("proposed_by", "decided_by"),
                "may_see_people": self.is_office(request) or leads(request.user, round_),
                "may_see_scores": may_see_scores(request.user, round_),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    @display(description=_("round"), ordering="call__title")
    def name(self, row: Round) -> str:
        """Show the call and its window."""
        return str(row)

    @display(description=_("sheets due"), ordering="due_at")
    def due_shown(self, row: Round) -> str:
        """Show until when sheets may come."""
        return by_when(row.due_at)

    @display(description=_("final sheets"))
    def progress(self, row: Round) -> str:
        """Show how many sheets are final."""
        rows = row.assignments.active().with_progress()
        return f"{rows.filter(progress=Assignment.Progress.FINAL).count()} / {rows.count()}"

    @display(description=_("state"), label={"open": "warning", "closed": "success"})
    def state(self, row: Round) -> tuple[str, Any]:
        """Show whether it is closed."""
        return ("open", _("under way")) if row.is_open else ("closed", pgettext_lazy("feminine", "closed"))

    @action(
        description=_("Assign evenly…"), permissions=["assign"], icon="balance", variant=ActionVariant.PRIMARY
    )
    def assign_evenly(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Assign what is missing."""
        return round_steps.AssignEvenlyStep.take(self, request, object_id)

    @action(description=_("Assign by hand…"), permissions=["assign"], icon="person_add")
    def assign(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Assign one application to one member."""
        return round_steps.AssignStep.take(self, request, object_id)

    @action(description=_("Another due date…"), url_path="due", permissions=["assign"], icon="event_upcoming")
    def move_due(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give the members another date."""
        return round_steps.MoveDueStep.take(self, request, object_id)

    @action(
        description=_("Close the round…"), permissions=["close"], icon="lock", variant=ActionVariant.PRIMARY
    )
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Close the round with its minutes."""
        return round_steps.CloseStep.take(self, request, object_id)

    @action(
        description=_("Ask to open it again…"), url_path="reopen", permissions=["close"], icon="lock_open"
    )
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask that the round be opened again."""
        return reopening_steps.ReopenStep.take(self, request, object_id)

    @action(
        description=_("Open it again…"),
        url_path="reopen-confirm",
        permissions=["assign"],
        icon="lock_open",
        variant=ActionVariant.PRIMARY,
    )
    def confirm_reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open the round again, as the second person."""
        return reopening_steps.ConfirmReopenStep.take(self, request, object_id)

    @action(description=_("Leave it closed…"), url_path="reopen-drop", permissions=["assign"], icon="lock")
    def drop_reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Leave the round closed."""
        return reopening_steps.DropReopenStep.take(self, request, object_id)

    @action(description=_("Scores"), url_path="scores", permissions=["scores"], icon="bar_chart")
    def scores(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the scores."""
        return redirect("admin:vetting_round_sheets", object_id)
