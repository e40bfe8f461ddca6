"""Thresholds that refunds or disputes have undone: before the award the days to restore them, after it the gap."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns.models import Campaign
from campaigns.services import WrongState
from campaigns.templatetags.gate import raised_cents
from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    Refusal,
    Step,
    euro_column,
    everything,
    moment_column,
    row_link,
    status_column,
)
from civicfund.templatetags.clock import by_when
from civicfund.templatetags.money import euro
from matching import services
from matching.admin.ending_steps import UNSURE, SumForm
from matching.models import Cure, CurePayment

SEARCHED = ("campaign__title", "campaign__application__organization__legal_name")


def missing_cents(cure: Cure) -> int:
    """Return what is missing to the threshold now, in cents; the campaign's accounts should have been fetched."""
    return max(cure.campaign.threshold_cents - raised_cents(cure.campaign), 0)


class EvidenceForm(SumForm):
    """Ask what proves a payment."""

    evidence = forms.CharField(
        label=_("Evidence"),
        help_text=_(
            "What you have seen: bank, day, CRO or TRN of the transfer. Kept with your name in the ledger."
        ),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class RecordPaymentStep(Step):
    """Write that the promoter has paid in, traced, what is missing to its threshold."""

    title = _("The promoter has paid what is missing")
    button = _("It is paid, and I have seen the proof")
    template = "admin/matching/record_cure_payment.html"
    effects = Effects.TRIED
    form_class = EvidenceForm
    is_grave = True
    refusals = {
        **UNSURE,
        services.EvidenceMissing: Refusal(_("Write what proves the payment."), "evidence"),
        services.NotAllowed: Refusal(_("Nothing is missing any more, or the call does not admit it.")),
        WrongState: Refusal(_("The days to restore the threshold are over.")),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Cure) -> bool:
        """Say whether the call admits it, the days run and money is missing."""
        campaign = row.campaign
        running = row.state == Cure.State.OPEN and campaign.status == Campaign.Status.CURE
        return running and campaign.call.promoter_may_cure and missing_cents(row) > 0

    def form_arguments(self) -> dict[str, Any]:
        """Say how much it is about."""
        return {"sum_cents": missing_cents(self.row)}

    def facts(self) -> list[tuple[Any, Any]]:
        """Say how much, and until when."""
        return [
            (gettext("Campaign"), self.row.campaign),
            (gettext("Organization"), self.row.campaign.organization),
            (gettext("Missing now"), euro(missing_cents(self.row))),
            (gettext("To be restored"), by_when(self.row.until)),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what counts with it."""
        return {"missing_cents": missing_cents(self.row)}

    def act(self, values: dict[str, Any]) -> str:
        """Record it."""
        services.record_cure_payment(
            cure=self.row,
            amount_cents=missing_cents(self.row),
            evidence=values["evidence"],
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Recorded: the threshold is restored, and the outcome follows by itself.")


class CurePaymentInline(ReadOnlyInline):
    model = CurePayment
    fields = readonly_fields = ("amount_euro", "evidence", "recorded_shown", "recorded_by")
    amount_euro = euro_column("amount_cents", _("amount"))
    recorded_shown = moment_column("recorded_at", _("recorded at"))


@admin.register(Cure)
class CureAdmin(ReadOnlyAdmin):
    """Read which thresholds are to be restored, by when, and how much is missing."""

    steps = {"record_payment": RecordPaymentStep}
    actions_detail = tuple(steps)
    inlines = (CurePaymentInline,)
    list_display = ("project", "missing_euro", "until_shown", "promoter_may_pay", "shown_state")
    list_filter = (("campaign__application__call", admin.RelatedOnlyFieldListFilter),)
    search_fields = SEARCHED
    search_help_text = _("Title or organization")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("campaign_link", "state"),
                    ("missing_euro", "first_euro"),
                    ("started_shown", "until_shown"),
                    ("ended_shown", "promoter_may_pay"),
                )
            },
        ),
    )
    queues = (
        Queue(
            "open",
            _("To be restored"),
            lambda rows, now: rows.open(),
            _("No campaign has lost its threshold before its award."),
            waits=_("Thresholds to restore"),
            icon="healing",
            due="until",
        ),
        everything(_("All"), _("No campaign has ever lost its threshold before its award.")),
    )
    first_euro = euro_column("missing_cents", _("missing at the start"))
    started_shown = moment_column("started_at", _("since"))
    ended_shown = moment_column("ended_at", _("ended at"))
    shown_state = status_column(
        "state", _("state"), {"open": "warning", "restored": "success", "lapsed": "danger"}
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch campaigns, bodies, calls and what is raised."""
        rows = super().get_queryset(request)
        return rows.select_related(
            "campaign__application__organization", "campaign__application__call"
        ).prefetch_related("campaign__accounts")

    def has_record_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may add payments of promoters to record one."""
        return request.user.has_perm("matching.add_curepayment")

    @display(description=_("project"), header=True, ordering="campaign__title")
    def project(self, cure: Cure) -> list[str]:
        """Show the title over the name of the body."""
        return [cure.campaign.title, cure.campaign.organization.legal_name]

    @display(description=_("campaign"))
    def campaign_link(self, cure: Cure) -> str:
        """Lead to the campaign."""
        return row_link(cure.campaign)

    @display(description=_("missing now"))
    def missing_euro(self, cure: Cure) -> str:
        """Show what is missing to the threshold while the days run."""
        return euro(missing_cents(cure)) if cure.state == Cure.State.OPEN else "–"

    @display(description=_("to be restored"), ordering="until")
    def until_shown(self, cure: Cure) -> str:
        """Show the end of the days."""
        return by_when(cure.until)

    @display(description=_("promoter may pay it in"), boolean=True)
    def promoter_may_pay(self, cure: Cure) -> bool:
        """Say whether the call lets the promoter pay what is missing."""
        return cure.campaign.call.promoter_may_cure

    @action(
        description=_("The promoter has paid…"),
        permissions=["record"],
        icon="receipt_long",
        variant=ActionVariant.PRIMARY,
    )
    def record_payment(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Record a traced payment of the promoter."""
        return RecordPaymentStep.take(self, request, object_id)
