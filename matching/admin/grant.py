from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    day_column,
    euro_column,
    everything,
    moment_column,
    status_column,
)
from matching.admin.ending_steps import ProposeStep
from matching.models import Grant

State = Grant.State
COLOURS = {"reserved": "info", "waitlisted": "warning", "awarded": "success"}


def having(state: Grant.State) -> Any:
    """Return what keeps the grants in one state."""
    return lambda rows, now: rows.filter(state=state)


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    """Read the municipality's shares with their evidence."""

    steps = {"propose": ProposeStep}
    actions_detail = ("propose",)
    list_display = (
        "project",
        "fund",
        "due_euro",
        "amount_euro",
        "raised_euro",
        "reached_day",
        "awarded_day",
        "shown_state",
    )
    list_filter = (("fund", admin.RelatedOnlyFieldListFilter), "state")
    search_fields = (
        "campaign__title",
        "campaign__application__organization__legal_name",
        "campaign__application__protocol_number",
    )
    search_help_text = _("Title, organization or protocol number")
    change_form_before_template = "admin/matching/grant.html"
    fieldsets = (
        (
            _("Its life"),
            {
                "fields": (
                    ("reserved_shown", "waitlisted_shown"),
                    ("reached_shown", "awarded_shown"),
                    ("returned_shown", "fund"),
                )
            },
        ),
        (_("Evidence"), {"fields": (("campaign", "evidence"), "rule_version")}),
    )
    queues = (
        everything(_("All"), _("No grant has been set aside or awarded yet.")),
        Queue(
            "waiting",
            _("Waiting"),
            having(State.WAITLISTED),
            _("No grant waits for the fund."),
            waits=_("Grants waiting for the fund"),
            icon="hourglass_top",
        ),
        Queue("reserved", _("Set aside"), having(State.RESERVED), _("No grant is set aside now.")),
        Queue("awarded", _("Awarded"), having(State.AWARDED), _("No grant has been awarded yet.")),
        Queue("returned", _("Returned"), having(State.RETURNED), _("No grant has gone back to its fund.")),
    )
    due_euro = euro_column("due_cents", _("due"))
    amount_euro = euro_column("amount_cents", _("amount"))
    raised_euro = euro_column("raised_cents", _("raised"))
    reached_day = day_column("reached_at", _("threshold reached at"))
    awarded_day = day_column("awarded_at", _("awarded at"))
    reserved_shown = moment_column("reserved_at", _("set aside at"))
    waitlisted_shown = moment_column("waitlisted_at", _("waiting since"))
    reached_shown = moment_column("reached_at", _("threshold reached at"))
    awarded_shown = moment_column("awarded_at", _("awarded at"))
    returned_shown = moment_column("returned_at", _("returned at"))
    shown_state = status_column("state", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch campaigns, bodies and funds."""
        return (
            super()
            .get_queryset(request)
            .select_related("campaign__application__organization", "fund", "evidence")
        )

    @display(description=_("project"), header=True, ordering="campaign__title")
    def project(self, grant: Grant) -> list[str]:
        """Show the title over the name of the body."""
        return [grant.campaign.title, grant.campaign.organization.legal_name]

    def has_propose_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may add revocations to propose one."""
        return request.user.has_perm("matching.add_revocation")

    @action(description=_("Propose to refuse or take back…"), permissions=["propose"], icon="gavel")
    def propose(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Propose to a second officer that the grant be refused or taken back."""
        return ProposeStep.take(self, request, object_id)
