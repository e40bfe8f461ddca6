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
    value_column,
)
from donations.admin.accept import AcceptStep
from donations.admin.give_back import GiveBackStep
from donations.admin.party import QUEUES, FlagStep, PartyFlagInline
from donations.models import Dedication, Donation, Reversal

Status = Donation.Status
COLOURS = {
    "open": "info",
    "settled": "success",
    "quarantined": "danger",
    "refund_due": "warning",
    "disputed": "warning",
    "lost": "danger",
}


class DedicationInline(ReadOnlyInline):
    """For whom a gift is, as long as that is kept."""

    model = Dedication
    fields = readonly_fields = ("name", "email", "greeting", "shows_amount", "told_shown", "forgotten_shown")
    told_shown = moment_column("told_at", _("card sent at"))
    forgotten_shown = moment_column("forgotten_at", _("forgotten at"))


class ReversalInline(ReadOnlyInline):
    model = Reversal
    fields = readonly_fields = (
        "created_shown",
        "amount_euro",
        "reason",
        "note",
        "actor",
        "status",
        "attempts",
    )
    created_shown = moment_column("created_at", _("decided at"))
    amount_euro = euro_column("amount_cents", _("amount"))


@admin.register(Donation)
class DonationAdmin(ReadOnlyAdmin):
    """Read gifts, and give one back with a reason."""

    steps = {"accept": AcceptStep, "give_back": GiveBackStep, "flag": FlagStep}
    actions_detail = ("flag", "accept", "give_back")
    inlines = (ReversalInline, PartyFlagInline, DedicationInline)
    list_display = ("donor_shown", "campaign_title", "amount_euro", "created_shown", "settled_shown", "state")
    list_filter = (("campaign", admin.RelatedOnlyFieldListFilter), "status")
    search_fields = (
        "email",
        "name",
        "public_id",
        "=stripe_session_id",
        "=stripe_payment_intent_id",
        "=stripe_charge_id",
        "campaign__title",
    )
    search_help_text = _("Donor, campaign, gift or Stripe's number")
    date_hierarchy = "created_at"
    # The tabs say how many there are in all.
    show_full_result_count = False
    fieldsets = (
        (
            _("The gift"),
            {
                "fields": (
                    ("campaign_link", "amount_euro", "charged_euro"),
                    ("counted_euro", "uncounted_euro", "party"),
                    ("status", "quarantine_reason"),
                    ("accepted_shown", "accepted_by"),
                    ("acceptance_reason", "extra_shown"),
                    ("email", "name"),
                    ("show_name", "language"),
                    "wants_news",
                    "message",
                )
            },
        ),
        (
            _("Its life"),
            {
                "fields": (
                    ("created_shown", "expires_shown"),
                    ("charged_shown", "settled_shown"),
                    ("due_shown", "refunded_shown"),
                    ("disputed_shown", "lost_shown"),
                )
            },
        ),
        (
            _("At Stripe"),
            {
                "fields": (
                    ("number_shown", "stripe_account_id"),
                    ("stripe_session_id", "stripe_payment_intent_id"),
                    ("stripe_charge_id", "fee_euro"),
                )
            },
        ),
    )
    queues = (
        everything(pgettext_lazy("feminine", "All"), _("Nobody has given yet.")),
        Queue(
            "quarantined",
            _("Being checked"),
            lambda rows, now: rows.filter(status=Status.QUARANTINED),
            _("No gift has to be checked."),
            waits=_("Gifts to check"),
            icon="policy",
            due=after("created_at", days=2),
            steps=("accept",),
        ),
        Queue(
            "settled", _("Received"), lambda rows, now: rows.settled(), _("No gift has been received yet.")
        ),
        Queue("pending", _("Being paid"), lambda rows, now: rows.pending(), _("Nobody is paying right now.")),
        Queue(
            "refund_due",
            _("Being given back"),
            lambda rows, now: rows.filter(status=Status.REFUND_DUE),
            _("No gift is on its way back."),
        ),
        Queue(
            "disputed",
            _("Contested"),
            lambda rows, now: rows.filter(status__in=[Status.DISPUTED, Status.LOST]),
            _("No gift is contested or lost."),
        ),
        Queue(
            "refunded",
            _("Given back"),
            lambda rows, now: rows.filter(status=Status.REFUNDED),
            _("No gift has been given back."),
        ),
        *QUEUES,
    )
    amount_euro = euro_column("amount_cents", _("amount"))
    charged_euro = euro_column("charged_cents", _("paid"))
    counted_euro = euro_column("counted_cents", _("counts"))
    uncounted_euro = euro_column("uncounted_cents", _("does not count"))
    fee_euro = euro_column("fee_cents", _("Stripe's fee"))
    accepted_shown = moment_column("accepted_at", _("accepted at"))
    created_shown = moment_column("created_at", _("begun at"))
    expires_shown = moment_column("session_expires_at", _("payment page open until"))
    charged_shown = moment_column("charged_at", _("paid at"))
    settled_shown = moment_column("settled_at", _("counted at"))
    due_shown = moment_column("refund_due_at", _("owed back since"))
    refunded_shown = moment_column("refunded_at", _("given back at"))
    disputed_shown = moment_column("disputed_at", _("contested since"))
    lost_shown = moment_column("lost_at", _("lost at"))
    number_shown = value_column("public_id", _("number of the gift"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch the campaigns' titles; not by joining them, which would join all gifts to show fifty."""
        return super().get_queryset(request).prefetch_related("campaign")

    def has_refund_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change gifts to give them back."""
        return request.user.has_perm("donations.change_donation")

    @display(description=_("donor"), header=True, ordering="email")
    def donor_shown(self, donation: Donation) -> list[str]:
        """Show the address, and the name if there is one."""
        return [donation.email, donation.name]

    @display(description=_("campaign"), ordering="campaign__title")
    def campaign_title(self, donation: Donation) -> str:
        """Show the campaign's title."""
        return donation.campaign.title

    @display(description=_("campaign"))
    def campaign_link(self, donation: Donation) -> str:
        """Lead to the campaign."""
        return row_link(donation.campaign)

    @display(description=_("paid on top of"))
    def extra_shown(self, donation: Donation) -> str:
        """Lead to the gift that was paid before."""
        return row_link(donation.extra_of) if donation.extra_of else ""

    @action(description=_("Who gives…"), permissions=["refund"], icon="diversity_3")
    def flag(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say who gives."""
        return FlagStep.take(self, request, object_id)

    @action(description=_("Accept…"), permissions=["refund"], icon="check")
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Accept a gift that was being checked."""
        return AcceptStep.take(self, request, object_id)

    @action(description=_("Give back…"), permissions=["refund"], icon="undo", variant=ActionVariant.DANGER)
    def give_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give a gift back to its donor."""
        return GiveBackStep.take(self, request, object_id)
