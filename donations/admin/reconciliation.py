from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ReasonForm,
    Refusal,
    Step,
    euro_column,
    everything,
    moment_column,
    row_link,
    status_column,
)
from civicfund.templatetags.clock import moment
from civicfund.templatetags.money import euro
from donations import services
from donations.models import Difference, Reconciliation, StripeTransaction

Status = Difference.Status
COLOURS = {"open": "danger", "healed": "success", "cleared": "info"}


class ClearStep(Step):
    """Clear a difference with a reason."""

    title = _("Clear the difference")
    button = _("Clear it")
    lead = _("Clear it when you know where the difference comes from and that no citizen's money is missing.")
    template = "admin/donations/clear_difference.html"
    effects = Effects.TRIED
    form_class = ReasonForm
    is_grave = True
    refusals = {
        services.NotOpen: Refusal(Step.too_late),
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Difference) -> bool:
        """Say whether nobody has cleared it and it has not healed."""
        return row.status == Status.OPEN

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what differs."""
        return [
            (gettext("What differs"), self.row.get_what_display()),
            (gettext("Stripe's number"), self.row.stripe_id or "–"),
            (gettext("Ours"), self.row.ours or "–"),
            (gettext("At Stripe"), euro(self.row.stripe_cents) or "–"),
            (gettext("In the books"), euro(self.row.our_cents) or "–"),
            (gettext("Found at"), moment(self.row.found_at)),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say whether grants and payouts go on."""
        return {"others": Difference.objects.open().exclude(pk=self.row.pk).count()}

    def act(self, values: dict[str, Any]) -> str:
        """Clear it."""
        services.clear_difference(
            difference=self.row, by=self.request.user, reason=values["reason"], now=timezone.now()
        )
        if Difference.objects.open().exists():
            return gettext("Cleared. Other differences are open, so grants and payouts still wait.")
        return gettext("Cleared. Grants and payouts go on.")


@admin.register(Difference)
class DifferenceAdmin(ReadOnlyAdmin):
    """Read in what the books and Stripe differ, and clear it with a reason."""

    steps = {"clear": ClearStep}
    actions_detail = ("clear",)
    list_display = ("what_shown", "ours", "stripe_euro", "our_euro", "found_shown", "state")
    list_filter = ("what", "status")
    search_fields = ("stripe_id", "ours", "note")
    search_help_text = _("Stripe's number or ours")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("what", "status"),
                    ("stripe_id", "ours"),
                    ("stripe_euro", "our_euro"),
                    "note",
                    ("found_shown", "run_link"),
                    ("healed_shown", "cleared_shown"),
                    ("cleared_by", "cleared_reason"),
                )
            },
        ),
    )
    queues = (
        Queue(
            "open",
            _("Open"),
            lambda rows, now: rows.open(),
            _("The books and Stripe agree: grants and payouts are free to leave."),
            waits=_("Differences: grants and payouts wait for them"),
            icon="difference",
            due="found_at",
        ),
        Queue(
            "cleared",
            _("Cleared"),
            lambda rows, now: rows.filter(status=Status.CLEARED),
            _("No difference had to be cleared."),
        ),
        Queue(
            "healed",
            _("Healed"),
            lambda rows, now: rows.filter(status=Status.HEALED),
            _("No difference has healed by itself."),
        ),
        everything(pgettext_lazy("feminine", "All"), _("No difference has ever been found.")),
    )
    stripe_euro = euro_column("stripe_cents", _("at Stripe"))
    our_euro = euro_column("our_cents", _("in the books"))
    found_shown = moment_column("found_at", _("found at"))
    healed_shown = moment_column("healed_at", _("healed at"))
    cleared_shown = moment_column("cleared_at", _("cleared at"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch runs and officers."""
        return super().get_queryset(request).select_related("run", "cleared_by")

    def has_clear_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change differences to clear them."""
        return request.user.has_perm("donations.change_difference")

    @display(description=_("what differs"), header=True, ordering="what")
    def what_shown(self, difference: Difference) -> list[str]:
        """Show what differs over Stripe's number."""
        return [difference.get_what_display(), difference.stripe_id]

    @display(description=_("found by"))
    def run_link(self, difference: Difference) -> str:
        """Lead to the run."""
        return row_link(difference.run)

    @action(description=_("Clear…"), permissions=["clear"], icon="task_alt", variant=ActionVariant.PRIMARY)
    def clear(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Clear a difference with a reason."""
        return ClearStep.take(self, request, object_id)


class DifferenceInline(ReadOnlyInline):
    """What a run has found."""

    model = Difference
    fields = readonly_fields = ("difference_link", "stripe_euro", "our_euro", "state")
    stripe_euro = euro_column("stripe_cents", _("at Stripe"))
    our_euro = euro_column("our_cents", _("in the books"))
    state = status_column("status", _("state"), COLOURS)

    @display(description=_("difference"))
    def difference_link(self, difference: Difference) -> str:
        """Lead to the difference."""
        return row_link(difference)


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    """Read when the books were compared with Stripe, and with what result."""

    inlines = (DifferenceInline,)
    list_display = ("kind", "started_shown", "ended_shown", "looked_at", "healed", "different")
    list_filter = ("kind",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "kind",
                    ("since_shown", "until_shown"),
                    ("started_shown", "ended_shown"),
                    ("looked_at", "healed", "different"),
                )
            },
        ),
    )
    queues = (
        everything(pgettext_lazy("feminine", "All"), _("Nothing has been compared yet.")),
        Queue(
            "different",
            _("With differences"),
            lambda rows, now: rows.filter(different__gt=0),
            _("No comparison has found a difference."),
        ),
        Queue(
            "unfinished",
            _("Without an end"),
            lambda rows, now: rows.unfinished(now),
            _("Every comparison with Stripe came to its end."),
            waits=_("Comparisons with Stripe that do not end"),
            icon="sync_problem",
            due="started_at",
            right="donations.change_difference",
        ),
    )
    since_shown = moment_column("since", _("period from"))
    until_shown = moment_column("until", _("period to"))
    started_shown = moment_column("started_at", _("begun at"))
    ended_shown = moment_column("ended_at", _("ended at"))


@admin.register(StripeTransaction)
class StripeTransactionAdmin(ReadOnlyAdmin):
    """Read every movement on Stripe's accounts, as Stripe lists it."""

    list_display = (
        "movement",
        "about",
        "amount_euro",
        "fee_euro",
        "created_shown",
    )
    list_filter = ("type", "is_own")
    search_fields = ("=stripe_id", "=subject", "=account_id")
    search_help_text = _("Stripe's number of a movement, payment, refund or account")
    date_hierarchy = "created_at"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("type", "stripe_id"),
                    ("subject", "account_shown"),
                    "payment_id",
                    ("amount_euro", "fee_euro"),
                    ("created_shown", "is_own"),
                )
            },
        ),
    )
    empty_words = _("No movement has been read yet: the first ones come tonight.")
    amount_euro = euro_column("amount_cents", _("amount"))
    fee_euro = euro_column("fee_cents", _("fee"))
    created_shown = moment_column("created_at", _("at"))

    @display(description=_("movement"), header=True, ordering="type")
    def movement(self, movement: StripeTransaction) -> list[str]:
        """Show the type over Stripe's number."""
        return [movement.type, movement.stripe_id]

    @display(description=_("about"), header=True, ordering="subject")
    def about(self, movement: StripeTransaction) -> list[str]:
        """Show what it belongs to over the account it is on."""
        return [movement.subject or "–", self.account_shown(movement)]

    @display(description=_("account"), ordering="account_id")
    def account_shown(self, movement: StripeTransaction) -> str:
        """Show the connected account, or that it is the platform's own."""
        return movement.account_id or gettext("the platform's own")
