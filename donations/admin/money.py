from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from campaigns import rules
from campaigns.models import Campaign
from campaigns.services import WrongState
from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    Refusal,
    Step,
    StepForm,
    after,
    euro_column,
    everything,
    moment_column,
    row_link,
)
from civicfund.templatetags.money import euro
from donations import services
from donations.models import CampaignMoney, FlowChoice, Outgoing
from ledger.models import Account

Kind = Account.Kind


class PayOutStep(Step):
    """Pay a campaign's gifts out to its promoter's bank."""

    title = _("Pay out to the promoter")
    button = _("Pay out")
    template = "admin/donations/pay_out.html"
    too_late = _("Nothing of this campaign can be paid out now.")
    effects = Effects.TRIED
    is_grave = True
    refusals = {
        services.NothingToPayOut: Refusal(too_late),
        services.DonorsMayLeave: Refusal(too_late),
        services.WaiverWaits: Refusal(
            _("The promoter has asked to give the campaign up: answer that first.")
        ),
        services.PayoutsStopped: Refusal(
            _(
                "Nothing leaves now: grants and payouts of this call are switched off, or a difference between the books"
                " and Stripe is open."
            )
        ),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Campaign) -> bool:
        """Say whether anything is free, no donor may take a gift back, and the promoter goes on."""
        in_doubt = row.donors_may_leave(timezone.now()) or row.waiver_asked_at is not None
        return services.payable_cents(row) > 0 and not in_doubt

    def facts(self) -> list[tuple[Any, Any]]:
        """Say whose money it is."""
        return [(gettext("Campaign"), self.row), (gettext("Organization"), self.row.organization)]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say how much leaves."""
        return {"amount_cents": services.payable_cents(self.row)}

    def act(self, values: dict[str, Any]) -> str:
        """Owe the payout; the worker sends it."""
        services.owe_payout(campaign=self.row, by=self.request.user, now=timezone.now())
        return gettext("The payout is decided; it leaves within seconds.")


class FlowForm(StepForm):
    """Ask which way the gifts take, and why."""

    flow = forms.ChoiceField(
        label=_("Way of the gifts"), choices=Campaign.PaymentFlow.choices, widget=UnfoldAdminSelectWidget
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with your name."),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


class FlowStep(Step):
    """Choose which way a campaign's gifts take, before it opens."""

    title = _("Choose the way of the gifts")
    button = _("Choose")
    template = "admin/donations/choose_flow.html"
    effects = Effects.TRIED
    form_class = FlowForm
    refusals = {
        WrongState: Refusal(Step.too_late),
        services.FlowReasonMissing: Refusal(_("Give a reason."), "reason"),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Campaign) -> bool:
        """Say whether the campaign has not opened."""
        return row.opened_at is None

    def initial(self) -> dict[str, Any]:
        """Show the way it takes now."""
        return {"flow": self.row.payment_flow}

    def act(self, values: dict[str, Any]) -> str:
        """Write the choice."""
        services.choose_flow(
            campaign=self.row,
            flow=Campaign.PaymentFlow(values["flow"]),
            by=self.request.user,
            reason=values["reason"],
            now=timezone.now(),
        )
        return gettext("The way of the gifts is chosen.")


class OutgoingInline(ReadOnlyInline):
    model = Outgoing
    fk_name = "campaign"
    fields = readonly_fields = ("created_shown", "kind", "amount_euro", "status", "failure", "actor")
    created_shown = moment_column("created_at", _("decided at"))
    amount_euro = euro_column("amount_cents", _("amount"))


class FlowChoiceInline(ReadOnlyInline):
    model = FlowChoice
    fields = readonly_fields = ("decided_shown", "flow", "reason", "actor")
    decided_shown = moment_column("decided_at", _("decided at"))


def books_column(kind: Account.Kind, label: Any) -> Any:
    """Return a column of what stands on one of a campaign's accounts, as a positive amount."""

    @display(description=label, empty_value="–")
    def column(_admin: Any, campaign: CampaignMoney) -> str | None:
        cents = sum(one.balance_cents for one in campaign.accounts.all() if one.kind == kind)
        return euro(abs(cents)) or None

    return column


@admin.register(CampaignMoney)
class CampaignMoneyAdmin(ReadOnlyAdmin):
    """Read where a campaign's money stands at Stripe, choose its way, and pay it out."""

    steps = {"choose_flow": FlowStep, "pay_out": PayOutStep}
    actions_detail = ("pay_out", "choose_flow")
    inlines = (OutgoingInline, FlowChoiceInline)
    list_display = ("title", "status", "held_euro", "free_euro", "paid_out_euro", "fees_euro", "limit_shown")
    list_filter = ("status", "payment_flow", ("application__call", admin.RelatedOnlyFieldListFilter))
    search_fields = ("title", "slug", "application__organization__legal_name")
    search_help_text = _("Title or organization")
    ordering = ("closes_at", "pk")
    fieldsets = (
        (
            _("At Stripe"),
            {
                "fields": (
                    ("campaign_link", "status", "payment_flow"),
                    ("held_euro", "free_euro", "paid_out_euro"),
                    ("owed_euro", "contested_euro", "checked_euro"),
                    ("fees_euro", "platform_euro"),
                    ("first_shown", "limit_shown"),
                )
            },
        ),
    )
    queues = (
        Queue(
            "to_pay_out",
            _("To pay out"),
            lambda rows, now: rows.to_pay_out().exclude(leave_until__gt=now).filter(waiver_asked_at=None),
            _("No successful campaign has money to pay out."),
            waits=_("Campaigns to pay out"),
            icon="payments",
            due=after("closes_at", days=20),
            steps=("pay_out",),
        ),
        Queue(
            "held_long",
            _("Held for long"),
            lambda rows, now: rows.held_long(now),
            _("Stripe holds no campaign's money for more than 80 days."),
            waits=_("Money that Stripe may not hold much longer"),
            icon="hourglass_bottom",
            due=after("opened_at", days=90),
            steps=("pay_out",),
        ),
        everything(_("All"), _("There is no campaign yet.")),
    )
    held_euro = books_column(Kind.STRIPE, _("held by Stripe"))
    paid_out_euro = books_column(Kind.PAID_OUT, _("paid out"))
    owed_euro = books_column(Kind.REFUNDS_OWED, _("to be given back"))
    contested_euro = books_column(Kind.DISPUTES, _("contested"))
    checked_euro = books_column(Kind.QUARANTINE, _("being checked"))
    fees_euro = books_column(Kind.FEES, _("Stripe's fees"))
    platform_euro = books_column(Kind.PLATFORM, _("paid by the platform"))
    free_euro = euro_column("free_cents", _("free"))
    first_shown = moment_column("first_gift_at", _("first gift at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch the accounts and what they add up to."""
        rows = super().get_queryset(request).select_related("application__organization", "application__call")
        return rows.standing().prefetch_related("accounts")

    def has_pay_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may write outgoing money to pay out and to choose its way."""
        return request.user.has_perm("donations.change_outgoing")

    @display(description=_("campaign"))
    def campaign_link(self, campaign: CampaignMoney) -> str:
        """Lead to the campaign itself."""
        return row_link(Campaign.objects.get(pk=campaign.pk))

    @display(description=_("Stripe holds it until"), ordering=F("opens_at"), empty_value="–")
    def limit_shown(self, campaign: CampaignMoney) -> str | None:
        """Show the end of the time Stripe may hold the first gift, or the first possible one."""
        first = campaign.first_gift_at or campaign.opens_at
        return timezone.localtime(rules.holding_limit(first)).strftime("%d/%m/%Y") if first else None

    @action(description=_("Pay out…"), permissions=["pay"], icon="payments", variant=ActionVariant.PRIMARY)
    def pay_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Pay a campaign's gifts out."""
        return PayOutStep.take(self, request, object_id)

    @action(description=_("Choose the way of the gifts…"), permissions=["pay"], icon="alt_route")
    def choose_flow(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose which way a campaign's gifts take."""
        return FlowStep.take(self, request, object_id)
