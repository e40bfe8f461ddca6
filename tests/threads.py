"""Many people at once: real threads on real connections, in a database that is emptied afterwards."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.db import connection, connections
from django.test import TransactionTestCase

T = TypeVar("T")

LEDGER = ("ledger_account", "ledger_entry", "ledger_posting", "civicfund_change", "civicfund_listexport")
#: What is the same in every test: Django would empty these tables too, and write them anew by the names of all models.
KEPT = ("auth_permission", "django_content_type")


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


def empty_database() -> None:
    """Empty every table but those of all rights."""
    tables = set(connection.introspection.django_table_names(only_existing=True)) - {*KEPT}
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(sorted(tables))}")


@pytest.fixture
def _ledger_guarded_again(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Have the database emptied in less than Django's time, and switch the ledger's triggers on again then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty_database())
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
