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

from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
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
from donations import services
from donations.models import Dispute, FraudWarning

COLOURS = {"open": "warning", "won": "success", "lost": "danger"}
WARNING_COLOURS = {"waiting": "warning", "refunded": "info", "kept": "success"}


class ContestedAdmin(ReadOnlyAdmin):
    """Read what a bank says about a gift."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch gifts and campaigns."""
        return super().get_queryset(request).select_related("donation__campaign")

    @display(description=_("gift"))
    def gift_link(self, row: Any) -> str:
        """Lead to the gift, whose number names no person."""
        return row_link(row.donation)

    @display(description=_("campaign"), ordering="donation__campaign__title")
    def campaign_title(self, row: Any) -> str:
        """Show the campaign's title."""
        return row.donation.campaign.title


@admin.register(Dispute)
class DisputeAdmin(ContestedAdmin):
    """Read the contested gifts; they are answered with evidence in Stripe's own dashboard."""

    list_display = (
        "stripe_dispute_id",
        "gift_link",
        "campaign_title",
        "amount_euro",
        "opened_shown",
        "answer_shown",
        "state",
    )
    list_display_links = ("stripe_dispute_id",)
    list_filter = ("status", ("donation__campaign", admin.RelatedOnlyFieldListFilter))
    search_fields = (
        "=stripe_dispute_id",
        "=donation__public_id",
        "donation__email",
        "donation__campaign__title",
    )
    search_help_text = _("Dispute, gift, donor or campaign")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("gift_link", "campaign_title"),
                    ("amount_euro", "held_euro", "recovered_euro"),
                    ("status", "reason"),
                    ("opened_shown", "answer_shown", "closed_shown"),
                    "stripe_dispute_id",
                )
            },
        ),
    )
    queues = (
        Queue(
            "answer",
            _("To answer"),
            lambda rows, now: rows.answer_due(now),
            _("No dispute waits for an answer."),
            waits=_("Disputes to answer at Stripe"),
            icon="gavel",
            due="answer_by",
            right="donations.change_donation",
        ),
        Queue("open", _("Open"), lambda rows, now: rows.open(), _("No gift is contested.")),
        Queue("lost", _("Lost"), lambda rows, now: rows.filter(status="lost"), _("No dispute is lost.")),
        everything(_("All"), _("Nobody has contested a gift.")),
    )
    amount_euro = euro_column("amount_cents", _("contested"))
    held_euro = euro_column("held_cents", _("set apart"))
    recovered_euro = euro_column("recovered_cents", _("borne by the campaign"))
    opened_shown = moment_column("opened_at", _("opened at"))
    answer_shown = moment_column("answer_by", _("evidence until"))
    closed_shown = moment_column("closed_at", _("closed at"))
    state = status_column("status", _("state"), COLOURS)


class KeepForm(ReasonForm):
    """Ask why a gift stays although its card's bank fears fraud."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with your name."),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


class KeepStep(Step):
    """Leave a gift where it is although its card's bank fears fraud."""

    title = _("Leave the gift where it is")
    button = _("Leave it")
    lead = _("The card's bank fears fraud. To give the gift back instead, open the gift.")
    template = "admin/donations/keep_warned.html"
    form_class = KeepForm
    too_late = _("This warning has been decided already.")
    effects = Effects.NOBODY
    refusals = {services.NotWaiting: Refusal(too_late)}

    @classmethod
    def is_possible(cls, row: FraudWarning) -> bool:
        """Say whether the warning waits for an officer."""
        return row.outcome == FraudWarning.Outcome.WAITING

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which gift it is and what the bank says."""
        return [
            (gettext("Gift"), row_link(self.row.donation)),
            (gettext("Campaign"), self.row.donation.campaign),
            (gettext("What the bank says"), self.row.fraud_type),
        ]

    def act(self, values: dict[str, Any]) -> str:
        """Keep the decision."""
        services.keep_warned_gift(
            warning=self.row, by=self.request.user, reason=values["reason"], now=timezone.now()
        )
        return gettext("The gift stays where it is.")


@admin.register(FraudWarning)
class FraudWarningAdmin(ContestedAdmin):
    """Read what cards' banks fear, and decide where the campaign is over."""

    steps = {"keep": KeepStep}
    actions_detail = ("keep",)
    list_display = (
        "stripe_warning_id",
        "gift_link",
        "campaign_title",
        "fraud_type",
        "warned_shown",
        "state",
    )
    list_display_links = ("stripe_warning_id",)
    list_filter = ("outcome", ("donation__campaign", admin.RelatedOnlyFieldListFilter))
    search_fields = ("=stripe_warning_id", "=donation__public_id", "donation__email")
    search_help_text = _("Warning, gift or donor")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("gift_link", "campaign_title"),
                    ("fraud_type", "outcome"),
                    ("warned_shown", "decided_shown"),
                    ("actor", "note"),
                    "stripe_warning_id",
                )
            },
        ),
    )
    queues = (
        Queue(
            "waiting",
            _("To decide"),
            lambda rows, now: rows.filter(outcome="waiting"),
            _("No warning of fraud waits for a decision."),
            waits=_("Warnings of fraud to decide"),
            icon="privacy_tip",
            due=after("warned_at", days=2),
        ),
        everything(_("All"), _("No bank has warned of a gift.")),
    )
    warned_shown = moment_column("warned_at", _("warned at"))
    decided_shown = moment_column("decided_at", _("decided at"))
    state = status_column("outcome", _("outcome"), WARNING_COLOURS)

    def has_decide_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change gifts to decide."""
        return request.user.has_perm("donations.change_donation")

    @action(
        description=_("Leave the gift…"), permissions=["decide"], icon="check", variant=ActionVariant.PRIMARY
    )
    def keep(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Leave a gift where it is although its card's bank fears fraud."""
        return KeepStep.take(self, request, object_id)
