"""Many people at once: real threads on real connections, in a database that is emptied afterwards."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.db import connection, connections

T = TypeVar("T")

LEDGER = ("ledger_account", "ledger_entry", "ledger_posting", "civicfund_change", "civicfund_listexport")


def at_once(*jobs: Callable[[], T]) -> list[T]:
    """Run every job in a thread and a connection of its own, all from the same instant, and return what they return."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T:
        try:
            start.wait(20)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        running = [pool.submit(run, job) for job in jobs]
        return [one.result(180) for one in running]


def guard_ledger(how: str) -> None:
    """ENABLE or DISABLE the triggers of the ledger's tables, as only their owner can."""
    with connection.cursor() as cursor:
        for table in LEDGER:
            cursor.execute(f"ALTER TABLE {table} {how} TRIGGER USER")


@pytest.fixture
def _ledger_guarded_again(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Switch the ledger's triggers on again when the database has been emptied."""
    yield
    with django_db_blocker.unblock():
        guard_ledger("ENABLE")


@pytest.fixture
def real_transactions(_ledger_guarded_again: None, transactional_db: None) -> Iterator[None]:
    """Let a test commit; name it in `usefixtures`, so that it comes before every fixture that writes.

    Afterwards the ledger, which is kept for ever, lets itself be emptied this once.
    """
    yield
    guard_ledger("DISABLE")
