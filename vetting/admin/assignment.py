"""Assignments at the desk, for the office and the president: who reads what, and who takes over; no score is here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
    Refusal,
    Step,
    StepForm,
    everything,
    moment_column,
    row_link,
)
from vetting import services
from vetting.admin.my_file import COLOURS
from vetting.models import Assignment, CommitteeMember, Round

Progress = Assignment.Progress


class ReplaceForm(StepForm):
    """Ask who takes over, and why."""

    member = forms.ModelChoiceField(
        label=_("Who takes over"),
        queryset=CommitteeMember.objects.none(),
        required=False,
        empty_label=_("whoever has the least to read and no conflict, substitutes first"),
        widget=UnfoldAdminSelectWidget,
    )
    note = forms.CharField(
        label=_("Reason"), max_length=500, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, row: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        had = row.round.assignments.filter(application=row.application)
        others = row.round.seats.exclude(pk__in=had.values("member"))
        self.fields["member"].queryset = others  # type: ignore[attr-defined]


class ReplaceStep(Step):
    """Give an application to another member."""

    title = _("Replace the member")
    button = _("Replace")
    template = "admin/vetting/replace.html"
    form_class = ReplaceForm
    too_late = _("This application was taken away from the member already, or the round is closed.")
    effects = Effects.TRIED
    refusals = {
        services.RoundClosed: Refusal(too_late),
        services.AssignmentGone: Refusal(too_late),
        services.NotServing: Refusal(_("This person does not sit on the committee."), "member"),
        services.NotToJudge: Refusal(_("This application is not to be judged in this round.")),
        services.AlreadyAssigned: Refusal(_("This member has, or had, this application."), "member"),
        services.ConflictFound: Refusal(_("Something ties this member to the application."), "member"),
    }

    @classmethod
    def is_possible(cls, row: Assignment) -> bool:
        """Say whether the member still has it and the round is open."""
        return row.is_active and row.round.is_open

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form who could take over."""
        return {"row": self.row}

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what is taken from whom."""
        row = self.row
        return [
            (gettext("Project"), row.application),
            (gettext("Organization"), row.application.organization),
            (gettext("Member"), row.member),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say whether a sheet was begun."""
        return {"begun": self.row.sheets.exists()}

    def act(self, values: dict[str, Any]) -> str:
        """Replace."""
        taken = services.replace_member(
            assignment=self.row,
            member=values["member"],
            note=values["note"],
            by=self.request.user,
            now=timezone.now(),
        )
        if taken is None:
            return gettext("Taken away; nobody is left who could take over.")
        return gettext("%(name)s takes over and gets a mail within minutes.") % {"name": taken.member}


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Read who judges what, and replace a member."""

    rows_depend_on = ("vetting.assign_committee", "vetting.close_round")
    steps = {"replace": ReplaceStep}
    actions_detail = ("replace",)
    list_display = ("project", "member", "round", "assigned_shown", "state")
    list_filter = (
        ("round", admin.RelatedOnlyFieldListFilter),
        ("member", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("application__title", "application__protocol_number", "member__user__full_name")
    search_help_text = _("Protocol number, title, name of the member")
    queues = (
        Queue(
            "to_judge",
            _("To judge"),
            lambda rows, now: rows.to_judge().filter(round__closed_at=None).exclude(progress=Progress.FINAL),
            _("No sheet is missing."),
        ),
        Queue(
            "final",
            _("Final sheets"),
            lambda rows, now: rows.active().filter(progress=Progress.FINAL),
            _("No sheet is final yet."),
        ),
        Queue(
            "gone",
            _("Taken away"),
            lambda rows, now: rows.exclude(removed_at=None),
            _("No application was taken away from a member."),
        ),
        Queue(
            "gaps",
            _("Without a substitute"),
            lambda rows, now: rows.exclude(removed_at=None).filter(replaced_by=None, round__closed_at=None),
            _("Whatever was taken away has somebody else."),
            waits=_("Files that nobody has taken over"),
            icon="person_off",
        ),
        everything(pgettext_lazy("feminine", "All"), _("Nothing has been assigned yet.")),
    )
    assigned_shown = moment_column("assigned_at", _("assigned at"))
    opened_shown = moment_column("opened_at", _("opened at"))
    removed_shown = moment_column("removed_at", _("taken away at"))
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("round_link", "application_link"),
                    ("member", "state"),
                    ("assigned_shown", "assigned_by"),
                    ("declared", "opened_shown"),
                    "found",
                    ("removed_shown", "removal_reason"),
                    ("removal_note", "follower"),
                )
            },
        ),
    )

    def has_view_permission(self, request: HttpRequest, obj: Assignment | None = None) -> bool:
        """Allow the office, and presidents; members have a list of their own."""
        rights = ("vetting.assign_committee", "vetting.close_round")
        return super().has_view_permission(request, obj) and any(map(request.user.has_perm, rights))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Show the office everything, and a president the own rounds."""
        rows = super().get_queryset(request).with_progress()
        rows = rows.select_related(
            "round__call",
            "round__session",
            "application__organization",
            "member__user",
            "declaration",
            "replaced_by__member__user",
        )
        if request.user.has_perm("vetting.assign_committee") or not request.user.has_perm(
            "vetting.close_round"
        ):
            return rows
        return rows.filter(round__in=Round.objects.led_by(request.user))

    def has_replace_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow the office, and the president of the round."""
        rights = ("vetting.assign_committee", "vetting.close_round")
        return self.has_view_permission(request) and any(map(request.user.has_perm, rights))

    @display(description=_("project"), header=True, ordering="application__title")
    def project(self, row: Assignment) -> list[str]:
        """Show the title over the name of the body."""
        return [row.application.title, row.application.organization.legal_name]

    @display(description=_("state"), label=COLOURS)
    def state(self, row: Any) -> tuple[str, str]:
        """Show how far the member is; never what was written."""
        return row.progress, str(Progress(row.progress).label)

    @display(description=_("round"))
    def round_link(self, row: Assignment) -> SafeString | str:
        """Lead to the round."""
        return row_link(row.round)

    @display(description=_("application"))
    def application_link(self, row: Assignment) -> SafeString | str:
        """Lead to the application."""
        return row_link(row.application)

    @display(description=_("declaration about conflicts of interest"))
    def declared(self, row: Assignment) -> str:
        """Show what the member declared."""
        declaration = getattr(row, "declaration", None)
        if declaration is None:
            return gettext("not yet")
        return " · ".join(filter(None, [str(declaration.get_answer_display()), declaration.text]))

    @display(description=_("found by the system"))
    def found(self, row: Assignment) -> str:
        """Show what ties the member to the application."""
        found = row.member.conflicts.filter(application=row.application)
        return "; ".join(str(match) for match in found) or "–"

    @display(description=_("replaced by"))
    def follower(self, row: Assignment) -> SafeString | str:
        """Lead to whoever took over."""
        return row_link(row.replaced_by, str(row.replaced_by.member) if row.replaced_by else "")

    @action(description=_("Replace the member…"), permissions=["replace"], icon="swap_horiz")
    def replace(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give the application to another member."""
        return ReplaceStep.take(self, request, object_id)
