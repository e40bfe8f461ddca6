from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    day_column,
    euro_column,
    everything,
    moment_column,
    row_link,
    status_column,
)
from civicfund.templatetags.money import euro
from matching import services
from matching.admin.ending_steps import ProposeStep
from matching.models import Grant, GrantCompletion, GrantOffer, Revocation
from matching.reasons import proven_cents, why_this_amount

State = Grant.State
COLOURS = {
    "reserved": "info",
    "waitlisted": "warning",
    "offered": "warning",
    "awarded": "success",
    "refused": "danger",
    "revoked": "danger",
}


def having(*states: Grant.State) -> Any:
    """Return what keeps the grants in some states."""
    return lambda rows, now: rows.filter(state__in=states)


class OfferInline(ReadOnlyInline):
    """Show each part that was offered and what became of it."""

    model = GrantOffer
    fields = readonly_fields = (
        "amount_euro",
        "status",
        "offered_shown",
        "expires_shown",
        "ended_shown",
        "answered_by",
        "cover",
        "words",
    )
    amount_euro = euro_column("amount_cents", _("amount"))
    offered_shown = moment_column("offered_at", _("offered at"))
    expires_shown = moment_column("expires_at", _("to be answered until"))
    ended_shown = moment_column("ended_at", _("ended at"))


class CompletionInline(ReadOnlyInline):
    """Show what was added to a partial award later."""

    model = GrantCompletion
    fields = readonly_fields = (
        "amount_euro",
        "available_euro",
        "completed_shown",
        "entry_link",
        "rule_version",
    )
    amount_euro = euro_column("amount_cents", _("amount"))
    available_euro = euro_column("available_cents", _("left of the fund"))
    completed_shown = moment_column("completed_at", _("completed at"))

    @display(description=_("ledger entry"))
    def entry_link(self, completion: GrantCompletion) -> str:
        """Lead to the ledger entry."""
        return row_link(completion.entry, str(completion.entry_id))


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    """Read the municipality's shares with their evidence."""

    steps = {"propose": ProposeStep}
    actions_detail = ("propose",)
    list_display = (
        "project",
        "fund",
        "due_euro",
        "amount_euro",
        "raised_euro",
        "reached_day",
        "awarded_day",
        "shown_state",
    )
    list_filter = (("fund", admin.RelatedOnlyFieldListFilter), "state")
    search_fields = (
        "campaign__title",
        "campaign__application__organization__legal_name",
        "campaign__application__protocol_number",
    )
    search_help_text = _("Title, organization or protocol number")
    inlines = (OfferInline, CompletionInline)
    change_form_before_template = "admin/matching/grant.html"
    fieldsets = (
        (
            _("Its life"),
            {
                "fields": (
                    ("reserved_shown", "waitlisted_shown"),
                    ("reached_shown", "awarded_shown"),
                    ("returned_shown", "refused_shown", "revoked_shown"),
                )
            },
        ),
        (_("Evidence"), {"fields": (("campaign", "evidence"), "rule_version")}),
    )
    queues = (
        everything(_("All"), _("No grant has been set aside or awarded yet.")),
        Queue(
            "waiting",
            _("Waiting"),
            having(State.WAITLISTED),
            _("No grant waits for the fund."),
            waits=_("Grants waiting for the fund"),
            icon="hourglass_top",
        ),
        Queue(
            "offered",
            _("Offered in part"),
            having(State.OFFERED),
            _("No offer waits for a promoter's answer."),
            waits=_("Offers of a part that promoters have not answered yet"),
            icon="hourglass_bottom",
        ),
        Queue("reserved", _("Set aside"), having(State.RESERVED), _("No grant is set aside now.")),
        Queue("awarded", _("Awarded"), having(State.AWARDED), _("No grant has been awarded yet.")),
        Queue(
            "partial",
            _("Awarded in part"),
            lambda rows, now: rows.filter(pk__in=services.partial_grants().values("pk")),
            _("No award is less than what is due."),
        ),
        Queue(
            "ended",
            _("Refused or taken back"),
            having(State.REFUSED, State.REVOKED),
            _("No grant has been refused or taken back."),
        ),
        Queue("returned", _("Returned"), having(State.RETURNED), _("No grant has gone back to its fund.")),
    )
    due_euro = euro_column("due_cents", _("due"))
    raised_euro = euro_column("raised_cents", _("raised"))
    reached_day = day_column("reached_at", _("threshold reached at"))
    awarded_day = day_column("awarded_at", _("awarded at"))
    reserved_shown = moment_column("reserved_at", _("set aside at"))
    waitlisted_shown = moment_column("waitlisted_at", _("waiting since"))
    reached_shown = moment_column("reached_at", _("threshold reached at"))
    awarded_shown = moment_column("awarded_at", _("awarded at"))
    returned_shown = moment_column("returned_at", _("returned at"))
    refused_shown = moment_column("refused_at", _("refused at"))
    revoked_shown = moment_column("revoked_at", _("revoked at"))
    shown_state = status_column("state", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch campaigns, bodies, funds and what was added later."""
        rows = super().get_queryset(request).prefetch_related("completions", "offers")
        return rows.select_related("campaign__application__organization", "fund", "evidence")

    @display(description=_("amount"), ordering="amount_cents")
    def amount_euro(self, grant: Grant) -> str:
        """Show what is set aside, offered or awarded, later completions included."""
        return euro(grant.total_cents)

    @display(description=_("project"), header=True, ordering="campaign__title")
    def project(self, grant: Grant) -> list[str]:
        """Show the title over the name of the body."""
        return [grant.campaign.title, grant.campaign.organization.legal_name]

    def has_propose_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may add revocations to propose one."""
        return request.user.has_perm("matching.add_revocation")

    @action(description=_("Propose to refuse or take back…"), permissions=["propose"], icon="gavel")
    def propose(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Propose to a second officer that the grant be refused or taken back."""
        return ProposeStep.take(self, request, object_id)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show why the grant has its amount, its proof, and its place among those that wait."""
        grant = self.get_object(request, unquote(object_id))
        told = _told(grant) if grant else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})


def _told(grant: Grant) -> dict[str, Any]:
    """Return what the page of a grant shows."""
    waits = grant.state in (State.WAITLISTED, State.OFFERED)
    line = services.campaigns_in_line(now=timezone.now(), fund=grant.fund) if waits else []
    offers = {offer.status: offer for offer in grant.offers.all()}
    ended = grant.revocations.filter(state=Revocation.State.CONFIRMED)
    return {
        "why": why_this_amount(grant),
        "proven_cents": proven_cents(grant),
        "missing_cents": grant.due_cents - grant.total_cents,
        "place": next((place for place, one in enumerate(line, 1) if one.pk == grant.campaign_id), None),
        "in_line": len(line),
        "offer": offers.get(GrantOffer.Status.OPEN),
        "accepted": offers.get(GrantOffer.Status.ACCEPTED),
        "ended_by": ended.select_related("act", "decided_by"),
        "fund_link": row_link(grant.fund),
    }
