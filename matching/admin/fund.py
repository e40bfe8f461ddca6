from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from calls.models import Fund
from campaigns.templatetags.gate import meter_figures
from civicfund.desk import Queue, ReadOnlyAdmin, everything, row_link
from civicfund.templatetags.money import euro
from ledger.models import Account, Posting
from matching import services
from matching.admin.fund_steps import CarryOverStep, LowerStep, RaiseStep
from matching.forecast import outlook
from matching.models import FundMovement, Grant, GrantOffer

#: The newest ledger lines shown on a fund's page.
LINES_SHOWN = 20
WAITED_FOR = Q(grants__state=Grant.State.WAITLISTED)


def money_of(fund: Fund) -> dict[str, Any]:
    """Return a fund's money by state, its accounts fetched, with ids of its own on a page that shows many."""
    return meter_figures(fund) | {"uid": f"fund-{fund.pk}"}


def lines_of(fund: Fund) -> list[Posting]:
    """Return the newest ledger lines on what is left of a fund, each with the campaign on its other side."""
    lines = Posting.objects.filter(account__fund=fund, account__kind=Account.Kind.AVAILABLE)
    lines = lines.select_related("entry__actor").prefetch_related("entry__postings__account__campaign")
    newest = list(lines.order_by("-entry_id")[:LINES_SHOWN])
    for line in newest:
        accounts = [posting.account for posting in line.entry.postings.all()]
        line.campaign = next((account.campaign for account in accounts if account.campaign), None)
    return newest


@admin.register(Fund)
class FundAdmin(ReadOnlyAdmin):
    """Read where the money of each fund stands and who waits for it; raise it, lower it, pass on what is left."""

    steps = {"raise_fund": RaiseStep, "lower_fund": LowerStep, "carry_over": CarryOverStep}
    actions_detail = ("raise_fund", "lower_fund", "carry_over")
    list_display = (
        "named",
        "meter",
        "allocated_euro",
        "reserved_euro",
        "awarded_euro",
        "available_euro",
        "waiting",
    )
    list_filter = (("call", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name", "call__title", "call__edition")
    search_help_text = _("Fund or call")
    ordering = ("-call__published_at", "pk")
    fieldsets = ((_("As the call was published"), {"fields": (("call_link", "published_euro"),)}),)
    change_form_before_template = "admin/matching/fund.html"
    queues = (
        everything(_("All"), _("No fund has money yet: publish a call.")),
        Queue(
            "waited_for",
            _("Campaigns wait for it"),
            lambda rows, now: rows.filter(waiting_count__gt=0),
            _("No campaign waits for a fund."),
        ),
        Queue(
            "to_pass_on",
            _("To pass on"),
            lambda rows, now: rows.filter(pk__in=services.funds_to_pass_on(now)),
            _("No window has left anything over for the next one."),
            waits=_("Funds whose window is decided: pass on what is left"),
            icon="move_down",
            steps=("carry_over",),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch the accounts, and how many grants wait."""
        rows = super().get_queryset(request).select_related("call").prefetch_related("accounts", "sessions")
        return rows.annotate(waiting_count=Count("grants", filter=WAITED_FOR))

    def has_move_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may add movements of funds."""
        return request.user.has_perm("matching.add_fundmovement")

    @display(description=_("fund"), header=True, ordering="name")
    def named(self, fund: Fund) -> list[str]:
        """Show the fund over its call."""
        return [fund.name, fund.call.title]

    @display(description=_("how far it is used"))
    def meter(self, fund: Fund) -> str:
        """Draw the meter, small."""
        return render_to_string("admin/matching/meter.html", {"meter": money_of(fund)})

    @display(description=_("put in"))
    def allocated_euro(self, fund: Fund) -> str:
        """Show what the municipality has put in, movements included."""
        return euro(money_of(fund)["allocated_cents"] or fund.allocation_cents)

    @display(description=_("set aside"))
    def reserved_euro(self, fund: Fund) -> str:
        """Show what is set aside or offered."""
        return euro(money_of(fund)["reserved_cents"])

    @display(description=_("awarded"))
    def awarded_euro(self, fund: Fund) -> str:
        """Show what is awarded."""
        return euro(money_of(fund)["awarded_cents"])

    @display(description=_("left"))
    def available_euro(self, fund: Fund) -> str:
        """Show what is left; a fund that nothing has moved yet is still whole."""
        money = money_of(fund)
        return euro(money["available_cents"] if money["allocated_cents"] else fund.allocation_cents)

    @display(description=_("waiting"), ordering="waiting_count")
    def waiting(self, fund: Fund) -> str:
        """Show how many grants wait for it."""
        return str(fund.waiting_count or "–")

    @display(description=_("call"))
    def call_link(self, fund: Fund) -> str:
        """Lead to the call."""
        return row_link(fund.call)

    @display(description=_("published with"))
    def published_euro(self, fund: Fund) -> str:
        """Show what the call promised."""
        return euro(fund.allocation_cents)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show the fund's money, its forecast, who waits, its acts and its ledger lines."""
        fund = self.get_object(request, unquote(object_id))
        told = _told(fund, request) if fund else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    @action(description=_("Raise…"), permissions=["move"], icon="add_circle", variant=ActionVariant.PRIMARY)
    def raise_fund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Add money to the fund by an act."""
        return RaiseStep.take(self, request, object_id)

    @action(
        description=_("Lower…"), permissions=["move"], icon="do_not_disturb_on", variant=ActionVariant.DANGER
    )
    def lower_fund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take money out of the fund by an act."""
        return LowerStep.take(self, request, object_id)

    @action(description=_("Pass on what is left…"), permissions=["move"], icon="move_down")
    def carry_over(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Pass what a window has left over to the next window's fund by an act."""
        return CarryOverStep.take(self, request, object_id)


def _told(fund: Fund, request: HttpRequest) -> dict[str, Any]:
    """Return what the page of a fund shows."""
    now = timezone.now()
    line = services.campaigns_in_line(now=now, fund=fund)
    declined = GrantOffer.objects.not_taken().filter(grant__campaign__in=line).order_by()
    most = dict(declined.values_list("grant__campaign").annotate(most=Max("amount_cents")))
    offers = GrantOffer.objects.open().filter(grant__fund=fund).select_related("grant__campaign")
    about = Q(fund=fund) | Q(to_fund=fund)
    movements = FundMovement.objects.filter(about).select_related("act", "moved_by", "fund", "to_fund")
    return {
        "money": money_of(fund),
        "outlook": outlook(fund, now),
        "line": [(campaign, most.get(campaign.pk, 0)) for campaign in line],
        "partial": services.partial_grants_in_order(fund),
        "offers": offers.order_by("expires_at"),
        "movements": movements.order_by("-pk"),
        "lines": lines_of(fund),
        "entries_url": f"{reverse('admin:ledger_entry_changelist')}?{urlencode({'q': fund.name})}",
        "sees_ledger": request.user.has_perm("ledger.view_entry"),
    }
