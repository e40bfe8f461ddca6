from typing import Any

from django.contrib import admin
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
    ReasonForm,
    Refusal,
    Step,
    everything,
    moment_column,
    row_link,
)
from civicfund.templatetags.clock import moment
from donations import services
from donations.models import GiftPause


class ResumeStep(Step):
    """Let a campaign begin new payments again before its pause is over."""

    title = _("Let new gifts begin again")
    button = _("Let them begin again")
    lead = _("Do so when you know why the cards were refused.")
    template = "admin/donations/resume_gifts.html"
    form_class = ReasonForm
    too_late = _("This pause is over already.")
    effects = Effects.TRIED
    refusals = {
        services.PauseIsOver: Refusal(too_late),
        services.NoReasonGiven: Refusal(_("Write the reason."), "reason"),
    }

    @classmethod
    def is_possible(cls, row: GiftPause) -> bool:
        """Say whether the pause holds gifts back."""
        return row.ended_at is None and row.until > timezone.now()

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what was counted and how long the pause would last."""
        return [
            (gettext("Campaign"), row_link(self.row.campaign)),
            (gettext("Refused payments"), self.row.declines),
            (gettext("Payments that arrived"), self.row.payments),
            (gettext("Ends by itself"), moment(self.row.until)),
        ]

    def act(self, values: dict[str, Any]) -> str:
        """End the pause."""
        services.resume_gifts(
            pause=self.row, by=self.request.user, reason=values["reason"], now=timezone.now()
        )
        return gettext("New gifts begin again.")


@admin.register(GiftPause)
class GiftPauseAdmin(ReadOnlyAdmin):
    """Read when a campaign begins no new payments because of refused cards, and end that early."""

    steps = {"resume": ResumeStep}
    actions_detail = ("resume",)
    list_display = ("campaign_title", "began_shown", "until_shown", "declines", "payments", "ended_shown")
    list_filter = (("campaign", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("campaign",)
    search_fields = ("campaign__title",)
    search_help_text = _("Campaign")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "campaign_link",
                    ("began_shown", "until_shown"),
                    ("declines", "payments"),
                    ("ended_shown", "actor"),
                    "reason",
                )
            },
        ),
    )
    queues = (
        Queue(
            "holding",
            _("Now"),
            lambda rows, now: rows.holding(now),
            _("No campaign is paused because of refused cards."),
            waits=_("Campaigns paused because of refused cards"),
            icon="credit_card_off",
            due="until",
        ),
        everything(_("All"), _("No campaign has been paused because of refused cards.")),
    )
    began_shown = moment_column("began_at", _("began at"))
    until_shown = moment_column("until", _("until"))
    ended_shown = moment_column("ended_at", _("ended at"))

    def has_resume_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change pauses to end them."""
        return request.user.has_perm("donations.change_giftpause")

    @display(description=_("campaign"), ordering="campaign__title")
    def campaign_title(self, pause: GiftPause) -> str:
        """Show the campaign's title."""
        return pause.campaign.title

    @display(description=_("campaign"))
    def campaign_link(self, pause: GiftPause) -> str:
        """Lead to the campaign."""
        return row_link(pause.campaign)

    @action(
        description=_("Let gifts begin…"),
        permissions=["resume"],
        icon="play_circle",
        variant=ActionVariant.PRIMARY,
    )
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End a pause before its time."""
        return ResumeStep.take(self, request, object_id)
