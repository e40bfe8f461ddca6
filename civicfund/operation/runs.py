"""Write down that a periodic task ran, so that one that no longer runs is noticed."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import Error
from django.db.models import F
from django.utils import timezone

from civicfund.operation.models import TaskRun

logger = logging.getLogger(__name__)

#: A task that runs every few seconds is written down this often by each process, in seconds.
GRAIN = 15

#: When this process last wrote each task down, on its own clock.
_written: dict[str, float] = {}


@contextmanager
def written_down(task: str) -> Iterator[None]:
    """Write down a run of a task when it has ended; one that breaks off, or broke off before, always."""
    began_at = timezone.now()
    try:
        yield
    except Exception as error:
        _forgive(task, began_at=began_at, ended_at=timezone.now(), fault=type(error).__name__)
        _written.pop(task, None)
        raise
    if time.monotonic() - _written.get(task, -GRAIN) >= GRAIN:
        _forgive(task, began_at=began_at, ended_at=timezone.now())
        _written[task] = time.monotonic()


def _forgive(task: str, **run: object) -> None:
    """Write a run down; that it can't be written is no reason for the task to fail."""
    try:
        record_run(task=task, **run)  # type: ignore[arg-type]
    except Error as error:
        logger.warning("the run of %s is not written down: %s", task, error)


def record_run(*, task: str, began_at: datetime, ended_at: datetime, fault: str = "") -> None:
    """Keep the last run of a task, from aware datetimes; `fault` names what broke it off and counts as one more failure."""
    run: dict[str, object] = {"began_at": began_at, "ended_at": ended_at}
    broke: dict[str, object] = {"failed_at": ended_at, "fault": fault[:120]} if fault else {}
    counted = {"failures": F("failures") + 1} if fault else {}
    if not TaskRun.objects.filter(task=task).update(**run, **broke, **counted):
        first = {"failures": 1} if fault else {}
        # Two workers may be the first at once: the second one's run says the same.
        TaskRun.objects.bulk_create([TaskRun(task=task, **run, **broke, **first)], ignore_conflicts=True)
