"""Awarded campaigns that have fallen below their threshold: what is missing, whether it was covered, and how much it is."""

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
    Refusal,
    Step,
    euro_column,
    everything,
    moment_column,
    row_link,
    status_column,
)
from civicfund.templatetags.clock import moment
from civicfund.templatetags.money import euro, percent
from matching import services
from matching.admin.ending_steps import UNSURE, ProposeAfterShortfallStep, SumForm
from matching.models import Shortfall


class CoverForm(SumForm):
    """Ask how a shortfall was covered."""

    note = forms.CharField(
        label=_("How it was covered"),
        help_text=_(
            "What you have seen: the promoter's own payment, its day and number. Kept with your name."
        ),
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


class CoverStep(Step):
    """Write that the promoter has covered a shortfall with its own funds."""

    title = _("The promoter has covered it")
    button = _("It is covered, and I have seen how")
    template = "admin/matching/cover_shortfall.html"
    effects = Effects.TRIED
    form_class = CoverForm
    refusals = {
        **UNSURE,
        services.ShortfallOver: Refusal(_("It is not open any more, or nothing is written."), "note"),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Shortfall) -> bool:
        """Say whether it is open."""
        return row.state == Shortfall.State.OPEN

    def form_arguments(self) -> dict[str, Any]:
        """Say how much it is about."""
        return {"sum_cents": self.row.amount_cents}

    def facts(self) -> list[tuple[Any, Any]]:
        """Say how much is missing, and since when."""
        return [
            (gettext("Campaign"), self.row.grant.campaign),
            (gettext("Organization"), self.row.grant.campaign.organization),
            (gettext("Missing"), f"{euro(self.row.amount_cents)} ({percent(self.row.lost_bp)})"),
            (gettext("Since"), moment(self.row.opened_at)),
        ]

    def act(self, values: dict[str, Any]) -> str:
        """Record it."""
        services.cover_shortfall(
            shortfall=self.row,
            amount_cents=self.row.amount_cents,
            note=values["note"],
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Recorded: nothing of it is missing any more.")


@admin.register(Shortfall)
class ShortfallAdmin(ReadOnlyAdmin):
    """Read what awarded campaigns lack, write down what promoters cover, and propose what is too much."""

    steps = {"cover": CoverStep, "propose": ProposeAfterShortfallStep}
    actions_detail = tuple(steps)
    list_display = (
        "project",
        "amount_euro",
        "lost_share",
        "opened_shown",
        "until_shown",
        "times",
        "shown_state",
    )
    list_filter = (("grant__fund", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("grant__campaign__title", "grant__campaign__application__organization__legal_name")
    search_help_text = _("Title or organization")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("campaign_link", "grant_link"),
                    ("amount_euro", "lost_share"),
                    ("state", "times"),
                    ("opened_shown", "until_shown"),
                    ("ended_shown", "covered_by"),
                    "note",
                )
            },
        ),
    )
    queues = (
        Queue(
            "open",
            _("Open"),
            lambda rows, now: rows.open(),
            _("Every awarded campaign is above its threshold, or covered."),
            waits=_("Shortfalls: awarded campaigns below their threshold"),
            icon="trending_down",
            steps=("cover",),
        ),
        Queue(
            "to_weigh",
            _("To weigh"),
            lambda rows, now: rows.to_weigh(now),
            _(
                "No open shortfall is more than 5% of its threshold or lasts longer than the days to restore it."
            ),
            waits=_("Shortfalls over 5% or beyond their days: weigh a revocation"),
            icon="gavel",
            steps=("propose",),
        ),
        everything(_("All"), _("No awarded campaign has ever fallen below its threshold.")),
    )
    amount_euro = euro_column("amount_cents", _("missing"))
    opened_shown = moment_column("opened_at", _("since"))
    ended_shown = moment_column("ended_at", _("ended at"))
    shown_state = status_column(
        "state", _("state"), {"open": "warning", "restored": "success", "covered": "success"}
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch grants, campaigns, bodies, and the grants' other shortfalls."""
        rows = super().get_queryset(request)
        return rows.select_related(
            "grant__campaign__application__organization",
            "grant__campaign__application__call",
            "grant__fund",
            "covered_by",
        ).prefetch_related("grant__shortfalls")

    def has_cover_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change shortfalls to write that one is covered."""
        return request.user.has_perm("matching.change_shortfall")

    def has_propose_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may add revocations to propose one."""
        return request.user.has_perm("matching.add_revocation")

    @display(description=_("project"), header=True, ordering="grant__campaign__title")
    def project(self, shortfall: Shortfall) -> list[str]:
        """Show the title over the name of the body."""
        campaign = shortfall.grant.campaign
        return [campaign.title, campaign.organization.legal_name]

    @display(description=_("campaign"))
    def campaign_link(self, shortfall: Shortfall) -> str:
        """Lead to the campaign."""
        return row_link(shortfall.grant.campaign)

    @display(description=_("grant"))
    def grant_link(self, shortfall: Shortfall) -> str:
        """Lead to the grant."""
        return row_link(shortfall.grant, shortfall.grant.get_state_display())

    @display(description=_("share of the threshold"))
    def lost_share(self, shortfall: Shortfall) -> str:
        """Show which share of the threshold is missing."""
        return percent(shortfall.lost_bp)

    @display(description=_("to be covered or restored by"))
    def until_shown(self, shortfall: Shortfall) -> str:
        """Show the end of the days the call gives to restore a threshold."""
        return moment(shortfall.until)

    @display(description=_("shortfalls so far"))
    def times(self, shortfall: Shortfall) -> int:
        """Count the grant's shortfalls: one that comes again weighs more."""
        return len(shortfall.grant.shortfalls.all())

    @action(
        description=_("The promoter has covered it…"),
        permissions=["cover"],
        icon="savings",
        variant=ActionVariant.PRIMARY,
    )
    def cover(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write that a shortfall is covered."""
        return CoverStep.take(self, request, object_id)

    @action(description=_("Propose to take the grant back…"), permissions=["propose"], icon="gavel")
    def propose(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Propose to take the grant back."""
        return ProposeAfterShortfallStep.take(self, request, object_id)
