"""What readers report: read, looked into, closed with a note."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import truncatechars
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from campaigns import services
from campaigns.models import Problem
from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
    ReasonForm,
    Refusal,
    Step,
    after,
    everything,
    moment_column,
    row_link,
    status_column,
)
from civicfund.templatetags.clock import moment

Status = Problem.Status
COLOURS = {"open": "warning", "closed": "success"}
#: How much of a text a list shows.
SHORT = 90
#: How soon an officer looks at what readers report.
REPORTS_DAYS = 3


class CloseForm(ReasonForm):
    """Ask what was found and done."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("What was found, and what was done")


class CloseStep(Step):
    """Close a reported problem."""

    title = _("Close the problem")
    button = _("Close it")
    template = "admin/campaigns/close_problem.html"
    too_late = _("Somebody has closed it already.")
    effects = Effects.NOBODY
    form_class = CloseForm
    refusals = {services.ProblemClosed: Refusal(_("Somebody has closed it already."))}

    @classmethod
    def is_possible(cls, row: Problem) -> bool:
        """Say whether nobody has closed it."""
        return row.status == Status.OPEN

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what was reported."""
        return [
            (gettext("Campaign"), self.row.campaign),
            (gettext("Reported"), moment(self.row.reported_at)),
            (self.row.get_kind_display(), self.row.text),
        ]

    def act(self, values: dict[str, Any]) -> str:
        """Close it."""
        now = timezone.now()
        services.close_problem(problem=self.row, note=values["reason"], by=self.request.user, now=now)
        return gettext("The problem is closed.")


@admin.register(Problem)
class ProblemAdmin(ReadOnlyAdmin):
    """Read what readers find wrong, the oldest first."""

    steps = {"close_it": CloseStep}
    actions_detail = tuple(steps)
    list_display = ("short", "campaign", "kind", "reported_shown", "state")
    list_filter = ("kind",)
    list_select_related = ("campaign",)
    search_fields = ("text", "campaign__title", "email")
    search_help_text = _("Words, campaign or address")
    ordering = ("reported_at", "pk")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("campaign_link", "about_link"),
                    "kind",
                    "text",
                    ("reported_shown", "email"),
                    "status",
                    "note",
                    ("closed_shown", "closed_by"),
                )
            },
        ),
    )
    queues = (
        Queue(
            "open",
            pgettext_lazy("problems", "To look into"),
            lambda rows, now: rows.waiting(),
            _("No reported problem waits."),
            waits=_("Problems reported by readers"),
            icon="report",
            due=after("reported_at", days=REPORTS_DAYS),
        ),
        Queue(
            "closed",
            pgettext_lazy("problems", "Closed"),
            lambda rows, now: rows.filter(status=Status.CLOSED),
            _("No problem has been closed yet."),
        ),
        everything(pgettext_lazy("masculine", "All"), _("Nobody has reported anything.")),
    )
    reported_shown = moment_column("reported_at", _("reported at"))
    closed_shown = moment_column("closed_at", _("closed at"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch campaigns and people."""
        return (
            super()
            .get_queryset(request)
            .select_related("campaign", "update", "question", "item", "closed_by")
        )

    def has_close_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change problems to close them."""
        return request.user.has_perm(services.PROBLEM_RIGHT)

    @display(description=_("problem"))
    def short(self, problem: Problem) -> str:
        """Show how it begins."""
        return truncatechars(problem.text, SHORT)

    @display(description=_("campaign"))
    def campaign_link(self, problem: Problem) -> str:
        """Lead to the campaign."""
        return row_link(problem.campaign)

    @display(description=_("about"))
    def about_link(self, problem: Problem) -> str:
        """Lead to the one thing of the page it is about, where it can be hidden."""
        return row_link(problem.about) if problem.about else gettext("the page as a whole")

    @action(description=_("Close…"), permissions=["close"], icon="task_alt", variant=ActionVariant.PRIMARY)
    def close_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Close it with a note."""
        return CloseStep.take(self, request, object_id)
