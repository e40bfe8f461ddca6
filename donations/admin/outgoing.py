from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    euro_column,
    everything,
    moment_column,
    row_link,
    status_column,
)
from donations.models import CampaignMoney, Outgoing

COLOURS = {"due": "warning", "sent": "info", "paid": "success", "failed": "danger"}
#: After so many tries the pauses between them are minutes long: somebody should look.
MANY_TRIES = 5


@admin.register(Outgoing)
class OutgoingAdmin(ReadOnlyAdmin):
    """Read what leaves for promoters; what came back is paid out again from the campaign's money."""

    list_display = ("campaign", "kind", "amount_euro", "created_shown", "attempts", "state")
    list_filter = ("kind", "status", ("campaign", admin.RelatedOnlyFieldListFilter))
    search_fields = ("=stripe_id", "campaign__title")
    search_help_text = _("Campaign or Stripe's number")
    list_select_related = ("campaign",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("money_link", "kind", "amount_euro"),
                    ("status", "failure"),
                    ("created_shown", "ended_shown", "actor"),
                    ("stripe_account_id", "stripe_id", "stripe_transfer_id"),
                    ("attempts", "next_shown"),
                )
            },
        ),
    )
    queues = (
        Queue(
            "failed",
            _("Came back"),
            lambda rows, now: rows.payouts().filter(
                status="failed",
                campaign__in=CampaignMoney.objects.to_pay_out().values("pk"),
            ),
            _("No payout has come back and waits."),
            waits=_("Payouts that came back"),
            icon="assignment_return",
            due="ended_at",
            right="donations.change_outgoing",
        ),
        Queue(
            "stuck",
            _("Stuck"),
            lambda rows, now: rows.filter(status="due", attempts__gte=MANY_TRIES),
            _("Nothing is stuck."),
            waits=_("Outgoing money Stripe does not take"),
            icon="sync_problem",
            due="created_at",
            right="donations.change_outgoing",
        ),
        everything(_("All"), _("Nothing has left yet.")),
    )
    amount_euro = euro_column("amount_cents", _("amount"))
    created_shown = moment_column("created_at", _("decided at"))
    ended_shown = moment_column("ended_at", _("ended at"))
    next_shown = moment_column("next_attempt_at", _("next try at"))
    state = status_column("status", _("state"), COLOURS)

    @display(description=_("campaign's money"))
    def money_link(self, outgoing: Outgoing) -> str:
        """Lead to the campaign's money, where a payout that came back is sent again."""
        return row_link(CampaignMoney.objects.get(pk=outgoing.campaign_id))
