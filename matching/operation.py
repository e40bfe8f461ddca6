"""How the machine is doing: what each periodic task has left to do, since when, and when it last ran."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Mail
from campaigns.models import Campaign
from civicfund.celery import app
from civicfund.models import TaskRun
from civicfund.operation.models import late_after
from donations.models import Donation, Outgoing, Reversal, StripeEvent
from matching.operation_words import TASKS
from vetting.models import Decision

#: A tick of the clock that old means that no clock beats or no worker works.
BEAT = timedelta(minutes=2)


@dataclass(frozen=True)
class Backlog:
    """Rows that wait for a task, the time since which each waits, and how long is too long."""

    task: str
    title: Any
    rows: Callable[[datetime], QuerySet]
    since: str
    too_long: timedelta


BACKLOGS = (
    Backlog(
        "donations.tasks.apply_events",
        _("messages of Stripe"),
        lambda now: StripeEvent.objects.filter(processed_at=None),
        "received_at",
        timedelta(minutes=10),
    ),
    Backlog(
        "accounts.tasks.send_mails",
        _("mails"),
        lambda now: Mail.objects.due(),
        "created_at",
        timedelta(minutes=10),
    ),
    Backlog(
        "donations.tasks.send_refunds",
        _("refunds"),
        lambda now: Reversal.objects.due(now),
        "next_attempt_at",
        timedelta(hours=1),
    ),
    Backlog(
        "donations.tasks.send_receipts",
        _("receipts"),
        lambda now: Donation.objects.receipt_due(),
        "settled_at",
        timedelta(hours=1),
    ),
    Backlog(
        "donations.tasks.send_outgoing",
        _("transfers and payouts"),
        lambda now: Outgoing.objects.due(now),
        "next_attempt_at",
        timedelta(hours=1),
    ),
    Backlog(
        "matching.tasks.open_due_campaigns",
        _("campaigns to open"),
        # One that cannot open says so itself, on a list of its own.
        lambda now: Campaign.objects.opening_due(now).filter(opening_refusal=""),
        "opens_at",
        timedelta(minutes=10),
    ),
    Backlog(
        "matching.tasks.settle_campaigns",
        _("campaigns without an outcome"),
        lambda now: (
            Campaign.objects.filter(status=Campaign.Status.CLOSING) | Campaign.objects.closing_due(now)
        ),
        "closes_at",
        timedelta(hours=2),
    ),
    Backlog(
        "campaigns.tasks.draft_admitted_campaigns",
        _("admitted projects without a campaign"),
        lambda now: Decision.objects.filter(outcome=Decision.Outcome.ADMITTED, application__campaign=None),
        "decided_at",
        timedelta(minutes=10),
    ),
)


@dataclass(frozen=True)
class Waiting:
    """What one task has left to do."""

    backlog: Backlog
    count: int
    oldest: datetime | None
    now: datetime

    @property
    def age(self) -> timedelta:
        """Return for how long the oldest row has been waiting."""
        return max(self.now - self.oldest, timedelta()) if self.oldest else timedelta()

    @property
    def is_too_old(self) -> bool:
        """Say whether the oldest row has been waiting for too long."""
        return self.age > self.backlog.too_long


@dataclass(frozen=True)
class Clockwork:
    """One periodic task: how often it begins, in seconds, its last run, and what waits for it."""

    task: str
    every: float
    run: TaskRun | None
    waiting: Waiting | None
    now: datetime

    @property
    def title(self) -> Any:
        """Return in words what it does."""
        return TASKS[self.task]

    @property
    def next_at(self) -> datetime | None:
        """Return when it begins next, if it goes on as it did."""
        return self.run and self.run.began_at + timedelta(seconds=self.every)

    @property
    def state(self) -> str:
        """Return "never", "failing", "late" or "fine"."""
        if self.run is None:
            return "never"
        if self.run.is_failing:
            return "failing"
        return "late" if self.now - self.run.ended_at > late_after(self.every) else "fine"


def what_waits(*, now: datetime) -> list[Waiting]:
    """Return what each task has left to do."""
    return [_measure(backlog, now) for backlog in BACKLOGS]


def clockworks(*, now: datetime) -> list[Clockwork]:
    """Return every periodic task, those in trouble first."""
    runs = {run.task: run for run in TaskRun.objects.all()}
    waiting = {one.backlog.task: one for one in what_waits(now=now)}
    found = [
        Clockwork(entry["task"], entry["schedule"], runs.get(entry["task"]), waiting.get(entry["task"]), now)
        for entry in app.conf.beat_schedule.values()
    ]
    order = ["failing", "late", "never", "fine"]
    return sorted(found, key=lambda one: (order.index(one.state), one.task))


def last_beat() -> datetime | None:
    """Return when any task last ended: a clock, a broker, a worker and the database were there together."""
    return TaskRun.objects.order_by("-ended_at").values_list("ended_at", flat=True).first()


def troubles(*, now: datetime) -> Iterator[str]:
    """Yield, for machines that ask, each thing because of which the platform is not doing its work."""
    beat = last_beat()
    if beat is None or now - beat > BEAT:
        yield f"no task has ended since {beat.isoformat(timespec='seconds') if beat else 'ever'}"
    for one in what_waits(now=now):
        if one.is_too_old:
            yield f"{one.backlog.task} leaves a row waiting for {int(one.age.total_seconds())} s"


def for_people(*, now: datetime) -> Iterator[str]:
    """Yield what waits for somebody's hand: the platform does its work, and can go no further by itself."""
    for campaign in Campaign.objects.opening_due(now).exclude(opening_refusal="").order_by("opens_at", "pk"):
        yield f"{campaign.slug} cannot open: {campaign.opening_refusal}"


def _measure(backlog: Backlog, now: datetime) -> Waiting:
    """Count a task's rows and find the oldest."""
    sums = backlog.rows(now).order_by().aggregate(count=Count("pk", distinct=True), oldest=Min(backlog.since))
    return Waiting(backlog, sums["count"], sums["oldest"], now)
