"""Let a periodic task run once at a time, however many clocks and workers there are.

A turn is an advisory lock of the worker's own database session: it ends with the task, and with the worker when that is
killed, so nothing has to be cleaned up. It needs a session of its own: behind a pooler in transaction mode that is the
direct line of DIRECT_DATABASE_URL, and only turns go over it.
"""

import functools
import logging
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from civicfund.databases import DIRECT
from civicfund.operation.logs import of_work
from civicfund.operation.runs import written_down
from civicfund.trail.context import program

logger = logging.getLogger(__name__)

#: Marks our locks among those of others in the same database.
SPACE = zlib.crc32(b"civicfund.turns") - 2**31
STRIPE = "stripe"
#: How long one run goes on claiming rows, in seconds: far below the time a task may take.
BUSY_SECONDS = 20

Row = TypeVar("Row")


def one_at_a_time(task: Callable[[], None]) -> Callable[[], None]:
    """Make a task do nothing while it runs elsewhere: the next tick comes within seconds."""
    return _in_turn(task, [(task.__qualname__, 1)])


def in_turn_at_stripe(at_once: int = 1) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Make a task that talks to Stripe run so many times at once, and all of these together not in every worker slot.

    When Stripe does not answer, such a task waits; mails and awards must not wait with it.
    """

    def decorate(task: Callable[[], None]) -> Callable[[], None]:
        return _in_turn(task, [(task.__qualname__, at_once), (STRIPE, settings.STRIPE_TASKS_AT_ONCE)])

    return decorate


def while_due(claim: Callable[[int], Sequence[Row]], *, batch: int) -> Iterator[Row]:
    """Yield the rows that `claim` takes, `batch` at a time, until it finds none or the run has been busy long enough.

    A run that stopped after its first batch would do no more than a batch in each tick of the clock, and what has come
    while it worked would wait for the next one.
    """
    until = time.monotonic() + BUSY_SECONDS
    rows: Sequence[Row] = claim(batch)
    yield from rows
    while rows and time.monotonic() < until:
        rows = claim(batch)
        yield from rows


def _in_turn(task: Callable[[], None], places: list[tuple[str, int]]) -> Callable[[], None]:
    """Run a task only when each of its queues, named with its number of places, has one free."""
    names = [(f"{task.__module__}.{name}" if name != STRIPE else name, number) for name, number in places]

    @functools.wraps(task)
    def run() -> None:
        taken: list[int] = []
        try:
            for name, number in names:
                place = _take(name, number)
                if place is None:
                    return
                taken.append(place)
            with _known_as(f"{task.__module__}.{task.__name__}"):
                task()
        finally:
            _give_back(taken)

    return run


@contextmanager
def _known_as(task: str) -> Iterator[None]:
    """Let the trail, the log and the operator's page know, around one run, which task it is."""
    with program(task) as said, of_work(str(said.id), task), written_down(task):
        yield


def _session() -> BaseDatabaseWrapper:
    """Return the line whose session is this worker's alone."""
    return connections[DIRECT if DIRECT in settings.DATABASES else DEFAULT_DB_ALIAS]


def _take(name: str, number: int) -> int | None:
    """Take one of a queue's places and return its key, or None when all are taken."""
    with _session().cursor() as cursor:
        for place in range(number):
            key = zlib.crc32(f"{name}:{place}".encode()) - 2**31
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [SPACE, key])
            if cursor.fetchone()[0]:
                return key
    return None


def _give_back(keys: list[int]) -> None:
    """Free the places; a session that can no longer say so is closed, which frees them too."""
    try:
        with _session().cursor() as cursor:
            for key in keys:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [SPACE, key])
    except Error as error:
        logger.warning("a turn ends with its session: %s", error)
        _session().close()
