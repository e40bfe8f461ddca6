"""Several campaigns get their opening together: what stands in the way of each is told before anything is done."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from accounts.models import User
from accounts.services import OwnBody
from calls.models import Call, Fund
from campaigns import rules, services
from campaigns.admin.steps import available_cents, payments_ready
from campaigns.models import Campaign
from civicfund.desk import LocalTimeWidget, StepForm
from civicfund.templatetags.money import euro

#: The campaigns that can be scheduled together; more are done in several goes.
MOST = 100
#: What each exception of the service means beside a campaign's name.
REFUSALS: dict[type[Exception], Any] = {
    services.MovedOn: _("somebody or something was faster: it is no longer as this page showed it"),
    services.WrongState: _("it neither waits for its approval nor for its opening"),
    OwnBody: _("you belong to its promoter yourself: another officer has to do this"),
    services.HeldTooLong: _("too long: Stripe may not hold the first gifts until the payout is decided"),
    services.BadSchedule: _("the opening lies in the past, or the length is outside its call's limits"),
}


class BatchForm(StepForm):
    """Ask when the campaigns open, how long they last, and whether they open in waves."""

    foretold = ("opens_at", "days", "per_wave", "apart")
    opens_at = forms.DateTimeField(
        label=_("Opens at"),
        help_text=_("Day and hour in the city's time, the same for all of them or for the first wave."),
        widget=LocalTimeWidget,
    )
    days = forms.IntegerField(
        label=_("Length in days"),
        help_text=_("The day of the opening included."),
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    per_wave = forms.IntegerField(
        label=_("Campaigns in each wave"),
        help_text=_("Leave it empty to open all of them together."),
        min_value=1,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    apart = forms.IntegerField(
        label=_("Days from one wave to the next"),
        min_value=1,
        max_value=60,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def clean(self) -> dict[str, Any]:
        """Refuse waves without the days between them."""
        cleaned = self.cleaned_data
        if cleaned.get("per_wave") and not cleaned.get("apart") and "apart" not in self.errors:
            self.add_error("apart", gettext("Say how many days lie between two waves."))
        return cleaned


@dataclass
class Planned:
    """One campaign of a batch: when it would open and end, what would be set aside, and what stands in the way."""

    campaign: Campaign
    opens_at: datetime
    closes_at: datetime
    #: What the campaign looked like: it is scheduled only as long as it still does.
    mark: str
    reserved_cents: int = 0
    mails: int = 0
    #: With one of these it is left out; with a warning it is scheduled, but does not open until that is solved.
    obstacles: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def plan_batch(
    campaigns: Sequence[Campaign], values: dict[str, Any], by: User, now: datetime
) -> list[Planned]:
    """Return what would become of each campaign, in the order of their waves."""
    planned = []
    left: dict[Fund, int] = {}
    for place, campaign in enumerate(campaigns):
        wave = place // values["per_wave"] if values.get("per_wave") else 0
        opens_at = _later(values["opens_at"], wave * (values.get("apart") or 0))
        closes_at = services.deadline_after(opens_at, values["days"])
        one = Planned(campaign, opens_at, closes_at, services.schedule_mark(campaign))
        one.obstacles = _obstacles(one, values["days"], by, now)
        if not one.obstacles:
            one.mails = campaign.organization.members.filter(is_active=True).count()
            one.warnings = _warnings(one, left)
        planned.append(one)
    return planned


def schedule_batch(
    planned: Sequence[Planned], days: int, by: User, now: datetime
) -> list[tuple[Planned, Any]]:
    """Approve and schedule each campaign by itself, and return the reasons of those that were not, or nothing."""
    return [(one, _scheduled(one, days, by, now)) for one in planned]


def fingerprint(form: BatchForm, planned: Sequence[Planned]) -> str:
    """Return what the officer has read, made short: the values, and what each campaign looked like."""
    plain = "|".join([form.seen(), *(f"{one.campaign.pk} {one.mark}" for one in planned)])
    return hashlib.sha256(plain.encode()).hexdigest()


def _scheduled(one: Planned, days: int, by: User, now: datetime) -> Any:
    """Schedule one campaign as it was seen; return why not, or nothing."""
    if one.obstacles:
        return " ".join(one.obstacles)
    try:
        services.schedule_as_seen(
            campaign=one.campaign, seen=one.mark, by=by, opens_at=one.opens_at, days=days, now=now
        )
    except tuple(REFUSALS) as error:
        return REFUSALS[type(error)]
    except OperationalError:
        return gettext("somebody is changing it at this moment: try again")
    return ""


def _later(opens_at: datetime, days: int) -> datetime:
    """Return the same hour of the city some days later, also over a night that changes the clocks."""
    zone = timezone.get_default_timezone()
    local = opens_at.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return timezone.make_aware(local, zone)


def _obstacles(one: Planned, days: int, by: User, now: datetime) -> list[str]:
    """Return what the service would refuse, in words."""
    campaign, call = one.campaign, one.campaign.call
    checks: list[tuple[bool, Callable[[], Any]]] = [
        (campaign.status not in services.SCHEDULABLE, lambda: REFUSALS[services.WrongState]),
        (campaign.organization.has_member(by), lambda: REFUSALS[OwnBody]),
        (one.opens_at < now, lambda: gettext("the opening lies in the past")),
        (
            not call.campaign_days_min <= days <= call.campaign_days_max,
            lambda: (
                gettext("campaigns of its call last from %(least)s to %(most)s days")
                % {"least": call.campaign_days_min, "most": call.campaign_days_max}
            ),
        ),
        (
            not rules.fits_holding(one.opens_at, one.closes_at),
            lambda: REFUSALS[services.HeldTooLong],
        ),
    ]
    return [str(words()) for holds, words in checks if holds]


def _warnings(one: Planned, left: dict[Fund, int]) -> list[str]:
    """Return what would keep a campaign closed at its time; `left` says what those before it leave of each fund."""
    campaign, words = one.campaign, []
    if not payments_ready(campaign):
        words.append(gettext("its organization cannot receive payments yet: it has to connect Stripe"))
    if campaign.call.reservation_mode == Call.ReservationMode.RESERVED:
        fund = campaign.fund
        # A scheduled campaign has nothing set aside yet, so each of them draws on what is left.
        available = left.get(fund, available_cents(fund))
        one.reserved_cents = campaign.grant_due_cents
        left[fund] = available - campaign.grant_due_cents
        if left[fund] < 0:
            words.append(
                gettext("after those above, the fund has %(left)s left, which does not cover its share")
                % {"left": euro(max(available, 0))}
            )
    return words
