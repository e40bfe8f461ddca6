"""Campaigns at the desk with the steps that touch the municipality's share or the donors: they need this app's services."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from calls.admin_forms import AmountField
from calls.models import Call
from campaigns.admin import CampaignAdmin
from campaigns.models import Campaign
from campaigns.services import VARIABLE, WrongState
from campaigns.templatetags.gate import raised_cents
from civicfund.desk import Effects, ReasonedActForm, Refusal, Step, StepForm, row_link
from civicfund.templatetags.money import euro
from matching import services
from matching.admin.end import EndWithRefundsStep

Status = Campaign.Status
NOT_LOWER = _("The new cost has to be lower than now, and within the call's limits.")


class CostForm(ReasonedActForm):
    """Ask for the lower cost, the act and the reason."""

    foretold = ("cost_cents",)
    field_order = ("cost_cents", "act_number", "act_date", "reason")
    cost_cents = AmountField(label=_("New admitted cost"))

    def __init__(self, *args: Any, call: Call, old_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        self.old_cents = old_cents
        self.fields["cost_cents"].help_text = gettext("Less than %(now)s, which it is now.") % {
            "now": euro(old_cents)
        }

    def clean_cost_cents(self) -> int:
        """Refuse what the service would refuse, next to the field."""
        cost: int = self.cleaned_data["cost_cents"]
        if not 0 < cost < self.old_cents or not self.call.admits_cost(cost):
            raise forms.ValidationError(str(NOT_LOWER))
        return cost


class LowerCostStep(Step):
    """Lower the admitted cost of a project by an approved variation."""

    title = _("Lower the admitted cost")
    button = _("Lower it")
    lead = _(
        "Threshold and grant fall with it and never rise again; only before the threshold was ever reached."
    )
    template = "admin/matching/lower_cost.html"
    effects = Effects.TRIED
    form_class = CostForm
    is_grave = True
    refusals = {
        services.ActMissing: Refusal(_("Write the act and the reason."), "act_number"),
        services.CostNotLower: Refusal(NOT_LOWER, "cost_cents"),
        WrongState: Refusal(Step.too_late),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Campaign) -> bool:
        """Say whether its shares may still change: not once reached, not after the deadline."""
        is_over = row.closes_at is not None and timezone.now() >= row.closes_at
        return row.first_reached_at is None and row.status in VARIABLE and not is_over

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form the limits."""
        return {"call": self.row.call, "old_cents": self.row.cost_cents}

    def initial(self) -> dict[str, Any]:
        """Begin with the cost as it is."""
        return {"cost_cents": self.row.cost_cents}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what threshold and shares become, and whether the gifts are enough with that."""
        promise = self.row.call.promise(values["cost_cents"])
        return {
            "campaign": self.row,
            "cost_cents": values["cost_cents"],
            "promise": promise,
            "raised_cents": raised_cents(self.row),
            "is_reached": raised_cents(self.row) >= promise.threshold_cents,
        }

    def act(self, values: dict[str, Any]) -> str:
        """Lower it."""
        services.lower_cost(campaign=self.row, by=self.request.user, now=timezone.now(), **values)
        return gettext("Lowered: the organization has been written to.")


class ChangeForm(StepForm):
    """Ask what has changed in the project."""

    reason = forms.CharField(
        label=_("What has changed"),
        help_text=_("Every donor reads it in a mail and on the page of the gift: name no person."),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
    )


class LetLeaveStep(Step):
    """Let donors take their gift back, because the project is not the one they gave to."""

    title = _("Let donors leave")
    button = _("Write to the donors")
    lead = _(
        "When a project changes in substance after people gave, they may take their gift back for some days."
    )
    template = "admin/matching/let_leave.html"
    effects = Effects.TRIED
    writes_to_many = True
    form_class = ChangeForm
    is_grave = True
    refusals = {
        services.ProjectMissing: Refusal(_("Write what has changed."), "reason"),
        WrongState: Refusal(Step.too_late),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Campaign) -> bool:
        """Say whether the campaign holds gifts and its donors may not leave already."""
        holds = row.status in (Status.OPEN, Status.CLOSING, Status.CURE, Status.SUCCEEDED)
        return holds and not row.donors_may_leave(timezone.now())

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say whom it reaches and for how long."""
        return {"campaign": self.row, "gifts": self.row.donations.settled().count()}

    def act(self, values: dict[str, Any]) -> str:
        """Open the days."""
        services.let_donors_leave(
            campaign=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("The donors have been written to.")


admin.site.unregister(Campaign)


@admin.register(Campaign)
class MatchedCampaignAdmin(CampaignAdmin):
    """Read campaigns with everything that is decided about them, and change or undo what only an act can."""

    steps = {
        **CampaignAdmin.steps,
        "end": EndWithRefundsStep,
        "lower_cost": LowerCostStep,
        "let_leave": LetLeaveStep,
    }
    #: What is seldom needed stands in a menu, so that the buttons have room.
    actions_detail = (
        *(name for name in CampaignAdmin.actions_detail if name != "extend"),
        {
            "title": _("More actions"),
            "icon": "more_horiz",
            "items": ["extend", "lower_cost", "let_leave", "reports"],
        },
    )

    def has_vary_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may add cost variations to lower a cost."""
        return request.user.has_perm("campaigns.add_costvariation")

    def has_report_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may see gifts to see a body's reports."""
        return request.user.has_perm("donations.view_donation")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Lead to what was decided about the campaign's grant, threshold and end."""
        campaign = self.get_object(request, object_id)
        told = {"undoing_links": links_of(campaign) if campaign else []}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    @action(description=_("End…"), permissions=["steer"], icon="stop_circle", variant=ActionVariant.DANGER)
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End a suspended campaign and give everything back."""
        return EndWithRefundsStep.take(self, request, object_id)

    @action(description=_("Lower the cost…"), permissions=["vary"], icon="south_east")
    def lower_cost(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lower the admitted cost by an approved variation."""
        return LowerCostStep.take(self, request, object_id)

    @action(description=_("Let donors leave…"), permissions=["steer"], icon="directions_walk")
    def let_leave(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let donors take their gift back because the project has changed."""
        return LetLeaveStep.take(self, request, object_id)

    @action(description=_("Gifts and reports"), permissions=["report"], icon="summarize")
    def reports(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the reports of the campaign's organization."""
        campaign = self.get_object(request, unquote(object_id))
        if campaign is None:
            raise Http404
        return redirect("donations:organization_gifts", campaign.organization.public_id)


def links_of(campaign: Campaign) -> list[tuple[Any, Any]]:
    """Return the pages of what has been decided about a campaign, as pairs of label and link."""
    grant = getattr(campaign, "grant", None)
    links: list[tuple[Any, Any]] = []
    if grant:
        links.append((gettext("Grant"), row_link(grant, grant.get_state_display())))
        for shortfall in grant.shortfalls.all():
            words = f"{euro(shortfall.amount_cents)}, {shortfall.get_state_display()}"
            links.append((gettext("Shortfall"), row_link(shortfall, words)))
        for revocation in grant.revocations.all():
            links.append((gettext("Revocation"), row_link(revocation, revocation.get_state_display())))
    for name, label in (("cure", gettext("Threshold to restore")), ("withdrawal", gettext("Withdrawal"))):
        row = getattr(campaign, name, None)
        if row:
            links.append((label, row_link(row, row.get_state_display())))
    return links
