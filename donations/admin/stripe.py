from datetime import timedelta

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    after,
    everything,
    moment_column,
    row_link,
    status_column,
    value_column,
)
from donations.models import ConnectedAccount, StripeEvent

COLOURS = {"applied": "success", "unknown": "warning"}
#: How long an event may wait before it counts as late, and how far back unknown ones are looked at.
LATE = timedelta(minutes=10)
RECENT = timedelta(days=7)


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    """Read what Stripe has told and what became of it."""

    list_display = ("type", "stripe_id", "object_id", "received_shown", "attempts", "outcome_shown")
    list_filter = ("outcome", "type")
    search_fields = ("=stripe_id", "=object_id", "=reference", "=payment_intent_id", "type")
    search_help_text = _("Stripe's number or type of event")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("type", "stripe_id"),
                    ("object_id", "payment_intent_id"),
                    "reference",
                    ("received_shown", "processed_shown"),
                    ("attempts", "next_shown"),
                    "outcome",
                )
            },
        ),
    )
    queues = (
        everything(_("All"), _("Stripe has told nothing yet.")),
        Queue(
            "unprocessed",
            _("Not processed"),
            lambda rows, now: rows.filter(processed_at=None),
            _("Every event is processed."),
        ),
        Queue(
            "late",
            _("Late"),
            lambda rows, now: rows.filter(processed_at=None, received_at__lt=now - LATE),
            _("No event waits for more than ten minutes."),
            waits=_("Stripe events that cannot be applied"),
            icon="running_with_errors",
            due="received_at",
            right="donations.change_difference",
        ),
        Queue(
            "unknown",
            _("Unknown, last 7 days"),
            lambda rows, now: rows.filter(outcome="unknown", received_at__gt=now - RECENT),
            _("Every event of the last 7 days was about something known."),
            waits=_("Unknown Stripe events, last 7 days"),
            icon="help",
            due=after("received_at", days=7),
            right="donations.change_difference",
        ),
    )
    received_shown = moment_column("received_at", _("received at"))
    processed_shown = moment_column("processed_at", _("processed at"))
    next_shown = moment_column("next_attempt_at", _("next try at"))
    outcome_shown = status_column("outcome", _("outcome"), COLOURS)


@admin.register(ConnectedAccount)
class ConnectedAccountAdmin(ReadOnlyAdmin):
    """Read which organizations can receive gifts."""

    list_display = ("body_shown", "stripe_account_id", "created_shown", "ready", "ready_shown")
    search_fields = ("organization__legal_name", "=stripe_account_id")
    search_help_text = _("Organization or Stripe's number")
    list_select_related = ("organization",)
    fieldsets = (
        (None, {"fields": (("organization_link", "stripe_account_id"), ("created_shown", "ready_shown"))}),
    )
    empty_words = _("No organization has connected Stripe yet.")
    body_shown = value_column("organization__legal_name", _("organization"))
    created_shown = moment_column("created_at", _("created at"))
    ready_shown = moment_column("ready_at", _("may receive gifts since"))

    @display(description=_("ready"), boolean=True, ordering="ready_at")
    def ready(self, account: ConnectedAccount) -> bool:
        """Say whether gifts can be received."""
        return account.is_ready

    @display(description=_("organization"))
    def organization_link(self, account: ConnectedAccount) -> str:
        """Lead to the organization."""
        return row_link(account.organization)
