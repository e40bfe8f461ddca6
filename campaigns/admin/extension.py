"""More days for a batch of campaigns, by an act of the municipality."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from campaigns import services
from campaigns.models import Campaign, DeadlineExtension
from civicfund.desk import (
    Effects,
    ReadOnlyAdmin,
    ReasonedActForm,
    Refusal,
    Step,
    everything,
    moment_column,
)

Status = Campaign.Status


class ExtendForm(ReasonedActForm):
    """Ask for the new length, the act and the reason."""

    foretold = ("days",)
    field_order = ("days", "act_number", "act_date", "reason")
    days = forms.IntegerField(label=_("New length in days"), widget=UnfoldAdminIntegerFieldWidget)

    def __init__(self, *args: Any, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits = {"least": least, "most": most}
        self.fields["days"].help_text = (
            gettext("From %(least)s to %(most)s, the day of the opening included.") % self.limits
        )
        self.fields["reason"].help_text = gettext("Kept with your name and the act.")

    def clean_days(self) -> int:
        """Refuse a length that is no longer, or longer than the call allows, next to the field."""
        days: int = self.cleaned_data["days"]
        if not self.limits["least"] <= days <= self.limits["most"]:
            raise forms.ValidationError(
                gettext("From %(least)s to %(most)s days: more than now, and not more than the call allows.")
                % self.limits
            )
        return days


class ExtendStep(Step):
    """Give a campaign, and all of its call that opened on the same day, the same longer time."""

    title = _("Extend the deadline")
    button = _("Extend")
    lead = _("By an act, before the deadline, for all campaigns of the call that opened on the same day.")
    template = "admin/campaigns/extend.html"
    effects = Effects.TRIED
    writes_to_many = True
    form_class = ExtendForm
    is_grave = True
    refusals = {
        services.RemarksMissing: Refusal(_("Write the act and the reason."), "act_number"),
        services.NothingToExtend: Refusal(Step.too_late),
        services.BadSchedule: Refusal(
            _("Not longer than one of these campaigns lasts now, or longer than the call allows."), "days"
        ),
        services.HeldTooLong: Refusal(
            _("Too long: Stripe may not hold the first gifts until the payout is decided."), "days"
        ),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Campaign) -> bool:
        """Say whether the deadline is still to come and the call allows a later one."""
        if row.status not in (Status.OPEN, Status.SUSPENDED) or row.closes_at is None:
            return False
        return row.closes_at > timezone.now() and (row.days or 0) < row.call.campaign_days_max

    def batch(self) -> list[Campaign]:
        """Return the campaigns the extension holds for."""
        day = timezone.localdate(self.row.opens_at)
        batch = services.batch_of(call=self.row.call, opening_day=day, now=timezone.now())
        return list(batch.order_by("title", "pk"))

    def form_arguments(self) -> dict[str, Any]:
        """Say which lengths there are to choose from."""
        longest = max([campaign.days or 0 for campaign in self.batch()] + [self.row.days or 0])
        return {"least": longest + 1, "most": self.row.call.campaign_days_max}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say which campaigns end when."""
        days = values.get("days")
        return {
            "batch": [
                (campaign, services.deadline_after(campaign.opens_at, days) if days else None)
                for campaign in self.batch()
            ]
        }

    def act(self, values: dict[str, Any]) -> str:
        """Extend."""
        services.extend_deadline(
            call=self.row.call,
            opening_day=timezone.localdate(self.row.opens_at),
            by=self.request.user,
            now=timezone.now(),
            **values,
        )
        return gettext("Extended: the organizations have been written to.")


def extensions_of(campaign: Campaign) -> QuerySet[DeadlineExtension]:
    """Return the extensions of a campaign's batch."""
    if campaign.opens_at is None:
        return DeadlineExtension.objects.none()
    day = timezone.localdate(campaign.opens_at)
    return campaign.call.extensions.filter(opening_day=day).select_related("decided_by")


@admin.register(DeadlineExtension)
class DeadlineExtensionAdmin(ReadOnlyAdmin):
    """Read which batches of campaigns were given more time, by which act and why."""

    list_display = ("call", "opening_day", "days", "campaigns", "act_number", "decided_shown", "decided_by")
    list_filter = (("call", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("call", "decided_by")
    search_fields = ("act_number",)
    search_help_text = _("Number of the act")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("call", "opening_day"),
                    ("days", "campaigns"),
                    ("act_number", "act_date"),
                    "reason",
                    ("decided_shown", "decided_by"),
                )
            },
        ),
    )
    queues = (
        everything(
            _("All"), _("No deadline has been extended: it is done on the page of one of the campaigns.")
        ),
    )
    decided_shown = moment_column("decided_at", _("at"))
