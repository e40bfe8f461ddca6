from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

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
from civicfund.templatetags.clock import until
from matching import services
from matching.models import Incorporation

State = Incorporation.State
COLOURS = {"recorded": "warning", "confirmed": "success", "refused": "danger"}


def proof_link(row: Incorporation) -> SafeString | str:
    """Lead to the file that proves a body, with the start of its fingerprint."""
    kept = row.proof_file
    if kept is None:
        return "–"
    url = reverse("matching:new_body_proof", args=[row.campaign.slug, kept.public_id])
    return format_html(
        '<a class="text-link" href="{}">{}</a> (SHA-256 {}…)', url, kept.name, kept.sha256[:12]
    )


class DecideStep(Step):
    """Decide whether a body takes its group's place."""

    template = "admin/matching/decide_body.html"
    too_late = _("Somebody has decided about this body already.")
    effects = Effects.TRIED

    @classmethod
    def is_possible(cls, row: Incorporation) -> bool:
        """Say whether nobody has decided yet."""
        return row.state == State.RECORDED

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what is to be compared."""
        row = self.row
        return [
            (gettext("Campaign"), row.campaign),
            (gettext("Group"), row.group),
            (gettext("New body"), f"{row.body} ({row.body.get_kind_display()})"),
            (gettext("Tax code"), row.body.tax_code),
            (gettext("What proves it"), row.proof or "–"),
            (gettext("Proof as a file"), proof_link(row)),
            (gettext("Undertaken"), until(services.body_due_at(row.campaign))),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say which of the two it is."""
        return {"confirms": isinstance(self, ConfirmStep), "campaign": self.row.campaign}


class ConfirmStep(DecideStep):
    """Put the body in the group's place."""

    title = _("Confirm the new body")
    button = _("I have seen the proof: confirm")
    form_class = StepForm
    is_grave = True
    refusals = {
        services.IncorporationMovedOn: Refusal(DecideStep.too_late),
        services.OwnBody: Refusal(_("You belong to this body or to its group: somebody else has to decide.")),
    }
    needs_fresh_login = True

    def act(self, values: dict[str, Any]) -> str:
        """Confirm."""
        services.confirm_body(incorporation=self.row, by=self.request.user, now=timezone.now())
        return gettext(
            "Confirmed: the body is the promoter now, and a grant that was kept is awarded within seconds."
        )


class RefuseStep(DecideStep):
    """Leave the group in its place."""

    title = _("Refuse the new body")
    button = _("Refuse")
    form_class = ReasonForm
    refusals = {
        services.IncorporationMovedOn: Refusal(DecideStep.too_late),
        services.ProofMissing: Refusal(_("Write the reason."), "reason"),
    }

    def act(self, values: dict[str, Any]) -> str:
        """Refuse."""
        services.refuse_body(
            incorporation=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("Refused: the group has been written to with the reason, and may name a body again.")


@admin.register(Incorporation)
class IncorporationAdmin(ReadOnlyAdmin):
    """Read which groups of citizens have set up a body, and confirm it."""

    steps = {"confirm": ConfirmStep, "refuse": RefuseStep}
    actions_detail = tuple(steps)
    list_display = ("project", "body", "recorded_shown", "due_shown", "shown_state")
    list_filter = (("campaign__application__call", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("campaign__title", "group__legal_name", "body__legal_name", "=body__tax_code")
    search_help_text = _("Title, group, body or tax code")
    ordering = ("recorded_at", "pk")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("campaign_link", "state"),
                    ("group_link", "body_link"),
                    ("proof", "proof_file_link"),
                    ("recorded_shown", "recorded_by"),
                    ("due_shown", "refusal_reason"),
                    ("decided_shown", "decided_by"),
                )
            },
        ),
    )
    readonly_fields = ("proof_file_link",)
    queues = (
        Queue(
            "waiting",
            _("To confirm"),
            lambda rows, now: rows.filter(state=State.RECORDED),
            _("No group has named a new body."),
            waits=_("New bodies of groups to confirm"),
            icon="diversity_3",
            due=after("recorded_at", days=5),
        ),
        everything(_("All"), _("No group has ever named a new body.")),
    )
    recorded_shown = moment_column("recorded_at", _("recorded at"))
    decided_shown = moment_column("decided_at", _("decided at"))
    shown_state = status_column("state", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch campaigns, bodies and people."""
        rows = super().get_queryset(request)
        return rows.select_related(
            "campaign__application__call",
            "campaign__application__decision",
            "campaign__application__session__fund",
            "group",
            "body",
            "proof_file",
            "recorded_by",
            "decided_by",
        )

    def has_decide_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change these rows to decide."""
        return request.user.has_perm("matching.change_incorporation")

    @display(description=_("project"), header=True, ordering="campaign__title")
    def project(self, row: Incorporation) -> list[str]:
        """Show the title over the name of the group."""
        return [row.campaign.title, row.group.legal_name]

    @display(description=_("campaign"))
    def campaign_link(self, row: Incorporation) -> str:
        """Lead to the campaign."""
        return row_link(row.campaign)

    @display(description=_("group"))
    def group_link(self, row: Incorporation) -> str:
        """Lead to the group."""
        return row_link(row.group)

    @display(description=_("new body"))
    def body_link(self, row: Incorporation) -> str:
        """Lead to the body."""
        return row_link(row.body)

    @display(description=_("proof as a file"))
    def proof_file_link(self, row: Incorporation) -> SafeString | str:
        """Lead to the file."""
        return proof_link(row)

    @display(description=_("undertaken"))
    def due_shown(self, row: Incorporation) -> str:
        """Show until when the group undertook to be a body."""
        return until(services.body_due_at(row.campaign))

    @action(description=_("Confirm…"), permissions=["decide"], icon="done_all", variant=ActionVariant.PRIMARY)
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put the body in the group's place."""
        return ConfirmStep.take(self, request, object_id)

    @action(description=_("Refuse…"), permissions=["decide"], icon="undo")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Leave the group in its place."""
        return RefuseStep.take(self, request, object_id)
