"""Gifts outside the site at the desk: the queue to verify, and what promoters have to give back."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    after,
    euro_column,
    everything,
    moment_column,
    row_link,
    status_column,
)
from donations.admin import offline_steps as steps
from donations.admin.offline_facts import evidence_link
from donations.models import OfflineDonation, OfflineReturn

Status = OfflineDonation.Status
COLOURS = {"entered": "info", "verified": "success", "return_due": "warning", "annulled": "danger"}


class OfflineReturnInline(ReadOnlyInline):
    model = OfflineReturn
    fields = readonly_fields = (
        "given_shown",
        "given_by",
        "returned_on",
        "proof",
        "status",
        "reason",
        "decided_by",
    )
    given_shown = moment_column("given_at", _("proof given at"))

    @display(description=_("proof of return"))
    def proof(self, row: OfflineReturn) -> str:
        """Lead to the file."""
        return evidence_link(row.evidence)


@admin.register(OfflineDonation)
class OfflineDonationAdmin(ReadOnlyAdmin):
    """Verify what promoters enter, and see that it goes back when it has to."""

    steps = {
        "verify": steps.VerifyStep,
        "refuse": steps.RefuseStep,
        "owe_back": steps.OweBackStep,
        "annul": steps.AnnulStep,
        "accept_return": steps.AcceptReturnStep,
        "refuse_return": steps.RefuseReturnStep,
    }
    actions_detail = tuple(steps)
    inlines = (OfflineReturnInline,)
    list_display = ("donor_shown", "campaign_title", "amount_euro", "received_on", "entered_shown", "state")
    list_filter = (("campaign", admin.RelatedOnlyFieldListFilter), "method", "status")
    search_fields = ("name", "email", "tax_code", "public_id", "campaign__title")
    search_help_text = _("Donor, campaign or gift")
    date_hierarchy = "received_on"
    fieldsets = (
        (
            _("The gift"),
            {
                "fields": (
                    ("campaign_link", "amount_euro"),
                    ("name", "method"),
                    ("email", "tax_code"),
                    ("received_on", "evidence_shown"),
                    ("entered_by", "entered_shown"),
                )
            },
        ),
        (
            _("What was found"),
            {
                "fields": (
                    ("status", "party"),
                    ("verified_euro", "note"),
                    ("counted_euro", "uncounted_euro"),
                    ("verified_by", "verified_shown"),
                )
            },
        ),
        (
            _("How it ends"),
            {
                "fields": (
                    ("return_due_shown", "return_reason"),
                    ("ended_shown", "ended_by"),
                    "ended_reason",
                )
            },
        ),
    )
    queues = (
        Queue(
            "entered",
            _("To be verified"),
            lambda rows, now: rows.entered().order_by("entered_at"),
            _("Every gift outside the site has been looked at."),
            waits=_("Gifts outside the site to verify"),
            icon="fact_check",
            due=after("entered_at", days=2),
            steps=("verify",),
        ),
        Queue(
            "returns",
            _("Returns to check"),
            lambda rows, now: rows.return_due().filter(returns__status="given"),
            _("No proof of a return waits for you."),
            waits=_("Proofs that gifts outside the site went back"),
            icon="assignment_return",
            due=after("returns__given_at", days=5),
            steps=("accept_return",),
        ),
        Queue(
            "return_due",
            _("To be given back"),
            lambda rows, now: rows.without_proof(),
            _("No promoter owes a gift outside the site back."),
        ),
        Queue(
            "overdue",
            _("Not given back"),
            lambda rows, now: rows.overdue(now),
            _("No promoter has left every reminder unheard."),
            waits=_("Gifts outside the site that promoters do not give back"),
            icon="assignment_late",
            due=after("return_due_at", days=OfflineDonation.REMINDERS[-1].days),
            steps=("annul",),
        ),
        Queue(
            "verified",
            _("Verified"),
            lambda rows, now: rows.verified(),
            _("No gift outside the site is verified yet."),
        ),
        everything(pgettext_lazy("feminine", "All"), _("No promoter has entered a gift yet.")),
    )
    amount_euro = euro_column("amount_cents", _("amount"))
    verified_euro = euro_column("verified_cents", _("verified amount"))
    counted_euro = euro_column("counted_cents", _("counts"))
    uncounted_euro = euro_column("uncounted_cents", _("does not count"))
    entered_shown = moment_column("entered_at", _("entered at"))
    verified_shown = moment_column("verified_at", _("verified at"))
    return_due_shown = moment_column("return_due_at", _("to be given back since"))
    ended_shown = moment_column("ended_at", _("ended at"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch the campaigns' titles."""
        return super().get_queryset(request).select_related("campaign", "evidence")

    def has_decide_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change gifts outside the site."""
        return request.user.has_perm("donations.change_offlinedonation")

    @display(description=_("donor"), header=True, ordering="name")
    def donor_shown(self, gift: OfflineDonation) -> list[str]:
        """Show the name and the means of payment."""
        return [gift.name, str(gift.get_method_display())]

    @display(description=_("campaign"), ordering="campaign__title")
    def campaign_title(self, gift: OfflineDonation) -> str:
        """Show the campaign's title."""
        return gift.campaign.title

    @display(description=_("campaign"))
    def campaign_link(self, gift: OfflineDonation) -> str:
        """Lead to the campaign."""
        return row_link(gift.campaign)

    @display(description=_("proof of payment"))
    def evidence_shown(self, gift: OfflineDonation) -> str:
        """Lead to the file."""
        return evidence_link(gift.evidence)

    @action(
        description=_("Verify…"), permissions=["decide"], icon="fact_check", variant=ActionVariant.PRIMARY
    )
    def verify(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Count it."""
        return steps.VerifyStep.take(self, request, object_id)

    @action(description=_("Refuse…"), permissions=["decide"], icon="close", variant=ActionVariant.DANGER)
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Refuse it."""
        return steps.RefuseStep.take(self, request, object_id)

    @action(description=_("Let it go back…"), permissions=["decide"], icon="undo")
    def owe_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let the promoter give it back."""
        return steps.OweBackStep.take(self, request, object_id)

    @action(description=_("Annul…"), permissions=["decide"], icon="money_off", variant=ActionVariant.DANGER)
    def annul(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take it out of the books."""
        return steps.AnnulStep.take(self, request, object_id)

    @action(
        description=_("Accept the proof of return…"),
        permissions=["decide"],
        icon="assignment_turned_in",
        variant=ActionVariant.PRIMARY,
    )
    def accept_return(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write that it is back with its donor."""
        return steps.AcceptReturnStep.take(self, request, object_id)

    @action(
        description=_("Refuse the proof of return…"),
        permissions=["decide"],
        icon="assignment_late",
        variant=ActionVariant.DANGER,
    )
    def refuse_return(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for another proof."""
        return steps.RefuseReturnStep.take(self, request, object_id)
