"""The platform's measures for Prometheus: gifts, queues, funds, tasks, audit. They hold no personal data."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from accounts.models import Mail
from calls.models import Stop
from campaigns.models import Campaign
from donations.models import Difference, Donation
from ledger.models import Account
from matching.models import AuditRun
from matching.operation import clockworks, last_beat

#: What a fund's money is divided into.
OF_FUNDS = (Account.Kind.ALLOCATED, Account.Kind.AVAILABLE, Account.Kind.RESERVED, Account.Kind.AWARDED)
TROUBLE = ("failing", "late", "never")


class Measures(Collector):
    """Read every measure at one instant; times are seconds since 1970, amounts integer cents."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        """Yield all measures."""
        yield from self._tasks()
        yield from self._gifts()
        yield from self._funds()
        yield from self._audit()
        yield _one(
            "civicfund_differences_open",
            "Differences between the books and Stripe that stop grants",
            (Difference.objects.open().count()),
        )
        stuck = Mail.objects.stuck(self.now - Mail.STUCK_AFTER).count()
        yield _one("civicfund_mails_stuck", "Mails whose sending began and never ended", stuck)
        refused = Campaign.objects.opening_due(self.now).exclude(opening_refusal="").count()
        yield _one("civicfund_campaigns_refused", "Campaigns that are due and cannot open", refused)
        stops = Stop.objects.exclude(status=Stop.Status.ENDED).count()
        yield _one("civicfund_stops", "Things switched off in an incident", stops)

    def _tasks(self) -> Iterator[Metric]:
        """Yield when each task last ended, whether it is in trouble, and what it has left to do."""
        ended = GaugeMetricFamily(
            "civicfund_task_last_end_seconds", "When a task last ended", labels=["task"]
        )
        trouble = GaugeMetricFamily(
            "civicfund_task_in_trouble", "1 while a task breaks off or does not run", labels=["task"]
        )
        failures = GaugeMetricFamily("civicfund_task_failures", "How often a task broke off", labels=["task"])
        rows = GaugeMetricFamily("civicfund_rows_waiting", "Rows a task has left to do", labels=["task"])
        age = GaugeMetricFamily(
            "civicfund_oldest_row_seconds", "For how long the oldest row has waited", labels=["task"]
        )
        for one in clockworks(now=self.now):
            if one.run:
                ended.add_metric([one.task], one.run.ended_at.timestamp())
                failures.add_metric([one.task], one.run.failures)
            trouble.add_metric([one.task], one.state in TROUBLE)
            if one.waiting:
                rows.add_metric([one.task], one.waiting.count)
                age.add_metric([one.task], one.waiting.age.total_seconds())
        yield from (ended, trouble, failures, rows, age)
        beat = last_beat()
        yield _one("civicfund_last_beat_seconds", "When any task last ended", beat.timestamp() if beat else 0)

    def _gifts(self) -> Iterator[Metric]:
        """Yield how many gifts are in each state."""
        gifts = GaugeMetricFamily("civicfund_gifts", "Gifts by state", labels=["state"])
        counted = dict(Donation.objects.order_by().values_list("status").annotate(Count("pk")))
        for state in Donation.Status.values:
            gifts.add_metric([state], counted.get(state, 0))
        yield gifts

    def _funds(self) -> Iterator[Metric]:
        """Yield where the money of each fund stands."""
        money = GaugeMetricFamily("civicfund_fund_cents", "A fund's money in cents", labels=["fund", "part"])
        rows = Account.objects.filter(fund__isnull=False, kind__in=OF_FUNDS).order_by("fund", "kind")
        sums: dict[tuple[str, str], int] = {}
        for fund, kind, cents in rows.values_list("fund", "kind", "balance_cents"):
            sums[str(fund), kind] = sums.get((str(fund), kind), 0) + abs(cents)
        for (fund, kind), cents in sums.items():
            money.add_metric([fund, kind], cents)
        yield money

    def _audit(self) -> Iterator[Metric]:
        """Yield the last audit's time and result."""
        run = AuditRun.objects.order_by("-ran_at").first()
        yield _one(
            "civicfund_audit_seconds", "When all money was last audited", run.ran_at.timestamp() if run else 0
        )
        if run:
            yield _one(
                "civicfund_audit_balanced", "1 if the last audit found nothing broken", run.is_balanced
            )


def exposition(*, now: datetime) -> bytes:
    """Return all measures as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Measures(now))
    return generate_latest(registry)


def _one(name: str, words: str, value: float) -> Metric:
    """Return a measure without labels."""
    return GaugeMetricFamily(name, words, value=float(value))
