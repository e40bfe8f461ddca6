from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from campaigns.admin.batch_page import batch_page
from campaigns.admin.clocks import clocks
from campaigns.admin.extension import ExtendStep, extensions_of
from campaigns.admin.queues import QUEUES
from campaigns.admin.remark_steps import ReturnStep, WithdrawRemarksStep
from campaigns.admin.steps import ApproveStep, EndStep, ResumeStep, SuspendStep, payments_ready
from campaigns.looks import differences_since, last_return_of
from campaigns.models import Campaign, Remark
from campaigns.templatetags.gate import grant_word, raised_cents
from civicfund.desk import ReadOnlyAdmin, moment_column, row_link, status_column
from civicfund.templatetags.clock import last_day, time_left, until
from civicfund.templatetags.money import euro

COLOURS = {
    "in_review": "warning",
    "scheduled": "info",
    "open": "success",
    "closing": "info",
    "succeeded": "success",
    "failed": "danger",
    "suspended": "danger",
    "cure": "warning",
    "keeping": "warning",
    "withdrawn": "danger",
}


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    """Read campaigns as promoters wrote them, and decide whether and when they open."""

    steps = {
        "approve": ApproveStep,
        "send_back": ReturnStep,
        "take_back": WithdrawRemarksStep,
        "suspend": SuspendStep,
        "resume": ResumeStep,
        "end": EndStep,
        "extend": ExtendStep,
    }
    actions_detail = ("approve", "send_back", "take_back", "resume", "end", "suspend", "extend", "preview")
    actions = ("schedule_together",)
    list_display = ("project", "gate", "raised_euro", "missing_euro", "ends", "state")
    list_filter = (
        ("application__call", admin.RelatedOnlyFieldListFilter),
        "application__borough",
        ("application__theme", admin.RelatedOnlyFieldListFilter),
        "grant__state",
    )
    search_fields = (
        "title",
        "slug",
        "application__organization__legal_name",
        "=application__organization__tax_code",
        "application__protocol_number",
    )
    search_help_text = _("Title, organization, tax code or protocol number")
    ordering = ("closes_at", "pk")
    change_form_before_template = "admin/campaigns/campaign.html"
    fieldsets = (
        (
            _("Its life"),
            {
                "fields": (
                    ("submitted_shown", "approved_shown"),
                    ("opened_shown", "reached_shown"),
                    ("closes_shown", "settled_shown"),
                )
            },
        ),
    )
    queues = QUEUES
    submitted_shown = moment_column("submitted_at", _("submitted at"))
    approved_shown = moment_column("approved_at", _("approved at"))
    opened_shown = moment_column("opened_at", _("opened at"))
    reached_shown = moment_column("reached_at", _("threshold reached at"))
    settled_shown = moment_column("settled_at", _("outcome decided at"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch what a row's bar shows."""
        return super().get_queryset(request).with_story()

    def get_urls(self) -> list[Any]:
        """Add the page on which several campaigns get their opening together."""
        page = self.admin_site.admin_view(self.schedule_batch)
        return [path("schedule/", page, name="campaigns_campaign_schedule_batch"), *super().get_urls()]

    def schedule_batch(self, request: HttpRequest) -> HttpResponse:
        """Give several campaigns their opening together."""
        if not self.has_steer_permission(request):
            raise PermissionDenied
        return batch_page(request, self)

    @action(description=_("Approve and schedule together…"), permissions=["steer"], icon="event")
    def schedule_together(self, request: HttpRequest, chosen: QuerySet) -> HttpResponse:
        """Lead to the page on which the chosen campaigns get their opening."""
        numbers = ",".join(str(number) for number in sorted(chosen.values_list("pk", flat=True)))
        return redirect(f"{reverse('admin:campaigns_campaign_schedule_batch')}?ids={numbers}")

    def has_extend_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may add extensions to give a batch of campaigns more time."""
        return request.user.has_perm("campaigns.add_deadlineextension")

    def has_steer_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change campaigns to approve, return, suspend, resume and end them."""
        return request.user.has_perm("campaigns.change_campaign")

    @display(description=_("project"), header=True, ordering="title")
    def project(self, campaign: Campaign) -> list[str]:
        """Show the title over the name of the body."""
        return [campaign.title, campaign.organization.legal_name]

    @display(description=_("how far it is"))
    def gate(self, campaign: Campaign) -> str:
        """Draw the gate bar, small."""
        return render_to_string("admin/campaigns/gate.html", {"campaign": campaign})

    @display(description=_("raised"))
    def raised_euro(self, campaign: Campaign) -> str:
        """Show what counts for the threshold."""
        return euro(raised_cents(campaign))

    @display(description=_("missing"))
    def missing_euro(self, campaign: Campaign) -> str:
        """Show what is missing to the threshold."""
        return euro(max(campaign.threshold_cents - raised_cents(campaign), 0))

    @display(description=_("ends"), ordering="closes_at")
    def ends(self, campaign: Campaign) -> str:
        """Show the last day, and how long that is from now or why it has not opened."""
        if campaign.closes_at is None:
            return "–"
        now = [words for words in clocks(campaign, timezone.now()) if words]
        more = campaign.get_opening_refusal_display() if campaign.opening_refusal else time_left(campaign)
        return format_html(
            '<span>{}<br><span class="desk-soft">{}</span></span>',
            last_day(campaign.closes_at),
            " · ".join(now) or more,
        )

    @display(description=_("ends"))
    def closes_shown(self, campaign: Campaign) -> str:
        """Show the deadline to the minute."""
        return until(campaign.closes_at) or "–"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show the campaign's money, schedule and page."""
        campaign = self.get_object(request, object_id)
        told = {}
        if campaign:
            last = last_return_of(campaign)
            told = {
                "last_return": last,
                "differences": differences_since(last, campaign) if last else [],
                "remarks": Remark.objects.of(campaign).select_related("given_back__returned_by", "closed_by"),
                "campaign": campaign,
                "grant_word": grant_word(campaign),
                "is_ready": payments_ready(campaign),
                "clocks": clocks(campaign, timezone.now()),
                "extensions": extensions_of(campaign),
                "variations": campaign.variations.select_related("decided_by"),
                "application_link": row_link(
                    campaign.application, campaign.application.protocol_number or ""
                ),
                "organization_link": row_link(campaign.organization),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    @action(
        description=_("Approve and schedule…"),
        permissions=["steer"],
        icon="event",
        variant=ActionVariant.PRIMARY,
    )
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Approve a campaign and say when it opens."""
        return ApproveStep.take(self, request, object_id)

    @action(description=_("Return with remarks…"), permissions=["steer"], icon="undo")
    def send_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give the page back to the promoter."""
        return ReturnStep.take(self, request, object_id)

    @action(description=_("Take remarks back…"), permissions=["steer"], icon="playlist_remove")
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take remarks back, so that the promoter need not answer them."""
        return WithdrawRemarksStep.take(self, request, object_id)

    @action(
        description=_("Suspend…"), permissions=["steer"], icon="pause_circle", variant=ActionVariant.DANGER
    )
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Stop a campaign from taking gifts."""
        return SuspendStep.take(self, request, object_id)

    @action(
        description=_("Resume…"), permissions=["steer"], icon="play_circle", variant=ActionVariant.PRIMARY
    )
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let a suspended campaign take gifts again."""
        return ResumeStep.take(self, request, object_id)

    @action(description=_("End…"), permissions=["steer"], icon="stop_circle", variant=ActionVariant.DANGER)
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End a suspended campaign and give everything back."""
        return EndStep.take(self, request, object_id)

    @action(description=_("Extend the deadline…"), permissions=["extend"], icon="more_time")
    def extend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give the campaign, and all that opened with it, more time by an act."""
        return ExtendStep.take(self, request, object_id)

    @action(description=_("See the page"), permissions=["view"], icon="visibility")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the campaign's page as the public sees it, or will."""
        campaign = self.get_object(request, unquote(object_id))
        if campaign is None:
            raise Http404
        return redirect(campaign)
