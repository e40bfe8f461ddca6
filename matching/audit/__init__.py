"""Everything about money, computed again from the bottom; each check returns the rows that break it.

The checks are plain SQL, so that they do not lean on the code they check. They are numbered I1 to I14: what always holds
(I1 to I11, I13, I14) and what may be late but not for ever (I12).
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection, transaction

from donations.audit import differences
from matching.audit import books, contested, gifts, outside, shares, waiting
from matching.audit.check import Check, Finding

MOST_ROWS_SHOWN = 20
#: A payment younger than this may still be on its way into the books.
UNDER_WAY = timedelta(minutes=15)
#: Sums over the whole ledger fit in memory (spilled to disk they take twice as long), and every core takes a part of a
#: table that is worth dividing.
ROOM_FOR_SUMS = [
    "work_mem = '256MB'",
    "max_parallel_workers_per_gather = 2",
    "min_parallel_table_scan_size = '1MB'",
    "parallel_setup_cost = 100",
    "parallel_tuple_cost = 0.01",
]
STRIPE_CHECK = "Stripe's charges and refunds are those of the books"

CHECKS = [*books.CHECKS, *gifts.CHECKS, *contested.CHECKS, *outside.CHECKS, *shares.CHECKS]
WAITING = waiting.CHECKS


def examine(checks: Sequence[Check], *, now: datetime) -> Iterator[Finding]:
    """Run checks one after the other, all on the same snapshot where no transaction is under way yet."""
    own = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if own:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = '5min'")
        for setting in ROOM_FOR_SUMS:
            cursor.execute(f"SET LOCAL {setting}")
        lengths: dict[str, int] = {}
        for check in checks:
            began = time.monotonic()
            cursor.execute(check.sql, {"now": now})
            rows = cursor.fetchmany(MOST_ROWS_SHOWN)
            if check.table not in lengths:
                cursor.execute(f"SELECT count(*) FROM {check.table}")  # noqa: S608 (a table of ours)
                lengths[check.table] = cursor.fetchone()[0]
            yield Finding(check, lengths[check.table], rows, round((time.monotonic() - began) * 1000))


def run_checks(*, now: datetime) -> dict[str, list[tuple[object, ...]]]:
    """Return the offending rows of every check, by its name; all empty when the money is right."""
    return {finding.check.name: finding.rows for finding in examine(CHECKS, now=now)}


def compare_with_stripe(*, now: datetime) -> dict[str, list[tuple[object, ...]]]:
    """Return where Stripe's own list of charges differs from the books, in the shape of `run_checks`.

    Raise the gateway's StripeUnavailable or StripeRefused.
    """
    return {STRIPE_CHECK: list(islice(differences(until=now - UNDER_WAY), MOST_ROWS_SHOWN))}
