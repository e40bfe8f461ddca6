"""Runs of the comparison with Stripe, and the differences they find."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from accounts.services import queue_mail_to_officers
from donations.models import Difference, Reconciliation

Kind = Reconciliation.Kind
What = Difference.What
#: Who is told about a difference and may clear it.
RIGHT = "donations.change_difference"
#: One lock for the begin of every run, so that two clocks that tick at once begin one.
LOCK = 4_500_450
#: How many differences a mail names.
NAMED = 10


class NotOpen(Exception):
    """Say that a difference has been cleared or has healed already."""


class ReasonMissing(Exception):
    """Say that a difference is never cleared without a reason."""


@dataclass(frozen=True)
class Finding:
    """What a comparison found different: Stripe's id, ours, and the amounts in cents."""

    what: Difference.What
    stripe_id: str = ""
    ours: str = ""
    stripe_cents: int | None = None
    our_cents: int | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """Return what tells it from every other difference; the same thing found again has the same key."""
        parts = (self.what.value, self.stripe_id, self.ours, self.stripe_cents, self.our_cents)
        return "|".join("" if part is None else str(part) for part in parts)[:300]


@transaction.atomic
def begin_run(
    *, kind: Reconciliation.Kind, since: datetime, not_after: datetime, now: datetime
) -> Reconciliation | None:
    """Begin a comparison of a period up to now; None when one ended since `not_after` or is under way.

    A run whose process died is begun again when its lease is over.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    runs = Reconciliation.objects.of(kind)
    if runs.filter(ended_at__isnull=False, started_at__gte=not_after).exists():
        return None
    died = runs.filter(ended_at=None).first()
    if died is None:
        return Reconciliation.objects.create(
            kind=kind, since=since, until=now, first_started_at=now, started_at=now
        )
    if died.started_at > now - Reconciliation.LEASE:
        return None
    died.since, died.until, died.started_at = min(since, died.since), now, now
    died.save(update_fields=["since", "until", "started_at"])
    return died


@transaction.atomic
def end_run(
    *, run: Reconciliation, looked_at: int, healed: int, findings: Iterable[Finding], now: datetime
) -> list[Difference]:
    """Keep what a run has found, heal what it no longer finds, and return the new differences.

    A difference heals when a later run of the same kind looks again and finds it in order. What an officer has cleared
    is not raised again as long as its amounts stay the same. New differences are mailed to the officers at once.
    """
    found = {finding.key: finding for finding in findings}
    earlier = Difference.objects.filter(run__kind=run.kind)
    known = set(earlier.known().filter(key__in=found).values_list("key", flat=True))
    new = [_raise(run, finding, now) for key, finding in found.items() if key not in known]
    gone = earlier.open().exclude(key__in=found)
    count = gone.update(status=Difference.Status.HEALED, healed_at=now)
    run.ended_at = now
    run.looked_at, run.healed, run.different = looked_at, healed + count, len(new)
    run.save(update_fields=["ended_at", "looked_at", "healed", "different"])
    if new:
        queue_mail_to_officers(
            right=RIGHT,
            key=f"difference_found:{run.pk}",
            template="difference_found",
            context={"run": run, "differences": new[:NAMED], "more": max(len(new) - NAMED, 0)},
            now=now,
        )
    return new


def note_events(*, since: datetime, looked_at: int, healed: int, now: datetime) -> None:
    """Keep that Stripe's events were fetched; quiet fetches of one day share a row."""
    last = Reconciliation.objects.of(Kind.EVENTS).first()
    if (
        last
        and healed == 0
        and last.healed == 0
        # A clock that was set back must not stop the fetching.
        and last.started_at <= now
        and last.started_at.date() == now.date()
    ):
        Reconciliation.objects.filter(pk=last.pk).update(
            until=now, ended_at=now, looked_at=F("looked_at") + looked_at
        )
        return
    Reconciliation.objects.create(
        kind=Kind.EVENTS,
        since=since,
        until=now,
        first_started_at=now,
        started_at=now,
        ended_at=now,
        looked_at=looked_at,
        healed=healed,
    )


@transaction.atomic
def clear_difference(*, difference: Difference, by: User, reason: str, now: datetime) -> Difference:
    """Clear a difference, as an officer and with a reason; when it was the last one, grants and payouts go on.

    Raise NotOpen, ReasonMissing.
    """
    difference = Difference.objects.select_for_update(no_key=True).get(pk=difference.pk)
    if difference.status != Difference.Status.OPEN:
        raise NotOpen(difference.pk)
    if not reason.strip():
        raise ReasonMissing(difference.pk)
    difference.status = Difference.Status.CLEARED
    difference.cleared_at = now
    difference.cleared_by = by
    difference.cleared_reason = reason.strip()
    difference.save(update_fields=["status", "cleared_at", "cleared_by", "cleared_reason"])
    return difference


def _raise(run: Reconciliation, finding: Finding, now: datetime) -> Difference:
    """Write one new difference."""
    return Difference.objects.create(
        run=run,
        what=finding.what,
        key=finding.key,
        stripe_id=finding.stripe_id,
        ours=finding.ours[:200],
        stripe_cents=finding.stripe_cents,
        our_cents=finding.our_cents,
        note=finding.note,
        found_at=now,
    )
