from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
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
from donations.admin.bank import AskAgainStep, BankRefundInline, RecordTransferStep
from donations.models import BankRefund, Reversal

Status = Reversal.Status
COLOURS = {
    "due": "warning",
    "sent": "info",
    "succeeded": "success",
    "failed": "danger",
    "asked": "info",
    "ready": "warning",
}
#: After so many tries the pauses between them are minutes long: somebody should look.
MANY_TRIES = 5
#: A refund leaves within seconds, and Stripe answers within a day: what takes longer is late.
LATE_TO_LEAVE = timedelta(hours=1)
LATE_TO_ARRIVE = timedelta(hours=24)


def late_to_leave(rows: QuerySet, now: datetime) -> QuerySet:
    """Keep the refunds that should have left an hour ago and are not held on purpose."""
    late = rows.filter(status=Status.DUE, created_at__lt=now - LATE_TO_LEAVE)
    return late.exclude(pk__in=Reversal.objects.held().values("pk"))


class TryAgainStep(Step):
    """Send a refund that came back once more."""

    title = _("Try the refund again")
    button = _("Try again")
    template = "admin/donations/try_again.html"
    too_late = _("This money is not owed any more, or is on its way already.")
    effects = Effects.TRIED
    refusals = {services.NotRefundable: Refusal(too_late)}
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Reversal) -> bool:
        """Say whether the refund came back and its money is still owed, and no bank account was named for it."""
        return row.status == Status.ASKED or Reversal.objects.came_back().filter(pk=row.pk).exists()

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what will be sent."""
        return {"reversal": self.row}

    def act(self, values: dict[str, Any]) -> str:
        """Owe it anew; the worker sends it."""
        services.retry_refund(reversal=self.row, by=self.request.user, now=timezone.now())
        return gettext("A new refund is owed; it leaves within seconds.")


@admin.register(Reversal)
class ReversalAdmin(ReadOnlyAdmin):
    """Read what goes back to donors, and send again what came back."""

    steps = {"try_again": TryAgainStep, "ask_again": AskAgainStep, "record_transfer": RecordTransferStep}
    actions_detail = ("record_transfer", "ask_again", "try_again")
    inlines = (BankRefundInline,)
    list_display = (
        "gift",
        "campaign_title",
        "amount_euro",
        "method",
        "reason",
        "created_shown",
        "attempts",
        "state",
    )
    list_filter = ("status", "method", "reason", ("donation__campaign", admin.RelatedOnlyFieldListFilter))
    search_fields = (
        "=donation__public_id",
        "=donation__email",
        "=stripe_refund_id",
        "donation__campaign__title",
    )
    search_help_text = _("Gift, donor, campaign or Stripe's number")
    fieldsets = (
        (
            _("The refund"),
            {
                "fields": (
                    ("gift_link", "amount_euro"),
                    ("reason", "note"),
                    ("method", "replaces_link"),
                    ("status", "actor"),
                    ("created_shown", "ended_shown"),
                )
            },
        ),
        (_("At Stripe"), {"fields": (("stripe_refund_id", "attempts"), "next_shown")}),
    )
    queues = (
        Queue(
            "came_back",
            _("Came back"),
            lambda rows, now: rows.came_back(),
            _("No refund has come back."),
            waits=_("Refunds that came back"),
            icon="assignment_return",
            due=after("ended_at", days=2),
            steps=("try_again",),
        ),
        Queue(
            "to_pay",
            _("To pay by bank"),
            lambda rows, now: rows.filter(status=Status.READY),
            _("No refund has to be paid by bank transfer."),
            waits=_("Refunds to pay by bank transfer"),
            icon="account_balance",
            due=after("bank__answered_at", days=5),
            steps=("record_transfer",),
        ),
        Queue(
            "asked",
            _("Account asked for"),
            lambda rows, now: rows.filter(status=Status.ASKED),
            _("No donor is being asked for a bank account."),
        ),
        Queue(
            "silent",
            _("No answer"),
            lambda rows, now: rows.filter(status=Status.ASKED, bank__reminders=len(BankRefund.REMINDERS)),
            _("No donor has left every reminder unanswered."),
            waits=_("Donors who name no bank account"),
            icon="mark_email_unread",
            steps=("ask_again",),
        ),
        Queue(
            "stuck",
            _("Stuck"),
            lambda rows, now: rows.filter(status=Status.DUE, attempts__gte=MANY_TRIES),
            _("No refund is stuck."),
            waits=_("Refunds Stripe does not take"),
            icon="sync_problem",
            due=after("created_at", hours=1),
        ),
        Queue(
            "late",
            _("Late to leave"),
            late_to_leave,
            _("Every refund left within an hour."),
            waits=_("Refunds waiting for over an hour to leave"),
            icon="timer",
            due=after("created_at", hours=1),
        ),
        Queue(
            "unanswered",
            _("Without a result"),
            lambda rows, now: rows.sent().filter(created_at__lt=now - LATE_TO_ARRIVE),
            _("Stripe has answered about every refund within a day."),
            waits=_("Refunds without a result for over 24 hours"),
            icon="hourglass_disabled",
            due=after("created_at", hours=24),
        ),
        Queue(
            "held",
            _("Held: refunds are stopped"),
            lambda rows, now: rows.held(),
            _("No refund is held by a stop of its call."),
            waits=_("Refunds held because those of their call are stopped"),
            icon="block",
        ),
        Queue(
            "under_way",
            _("Under way"),
            lambda rows, now: rows.filter(status__in=[Status.DUE, Status.SENT]),
            _("No refund is under way."),
        ),
        everything(_("All"), _("Nothing has been given back.")),
    )
    amount_euro = euro_column("amount_cents", _("amount"))
    created_shown = moment_column("created_at", _("decided at"))
    ended_shown = moment_column("ended_at", _("ended at"))
    next_shown = moment_column("next_attempt_at", _("next try at"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch gifts and campaigns."""
        return super().get_queryset(request).select_related("donation__campaign", "actor")

    def has_retry_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change refunds to send them again."""
        return request.user.has_perm("donations.change_reversal")

    @display(description=_("gift"))
    def gift(self, reversal: Reversal) -> str:
        """Show the gift's number, which names no person."""
        return str(reversal.donation)

    @display(description=_("gift"))
    def gift_link(self, reversal: Reversal) -> str:
        """Lead to the gift."""
        return row_link(reversal.donation)

    @display(description=_("campaign"), ordering="donation__campaign__title")
    def campaign_title(self, reversal: Reversal) -> str:
        """Show the campaign's title."""
        return reversal.donation.campaign.title

    @action(description=_("Try again…"), permissions=["retry"], icon="refresh", variant=ActionVariant.PRIMARY)
    def try_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send a refund that came back once more."""
        return TryAgainStep.take(self, request, object_id)

    @display(description=_("in the place of"))
    def replaces_link(self, reversal: Reversal) -> str:
        """Lead to the refund in whose place it stands."""
        return row_link(reversal.replaces)

    @action(description=_("Ask the donor again…"), permissions=["retry"], icon="forward_to_inbox")
    def ask_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send the donor a new link."""
        return AskAgainStep.take(self, request, object_id)

    @action(
        description=_("The transfer is made…"),
        permissions=["retry"],
        icon="account_balance",
        variant=ActionVariant.PRIMARY,
    )
    def record_transfer(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write that the bank transfer was made."""
        return RecordTransferStep.take(self, request, object_id)
