"""The desk of spaces and micro-grants: what admitted projects ask for is granted by an act, or refused with a reason."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from calls import services
from calls.admin.parts import DraftPart
from calls.admin_fields import AmountField
from calls.admin_forms import SupportDeskForm
from calls.models import Application, SupportOffer, SupportRequest
from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
    ReasonedActForm,
    ReasonForm,
    Refusal,
    Step,
    after,
    euro_column,
    everything,
    moment_column,
    row_link,
    status_column,
)
from civicfund.templatetags.money import euro

State = SupportRequest.State
COLOURS = {"asked": "warning", "granted": "success", "refused": "default"}


class SupportInline(DraftPart):
    """What a call offers beside co-funding."""

    model = SupportOffer
    form = SupportDeskForm
    ordering_field = "position"
    hide_ordering_field = True
    shown = ("kind", "name", "description", "quantity", "limit_euro")
    limit_euro = euro_column("limit_cents", _("up to how much"))


class GrantForm(ReasonedActForm):
    """Ask for the act, the reason and, of a micro-grant, the amount."""

    amount = AmountField(label=_("Amount granted"))

    def __init__(self, *args: Any, row: SupportRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not row.is_amount:
            del self.fields["amount"]
        elif row.offer.limit_cents is not None:
            self.fields["amount"].help_text = gettext("At most %(most)s.") % {
                "most": euro(row.offer.limit_cents)
            }


class SupportStep(Step):
    """Decide about a request."""

    template = "admin/calls/support_step.html"
    too_late = _("This request is decided already, or its application is not alive any more.")
    effects = Effects.TRIED
    unsure = {
        services.SupportMovedOn: Refusal(too_late),
        services.OwnRequest: Refusal(_("You belong to the body that asks: somebody else has to decide.")),
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
    }

    @classmethod
    def is_possible(cls, row: SupportRequest) -> bool:
        """Say whether nobody has decided and the application is alive."""
        return SupportRequest.objects.to_decide().filter(pk=row.pk).exists()

    def facts(self) -> list[tuple[Any, Any]]:
        """Say who asks for what, and why."""
        row = self.row
        granted = row.offer.requests.filter(state=State.GRANTED).count()
        return [
            (gettext("Project"), row.application.title),
            (gettext("Organization"), row.application.organization),
            (gettext("Support"), f"{row.offer} ({row.offer.get_kind_display()})"),
            (gettext("Why it is needed"), row.words),
            (
                gettext("Granted so far"),
                granted if row.offer.quantity is None else f"{granted} / {row.offer.quantity}",
            ),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say which of the two it is."""
        return {"grants": isinstance(self, GrantStep)}


class GrantStep(SupportStep):
    """Grant a space or a micro-grant."""

    title = _("Grant the support")
    button = _("Grant")
    form_class = GrantForm
    is_grave = True
    refusals = {
        **SupportStep.unsure,
        services.NotAdmittedYet: Refusal(_("Admit the application first.")),
        services.ActMissing: Refusal(_("Write the act."), "act_number"),
        services.OfferUsedUp: Refusal(_("As many as the call offers have been granted.")),
        services.WrongAmount: Refusal(
            _("Write an amount above zero, at most what the call offers."), "amount"
        ),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: SupportRequest) -> bool:
        """Say whether the project is admitted as well."""
        return super().is_possible(row) and row.application.status == Application.Status.ADMITTED

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form which request it is about."""
        return {"row": self.row}

    def act(self, values: dict[str, Any]) -> str:
        """Grant."""
        services.grant_support(
            request=self.row,
            reason=values["reason"],
            act_number=values["act_number"],
            act_date=values["act_date"],
            amount_cents=values.get("amount"),
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Granted: the organization has been written to.")


class RefuseSupportStep(SupportStep):
    """Refuse a request."""

    title = _("Do not grant the support")
    button = _("Do not grant it")
    form_class = ReasonForm
    refusals = SupportStep.unsure

    def act(self, values: dict[str, Any]) -> str:
        """Refuse."""
        services.refuse_support(
            request=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("Not granted: the organization has been written to with the reason.")


@admin.register(SupportRequest)
class SupportRequestAdmin(ReadOnlyAdmin):
    """Read which spaces and micro-grants applications ask for, and decide."""

    steps = {"grant": GrantStep, "refuse": RefuseSupportStep}
    actions_detail = tuple(steps)
    list_display = ("project", "offer", "words", "shown_state", "amount_euro")
    list_filter = (("application__call", admin.RelatedOnlyFieldListFilter), "offer__kind")
    search_fields = ("application__title", "application__organization__legal_name", "offer__name")
    search_help_text = _("Title, organization or support")
    ordering = ("application__submitted_at", "pk")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("application_link", "offer"),
                    "words",
                    ("state", "amount_euro"),
                    ("act_number", "act_date"),
                    "reason",
                    ("decided_shown", "decided_by"),
                )
            },
        ),
    )
    queues = (
        Queue(
            "to_decide",
            _("To decide"),
            lambda rows, now: rows.to_decide(),
            _("No space and no micro-grant waits for a decision."),
            waits=_("Spaces and micro-grants to decide"),
            icon="meeting_room",
            due=after("application__submitted_at", days=30),
        ),
        Queue(
            "granted",
            pgettext_lazy("feminine", "Granted"),
            lambda rows, now: rows.filter(state=State.GRANTED),
            _("No space and no micro-grant has been granted yet."),
        ),
        everything(pgettext_lazy("feminine", "All"), _("No application asks for a space or a micro-grant.")),
    )
    amount_euro = euro_column("amount_cents", _("amount granted"))
    decided_shown = moment_column("decided_at", _("decided at"))
    shown_state = status_column("state", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out the drafts: only the body itself sees them."""
        rows = super().get_queryset(request).handed_in()
        return rows.select_related("application__organization", "application__call", "offer", "decided_by")

    def has_decide_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change requests to decide about them."""
        return request.user.has_perm("calls.change_supportrequest")

    @display(description=_("project"), header=True, ordering="application__title")
    def project(self, row: SupportRequest) -> list[str]:
        """Show the title over the name of the body."""
        return [row.application.title, row.application.organization.legal_name]

    @display(description=_("application"))
    def application_link(self, row: SupportRequest) -> str:
        """Lead to the application."""
        return row_link(row.application)

    @action(description=_("Grant…"), permissions=["decide"], icon="done_all", variant=ActionVariant.PRIMARY)
    def grant(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Grant it by an act."""
        return GrantStep.take(self, request, object_id)

    @action(description=_("Do not grant…"), permissions=["decide"], icon="block")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Refuse it with a reason."""
        return RefuseSupportStep.take(self, request, object_id)
