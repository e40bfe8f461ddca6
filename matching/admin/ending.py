"""Campaigns their promoters withdraw, and grants that are refused or taken back by act."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from civicfund.desk import Queue, ReadOnlyAdmin, after, everything, moment_column, row_link, status_column
from matching.admin import ending_steps
from matching.models import Revocation, Withdrawal

SEARCHED = (
    "campaign__title",
    "campaign__application__organization__legal_name",
    "campaign__application__protocol_number",
)


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnlyAdmin):
    """Read why promoters withdraw, and answer those who have reached their threshold."""

    steps = {"acknowledge": ending_steps.AcknowledgeStep, "propose": ending_steps.ProposeAfterWaiverStep}
    actions_detail = tuple(steps)
    list_display = ("project", "stage", "asked_shown", "asked_by", "shown_state")
    list_filter = ("stage", ("campaign__application__call", admin.RelatedOnlyFieldListFilter))
    search_fields = SEARCHED
    search_help_text = _("Title, organization or protocol number")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("campaign_link", "grant_link"),
                    ("stage", "state"),
                    "reason",
                    ("asked_shown", "asked_by"),
                    ("done_shown", "acknowledged_by"),
                )
            },
        ),
    )
    queues = (
        Queue(
            "to_acknowledge",
            _("To take note of"),
            lambda rows, now: rows.to_acknowledge(),
            _("No withdrawal waits for an officer."),
            waits=_("Withdrawals to take note of"),
            icon="logout",
            due=after("asked_at", days=3),
            steps=("acknowledge",),
        ),
        Queue(
            "gifts_left",
            _("Gifts with the promoter"),
            lambda rows, now: rows.gifts_left(),
            _("No campaign given up has left gifts with its promoter."),
            waits=_("Given up after a payout: gifts the promoter has to give back"),
            icon="person_alert",
            steps=("propose",),
        ),
        Queue(
            "waivers",
            _("Grants given up"),
            lambda rows, now: rows.waivers_to_propose(),
            _("No promoter gives up an awarded grant."),
            waits=_("Grants given up: propose the act that takes them back"),
            icon="assignment_return",
            due=after("asked_at", days=3),
            steps=("propose",),
        ),
        everything(_("All"), _("No campaign has been withdrawn.")),
    )
    asked_shown = moment_column("asked_at", _("asked at"))
    done_shown = moment_column("done_at", _("done at"))
    shown_state = status_column("state", _("state"), {"asked": "warning", "done": "success"})

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch campaigns, bodies and people."""
        rows = super().get_queryset(request)
        return rows.select_related(
            "campaign__application__organization", "campaign__grant", "asked_by", "acknowledged_by"
        )

    def has_answer_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change withdrawals to take note of them."""
        return request.user.has_perm("matching.change_withdrawal")

    def has_propose_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may add revocations to propose one."""
        return request.user.has_perm("matching.add_revocation")

    @display(description=_("project"), header=True, ordering="campaign__title")
    def project(self, withdrawal: Withdrawal) -> list[str]:
        """Show the title over the name of the body."""
        return [withdrawal.campaign.title, withdrawal.campaign.organization.legal_name]

    @display(description=_("campaign"))
    def campaign_link(self, withdrawal: Withdrawal) -> str:
        """Lead to the campaign."""
        return row_link(withdrawal.campaign)

    @display(description=_("grant"))
    def grant_link(self, withdrawal: Withdrawal) -> str:
        """Lead to the campaign's grant, when there is one."""
        grant = getattr(withdrawal.campaign, "grant", None)
        return row_link(grant, grant.get_state_display() if grant else "")

    @action(
        description=_("Take note…"), permissions=["answer"], icon="done_all", variant=ActionVariant.PRIMARY
    )
    def acknowledge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take note of a withdrawal: the campaign ends."""
        return ending_steps.AcknowledgeStep.take(self, request, object_id)

    @action(
        description=_("Propose to take the grant back…"),
        permissions=["propose"],
        icon="gavel",
        variant=ActionVariant.PRIMARY,
    )
    def propose(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Propose the revocation a waiver of an awarded grant needs."""
        return ending_steps.ProposeAfterWaiverStep.take(self, request, object_id)


@admin.register(Revocation)
class RevocationAdmin(ReadOnlyAdmin):
    """Read what was proposed and decided about grants, and act as the second officer."""

    steps = {"confirm": ending_steps.ConfirmRevocationStep, "drop": ending_steps.DropRevocationStep}
    actions_detail = tuple(steps)
    list_display = ("project", "cause", "proposed_shown", "proposed_by", "decided_shown", "shown_state")
    list_filter = ("cause", ("grant__fund", admin.RelatedOnlyFieldListFilter))
    search_fields = tuple(f"grant__{path}" for path in SEARCHED)
    search_help_text = _("Title, organization or protocol number")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("campaign_link", "grant_link"),
                    ("cause", "state"),
                    "reason",
                    ("proposed_shown", "proposed_by"),
                    ("decided_shown", "decided_by"),
                    "act",
                    "drop_reason",
                )
            },
        ),
    )
    queues = (
        Queue(
            "proposed",
            _("Waiting for a second officer"),
            lambda rows, now: rows.proposed(),
            _("No proposal waits for a second officer."),
            waits=_("Proposed revocations and refusals of grants"),
            icon="gavel",
            due=after("proposed_at", days=5),
            not_for="proposed_by",
        ),
        everything(_("All"), _("No grant has ever been refused or taken back.")),
    )
    proposed_shown = moment_column("proposed_at", _("proposed at"))
    decided_shown = moment_column("decided_at", _("decided at"))
    shown_state = status_column(
        "state", _("state"), {"proposed": "warning", "confirmed": "danger", "dropped": "info"}
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch campaigns, bodies, people and acts."""
        rows = super().get_queryset(request)
        return rows.select_related(
            "grant__campaign__application__organization", "proposed_by", "decided_by", "act"
        )

    def has_decide_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change revocations to confirm and to drop them."""
        return request.user.has_perm("matching.change_revocation")

    @display(description=_("project"), header=True, ordering="grant__campaign__title")
    def project(self, revocation: Revocation) -> list[str]:
        """Show the title over the name of the body."""
        campaign = revocation.grant.campaign
        return [campaign.title, campaign.organization.legal_name]

    @display(description=_("campaign"))
    def campaign_link(self, revocation: Revocation) -> str:
        """Lead to the campaign."""
        return row_link(revocation.grant.campaign)

    @display(description=_("grant"))
    def grant_link(self, revocation: Revocation) -> str:
        """Lead to the grant."""
        return row_link(revocation.grant, revocation.grant.get_state_display())

    @action(
        description=_("Confirm with the act…"),
        permissions=["decide"],
        icon="gavel",
        variant=ActionVariant.DANGER,
    )
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take a grant back, as a second officer."""
        return ending_steps.ConfirmRevocationStep.take(self, request, object_id)

    @action(description=_("Drop the proposal…"), permissions=["decide"], icon="undo")
    def drop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Drop a proposal."""
        return ending_steps.DropRevocationStep.take(self, request, object_id)
