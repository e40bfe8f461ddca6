from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from calls.services import ApplicationClosed
from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
    ReasonForm,
    Refusal,
    Step,
    StepForm,
    after,
    everything,
    moment_column,
    row_link,
    status_column,
)
from civicfund.templatetags.clock import moment
from vetting import services
from vetting.admin.steps import application_facts, shown
from vetting.models import DecisionProposal

COLOURS = {"proposed": "warning", "confirmed": "success", "dropped": "default"}
MOVED_ON = Refusal(_("This proposal has been decided already, or the application has moved on."))


class ProposalStep(Step):
    """Decide about a proposed decision."""

    template = "admin/vetting/confirm_decision.html"
    too_late = _("This proposal has been decided already.")
    effects = Effects.TRIED
    refusals = {
        services.SamePerson: Refusal(_("You proposed this yourself: somebody else has to confirm it.")),
        services.ProposalMovedOn: MOVED_ON,
        services.RankedByCommittee: Refusal(
            _("A committee judges the applications of this window by now: the ranking admits.")
        ),
        services.NotFoundAdmissible: Refusal(_("Its formal check has not found it admissible yet.")),
        ApplicationClosed: MOVED_ON,
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
    }

    @classmethod
    def is_possible(cls, row: DecisionProposal) -> bool:
        """Say whether it waits."""
        return row.state == DecisionProposal.State.PROPOSED

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what was proposed, by whom and why."""
        return [
            *application_facts(self.row.application),
            (gettext("Proposed"), self.row.get_outcome_display()),
            (gettext("Proposed by"), f"{self.row.proposed_by}, {moment(self.row.proposed_at)}"),
            (gettext("With the reason"), self.row.reason),
            *([(gettext("Act"), self.row.act_shown)] if self.row.act_number else []),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what is frozen, and whom the mail reaches."""
        application, cost = self.row.application, self.row.admitted_cost_cents
        return {
            "proposal": self.row,
            "promise": application.call.promise(cost) if cost else None,
            "members": application.organization.members.filter(is_active=True).count(),
            "drops": isinstance(self, DropProposalStep),
            "is_own": self.row.proposed_by_id == self.request.user.pk,
        }


class ConfirmProposalStep(ProposalStep):
    """Admit, exclude or take an exclusion back, as the second officer."""

    title = _("Confirm the decision")
    button = _("Confirm the decision")
    is_grave = True
    needs_fresh_login = True
    form_class = StepForm

    def act(self, values: dict[str, Any]) -> str:
        """Confirm."""
        decision = services.confirm_proposal(proposal=self.row, by=self.request.user, now=timezone.now())
        if decision.annulment_id:
            return gettext("Taken back: the application waits for a decision, and the organization knows.")
        if decision.outcome == decision.Outcome.ADMITTED:
            return gettext(
                "Admitted. The organization has been written to, and its campaign page is being made."
            )
        return gettext("Excluded. The organization has been written to with the reason.")


class DropProposalStep(ProposalStep):
    """Leave an application undecided."""

    title = _("Drop the proposal")
    button = _("Drop it")
    form_class = ReasonForm

    def act(self, values: dict[str, Any]) -> str:
        """Drop it."""
        services.drop_proposal(
            proposal=self.row, by=self.request.user, reason=values["reason"], now=timezone.now()
        )
        return gettext("Dropped: the application waits for a decision as before.")


@admin.register(DecisionProposal)
class DecisionProposalAdmin(ReadOnlyAdmin):
    """Read what one officer proposes about applications, and confirm it as another one."""

    steps = {"confirm": ConfirmProposalStep, "drop": DropProposalStep}
    actions_detail = tuple(steps)
    list_display = ("project", "outcome", "cost_shown", "proposed_shown", "proposed_by", "state_shown")
    list_filter = (("application__call", admin.RelatedOnlyFieldListFilter), "outcome")
    search_fields = ("application__protocol_number", "application__title")
    search_help_text = _("Protocol number, title")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("application_link", "outcome"),
                    "reason",
                    ("cost_shown", "act_shown"),
                    ("proposed_shown", "proposed_by"),
                    ("state", "drop_reason"),
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
            _("No decision waits for a second person."),
            waits=_("Decisions to confirm"),
            icon="how_to_vote",
            due=after("proposed_at", days=3),
            not_for="proposed_by",
        ),
        everything(pgettext_lazy("feminine", "All"), _("Nobody has proposed a decision.")),
    )
    proposed_shown = moment_column("proposed_at", _("proposed at"))
    decided_shown = moment_column("decided_at", _("decided at"))
    state_shown = status_column("state", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch applications and people."""
        rows = super().get_queryset(request)
        return rows.select_related(
            "application__organization", "application__call", "proposed_by", "decided_by"
        )

    def has_second_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change proposals to decide on them."""
        return request.user.has_perm(services.CONFIRM_RIGHT)

    def has_drop_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow who may confirm, and who may propose: a proposal of the own can be taken back."""
        return self.has_second_permission(request) or request.user.has_perm("calls.change_application")

    @display(description=_("project"), header=True)
    def project(self, proposal: DecisionProposal) -> list[str]:
        """Show the title over the name of the body."""
        return [proposal.application.title, proposal.application.organization.legal_name]

    @display(description=_("application"))
    def application_link(self, proposal: DecisionProposal) -> str:
        """Lead to the application."""
        return row_link(proposal.application)

    @display(description=_("admitted cost"), empty_value="–")
    def cost_shown(self, proposal: DecisionProposal) -> str | None:
        """Show the cost to be admitted."""
        cost = proposal.admitted_cost_cents
        return shown(cost) if cost else None

    @display(description=_("act"), empty_value="–")
    def act_shown(self, proposal: DecisionProposal) -> str | None:
        """Show the act by which an exclusion is taken back."""
        return proposal.act_shown or None

    @action(
        description=_("Confirm…"), permissions=["second"], icon="check_circle", variant=ActionVariant.PRIMARY
    )
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Decide what was proposed."""
        return ConfirmProposalStep.take(self, request, object_id)

    @action(description=_("Drop…"), permissions=["drop"], icon="undo")
    def drop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Drop what was proposed."""
        return DropProposalStep.take(self, request, object_id)
