"""Running checks on the books side by side, all on one snapshot: a long one does not keep a second core waiting."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

from django.db import connection, transaction

from matching.audit.check import Check, Finding

#: Transactions that read at the same time; each of them may have the help of parallel workers besides.
LANES = 2
MOST_ROWS_SHOWN = 20
#: Sums over the whole ledger fit in memory (spilled to disk they take twice as long), and every core takes a part of a
#: table that is worth dividing.
ROOM_FOR_SUMS = [
    # Compiling a statement takes longer than most of them run.
    "jit = off",
    "work_mem = '256MB'",
    "max_parallel_workers_per_gather = 2",
    "min_parallel_table_scan_size = '1MB'",
    "parallel_setup_cost = 100",
    "parallel_tuple_cost = 0.01",
]

Waiting = SimpleQueue[tuple[Check, "Future[Finding]"]]


def run_in_turn(checks: Sequence[Check], now: datetime) -> Iterator[Finding]:
    """Run checks one after the other in the transaction that is under way."""
    lengths: dict[str, int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        _make_room(cursor)
        for check in checks:
            yield _run(check, cursor, now, lengths)


def run_side_by_side(checks: Sequence[Check], now: datetime) -> Iterator[Finding]:
    """Run checks in several transactions that see what one of them sees, and yield their findings in order."""
    waiting: Waiting = SimpleQueue()
    findings: list[Future[Finding]] = [Future() for _check in checks]
    for entry in zip(checks, findings, strict=True):
        waiting.put(entry)
    with _snapshot() as name, ThreadPoolExecutor(LANES, thread_name_prefix="audit") as pool:
        for _lane in range(LANES):
            pool.submit(_take_from, waiting, name, now)
        for finding in findings:
            yield finding.result()


@contextmanager
def _snapshot() -> Iterator[str]:
    """Hold a snapshot of the database open and return its name."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def _take_from(waiting: Waiting, snapshot: str, now: datetime) -> None:
    """Run one check after the other, as long as some wait, in a transaction of this thread's own."""
    lengths: dict[str, int] = {}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            _make_room(cursor)
            for check, finding in _drawn_from(waiting):
                try:
                    finding.set_result(_run(check, cursor, now, lengths))
                except Exception as error:
                    finding.set_exception(error)
                    raise
    except Exception as error:  # noqa: BLE001 - it belongs to the thread that waits for the findings
        # Nobody waits for ever for a check that will not run.
        for _check, finding in _drawn_from(waiting):
            finding.set_exception(error)
    finally:
        connection.close()


def _drawn_from(waiting: Waiting) -> Iterator[tuple[Check, "Future[Finding]"]]:
    """Take what waits, one after the other, until nothing does."""
    with suppress(Empty):
        while True:
            yield waiting.get_nowait()


def _make_room(cursor: Any) -> None:
    cursor.execute("SET LOCAL statement_timeout = '5min'")
    for setting in ROOM_FOR_SUMS:
        # A constant of this file: a setting has no place for a parameter.
        cursor.execute(f"SET LOCAL {setting}")  # nosemgrep: statement-put-together


def _run(check: Check, cursor: Any, now: datetime, lengths: dict[str, int]) -> Finding:
    """Run one check and count what it examined."""
    began = time.monotonic()
    cursor.execute(check.sql, {"now": now})
    rows = cursor.fetchmany(MOST_ROWS_SHOWN)
    if check.table not in lengths:
        # A table named by a check of ours; nobody types it.
        cursor.execute(f"SELECT count(*) FROM {check.table}")  # noqa: S608 # nosemgrep: statement-put-together
        lengths[check.table] = cursor.fetchone()[0]
    return Finding(check, lengths[check.table], rows, round((time.monotonic() - began) * 1000))
