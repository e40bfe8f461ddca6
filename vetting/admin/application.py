from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from calls.admin.desk_writing_steps import WriteForBodyStep
from calls.models import Application
from calls.services import ACT_RIGHT
from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    after,
    day_column,
    euro_column,
    everything,
    moment_column,
    status_column,
)
from vetting.admin.steps import AdmitStep, AnnulStep, ExcludeStep, cost_limits
from vetting.models import Round, ready_for_merit
from vetting.services import place_of

Status = Application.Status
COLOURS = {
    "submitted": "warning",
    "admitted": "success",
    "inadmissible": "danger",
    "reserve": "info",
    "not_selected": "default",
    "withdrawn": "default",
}


def having(status: Application.Status) -> Any:
    """Return what keeps the applications in one state."""
    return lambda rows, now: rows.filter(status=status)


def to_decide(rows: QuerySet, now: Any) -> QuerySet:
    """Keep what two officers decide: what was found not admissible, and the rest where no committee judges it."""
    checked = Q(call__check_days=0) | Q(eligibility__outcome="admissible")
    found = Q(eligibility__outcome="inadmissible") | (checked & ~in_a_round())
    return rows.filter(found, status=Status.SUBMITTED)


def with_committee(rows: QuerySet, now: Any) -> QuerySet:
    """Keep what a committee judges or has judged: the ranking decides about it."""
    return ready_for_merit(rows).filter(in_a_round())


def in_a_round() -> Exists:
    """Return the condition that a committee has the window of an application."""
    windows = Q(session=None) | Q(session=OuterRef("session"))
    return Exists(Round.objects.filter(windows, call=OuterRef("call")))


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    """Read the applications that were handed in, the undecided ones first, and decide about each with a reason."""

    steps = {"admit": AdmitStep, "turn_down": ExcludeStep, "annul": AnnulStep, "write": WriteForBodyStep}
    actions_detail = ("admit", "turn_down", "annul", "write")
    list_display = (
        "project",
        "protocol_number",
        "window",
        "borough",
        "cost_euro",
        "submitted_day",
        "state",
    )
    list_filter = (
        ("call", admin.RelatedOnlyFieldListFilter),
        ("session", admin.RelatedOnlyFieldListFilter),
        "borough",
        "organization__kind",
    )
    search_fields = (
        "protocol_number",
        "title",
        "organization__legal_name",
        "=organization__tax_code",
        "partners__legal_name",
        "=partners__tax_code",
    )
    search_help_text = _("Protocol number, title, organization or partner, tax code")
    ordering = ("submitted_at", "pk")
    change_form_before_template = "admin/calls/application.html"
    fieldsets = ((_("Dates"), {"fields": (("submitted_shown", "updated_shown"),)}),)
    queues = (
        Queue(
            "to_decide",
            _("To decide"),
            to_decide,
            _("No application waits for a decision."),
            waits=_("Applications to decide"),
            icon="gavel",
            due=after("submitted_at", days=30),
        ),
        Queue(
            "judged",
            _("With the committee"),
            with_committee,
            _("No committee has an application in its hands."),
        ),
        Queue("admitted", _("Admitted"), having(Status.ADMITTED), _("No application is admitted yet.")),
        Queue("excluded", _("Not admitted"), having(Status.INADMISSIBLE), _("No application was excluded.")),
        Queue(
            "reserve", _("Reserve list"), having(Status.RESERVE), _("No application waits on a reserve list.")
        ),
        Queue(
            "not_selected",
            _("Not selected"),
            having(Status.NOT_SELECTED),
            _("No ranking has left an application out."),
        ),
        Queue("withdrawn", _("Withdrawn"), having(Status.WITHDRAWN), _("No application was withdrawn.")),
        everything(pgettext_lazy("feminine", "All"), _("No application has been handed in yet.")),
    )
    cost_euro = euro_column("cost_cents", _("project cost"))
    submitted_day = day_column("submitted_at", _("submitted at"))
    submitted_shown = moment_column("submitted_at", _("submitted at"))
    updated_shown = moment_column("updated_at", _("changed at"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Leave out what was never handed in: only the body itself sees it."""
        return super().get_queryset(request).with_story().exclude(submitted_at=None)

    def has_decide_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change applications to decide about them."""
        return request.user.has_perm("calls.change_application")

    @display(description=_("project"), header=True, ordering="title")
    def project(self, application: Application) -> list[str]:
        """Show the title over the name of the body."""
        return [application.title, application.organization.legal_name]

    @display(description=_("window"), ordering="session__opens_at")
    def window(self, application: Application) -> str:
        """Show edition and number of the application window."""
        return (
            f"{application.call.edition}\u00a0·\u00a0{application.session.number}"
            if application.session
            else "–"
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show the application with what the call allows and promises."""
        application = self.get_object(request, object_id)
        told = {}
        if application:
            call = application.call
            told = {
                "application": application,
                "promise": application.promise,
                "limits": cost_limits(application),
                "fits": {
                    "cost": call.admits_cost(application.cost_cents),
                    "kind": application.organization.kind in call.eligible_kinds,
                    "borough": application.borough not in call.excluded_boroughs,
                    "duration": application.duration_months <= call.project_months_max,
                },
                "partners": application.partners.filter(waits_in=None).with_letters(),
                "versions": application.versions.select_related("application").order_by("-number"),
                "members": application.organization.members.order_by("full_name"),
                "others": others_of(application),
                "annulled": application.annulled_decisions.select_related("annulment", "decided_by"),
                "proposals": application.decision_proposals.waiting().select_related("proposed_by"),
                "place": place_of(application),
                "supports": application.support_requests.select_related("offer"),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    @action(
        description=_("Admit…"), permissions=["decide"], icon="check_circle", variant=ActionVariant.PRIMARY
    )
    def admit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Admit an application."""
        return AdmitStep.take(self, request, object_id)

    def has_counter_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may write for bodies."""
        return request.user.has_perm(ACT_RIGHT)

    @action(description=_("Write for the organization…"), permissions=["counter"], icon="edit_note")
    def write(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open an application that may still be taken back, for its body."""
        return WriteForBodyStep.take(self, request, object_id)

    @action(
        description=_("Exclude…"),
        url_path="exclude",
        permissions=["decide"],
        icon="block",
        variant=ActionVariant.DANGER,
    )
    def turn_down(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Close an application with a reason."""
        return ExcludeStep.take(self, request, object_id)

    @action(description=_("Take the exclusion back…"), permissions=["decide"], icon="undo")
    def annul(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Propose to take an exclusion back."""
        return AnnulStep.take(self, request, object_id)


def others_of(application: Application) -> QuerySet[Application]:
    """Return what else the body has handed in."""
    same = Application.objects.filter(organization=application.organization).exclude(submitted_at=None)
    return same.exclude(pk=application.pk).select_related("call")
