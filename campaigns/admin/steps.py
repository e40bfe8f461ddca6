"""What an officer does to a campaign."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
)

from calls.models import Call, Fund
from campaigns import rules, services
from campaigns.models import Campaign
from civicfund.desk import Effects, LocalTimeWidget, Refusal, Step, StepForm

Status = Campaign.Status


class ApproveForm(StepForm):
    """Ask when the campaign opens and how long it lasts."""

    foretold = ("opens_at", "days")
    opens_at = forms.DateTimeField(
        label=_("Opens at"),
        help_text=_("Day and hour in the city's time; it opens by itself."),
        widget=LocalTimeWidget,
    )
    days = forms.IntegerField(label=_("Length in days"), widget=UnfoldAdminIntegerFieldWidget)

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        self.fields["days"].help_text = gettext(
            "From %(least)s to %(most)s, the day of the opening included."
        ) % {"least": call.campaign_days_min, "most": call.campaign_days_max}

    def clean_opens_at(self) -> datetime:
        """Refuse an opening in the past, next to the field."""
        opens_at = self.cleaned_data["opens_at"]
        if opens_at <= timezone.now():
            raise forms.ValidationError(gettext("The opening lies in the past: choose a later one."))
        return opens_at

    def clean_days(self) -> int:
        """Refuse a length the call does not allow, next to the field."""
        days = self.cleaned_data["days"]
        if not self.call.campaign_days_min <= days <= self.call.campaign_days_max:
            raise forms.ValidationError(
                gettext("A campaign of this call lasts from %(least)s to %(most)s days.")
                % {"least": self.call.campaign_days_min, "most": self.call.campaign_days_max}
            )
        return days


class SuspensionForm(StepForm):
    """Ask for a reason that the public will read."""

    reason = forms.CharField(
        label=_("Public reason"),
        help_text=_("Everybody reads it on the campaign's page: name no person and nothing private."),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    reason_en = forms.CharField(
        label=_("Public reason, in English"),
        help_text=_("For who reads the site in English; without it they read the one above."),
        max_length=2000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "lang": "en"}),
    )


class CampaignStep(Step):
    """Move a campaign from one of some states to another."""

    effects = Effects.TRIED

    states: tuple[str, ...] = ()

    @classmethod
    def is_possible(cls, row: Campaign) -> bool:
        """Say whether the campaign is in a state the step starts from."""
        return row.status in cls.states

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say whom a mail reaches."""
        members = self.row.organization.members.filter(is_active=True).count()
        return {"campaign": self.row, "members": members}


WRONG_STATE = {services.WrongState: Refusal(Step.too_late)}


class ApproveStep(CampaignStep):
    """Approve a campaign and schedule it, or give a scheduled one new dates."""

    title = gettext_lazy("Approve and schedule")
    button = gettext_lazy("Approve and schedule")
    template = "admin/campaigns/approve.html"
    form_class = ApproveForm
    states = (Status.IN_REVIEW, Status.SCHEDULED)
    refusals = {
        **WRONG_STATE,
        services.BadSchedule: Refusal(
            gettext_lazy("The opening lies in the past, or the length is outside the call's limits."),
            "opens_at",
        ),
        services.HeldTooLong: Refusal(
            gettext_lazy("Too long: Stripe may not hold the first gifts until the payout is decided."), "days"
        ),
    }
    needs_fresh_login = True

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form the limits."""
        return {"call": self.row.call}

    def initial(self) -> dict[str, Any]:
        """Propose the dates it has, else tomorrow at nine and the longest campaign."""
        if self.row.opens_at and self.row.opens_at > timezone.now():
            return {"opens_at": self.row.opens_at.replace(second=0, microsecond=0), "days": self.row.days}
        tomorrow = timezone.localdate() + timedelta(days=1)
        at_nine = datetime.combine(tomorrow, time(9), tzinfo=timezone.get_default_timezone())
        return {"opens_at": at_nine, "days": self.row.call.campaign_days_max}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say when it ends and what will be set aside."""
        campaign = self.row
        closes_at = services.deadline_after(values["opens_at"], values["days"])
        available = available_cents(campaign.fund)
        return {
            **super().what_follows(values),
            "opens_at": values["opens_at"],
            "closes_at": closes_at,
            "is_reserved": campaign.call.reservation_mode == Call.ReservationMode.RESERVED,
            "available_cents": available,
            "is_covered": available >= campaign.grant_due_cents,
            "is_ready": payments_ready(campaign),
            "held_until": rules.holding_limit(values["opens_at"]),
            "latest_deadline": rules.latest_deadline(values["opens_at"]),
            "fits_holding": rules.fits_holding(values["opens_at"], closes_at),
        }

    def act(self, values: dict[str, Any]) -> str:
        """Approve."""
        services.approve_campaign(campaign=self.row, by=self.request.user, now=timezone.now(), **values)
        return gettext("Approved: it opens by itself at its time.")


class SuspendStep(CampaignStep):
    """Stop a campaign from taking gifts."""

    title = gettext_lazy("Suspend the campaign")
    button = gettext_lazy("Suspend")
    template = "admin/campaigns/suspend.html"
    form_class = SuspensionForm
    is_grave = True
    states = (Status.OPEN,)
    refusals = {
        **WRONG_STATE,
        services.RemarksMissing: Refusal(gettext_lazy("Write the reason."), "reason"),
    }

    def act(self, values: dict[str, Any]) -> str:
        """Suspend."""
        services.suspend_campaign(campaign=self.row, by=self.request.user, now=timezone.now(), **values)
        return gettext("Suspended: it takes no gifts until you resume it.")


class ResumeStep(CampaignStep):
    """Let a suspended campaign take gifts again."""

    title = gettext_lazy("Resume the campaign")
    button = gettext_lazy("Resume")
    template = "admin/campaigns/resume.html"
    states = (Status.SUSPENDED,)
    refusals = WRONG_STATE

    def act(self, values: dict[str, Any]) -> str:
        """Resume."""
        services.resume_campaign(campaign=self.row, by=self.request.user, now=timezone.now())
        return gettext("Resumed: it takes gifts again until its deadline.")


class EndStep(CampaignStep):
    """End a suspended campaign and give everything back."""

    title = gettext_lazy("End the campaign")
    button = gettext_lazy("End it and give everything back")
    template = "admin/campaigns/end.html"
    writes_to_many = True
    is_grave = True
    states = (Status.SUSPENDED,)
    refusals = WRONG_STATE
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Campaign) -> bool:
        """Say whether it is suspended and its grant not awarded: only a reasoned act takes an award back."""
        grant = getattr(row, "grant", None)
        return super().is_possible(row) and (grant is None or grant.state != "awarded")

    def act(self, values: dict[str, Any]) -> str:
        """End it."""
        services.end_campaign(campaign=self.row, by=self.request.user)
        return gettext("Ended: the gifts go back to the donors within minutes.")


def available_cents(fund: Fund) -> int:
    """Return what is left of a fund, in cents, for grants that are not set aside yet."""
    return sum(account.balance_cents for account in fund.accounts.all() if account.kind == "available")


def payments_ready(campaign: Campaign) -> bool:
    """Say whether gifts have somewhere to go: the organization's account, or the platform where an officer chose so."""
    if campaign.payment_flow == Campaign.PaymentFlow.SEPARATE:
        return True
    account = getattr(campaign.organization, "connected_account", None)
    return account is not None and account.is_ready
