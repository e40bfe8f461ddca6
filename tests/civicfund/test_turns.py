"""A periodic task runs once at a time, and those that wait for Stripe leave a slot to the others."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, connection

from civicfund import turns
from civicfund.celery import app
from civicfund.turns import in_turn_at_stripe, one_at_a_time, while_due
from tests.threads import at_once

pytestmark = pytest.mark.django_db


class Slow:
    """A task that waits until it is let go, and counts its runs."""

    def __init__(self, name: str, decorate: Callable[..., Callable[[], None]]) -> None:
        self.runs = 0
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()
        self.let_go = threading.Event()

        def task() -> None:
            with self._lock:
                self.runs += 1
                self._now += 1
                self.most = max(self.most, self._now)
            self.let_go.wait(5)
            with self._lock:
                self._now -= 1

        task.__qualname__ = name
        self.run = decorate(task)


def run_beside(*slow: Slow) -> None:
    """Run tasks at once; they are let go when the ones that found no place have given up."""
    timer = threading.Timer(1.5, lambda: [one.let_go.set() for one in slow])
    timer.start()
    at_once(*(one.run for one in slow))
    timer.join()


def test_one_at_a_time_runs_one_of_four() -> None:
    slow = Slow("alone", one_at_a_time)

    run_beside(slow, slow, slow, slow)

    assert (slow.runs, slow.most) == (1, 1)
    slow.run()
    assert slow.runs == 2


def test_one_at_a_time_lets_another_task_run() -> None:
    first, second = Slow("first", one_at_a_time), Slow("second", one_at_a_time)

    run_beside(first, second)

    assert (first.runs, second.runs) == (1, 1)


def test_one_at_a_time_frees_the_place_of_a_task_that_fails() -> None:
    runs = []

    @one_at_a_time
    def fails() -> None:
        runs.append(1)
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):  # noqa: PT011 - only that it comes through
            fails()
    assert len(runs) == 2


def test_one_at_a_time_frees_the_place_of_a_task_whose_session_is_lost() -> None:
    runs = []

    @one_at_a_time
    def loses_its_session() -> None:
        runs.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    for _ in range(2):
        with pytest.raises(Error):
            # In a thread, whose session is its own.
            at_once(loses_its_session)
    assert len(runs) == 2


def test_in_turn_at_stripe_leaves_slots_to_others(settings: Any) -> None:
    settings.STRIPE_TASKS_AT_ONCE = 2
    waiting = [Slow(f"stripe{number}", in_turn_at_stripe()) for number in range(4)]
    other = Slow("other", one_at_a_time)

    run_beside(*waiting, other)

    assert sum(one.runs for one in waiting) == 2
    assert other.runs == 1


def test_in_turn_at_stripe_runs_as_often_at_once_as_it_may(settings: Any) -> None:
    settings.STRIPE_TASKS_AT_ONCE = 3
    slow = Slow("often", in_turn_at_stripe(at_once=2))

    run_beside(slow, slow, slow, slow)

    assert slow.most == 2


def test_every_periodic_task_waits_for_its_turn() -> None:
    app.loader.import_default_modules()
    tasks = [app.tasks[entry["task"]] for entry in app.conf.beat_schedule.values()]

    assert [task.name for task in tasks if not hasattr(task.run, "__wrapped__")] == []


@pytest.mark.parametrize("number", [0, 1, 3, 4, 7])
def test_while_due_takes_batch_after_batch_until_none_is_left(number: int) -> None:
    waiting = list(range(number))

    def claim(limit: int) -> list[int]:
        taken, waiting[:] = waiting[:limit], waiting[limit:]
        return taken

    assert list(while_due(claim, batch=3)) == list(range(number))


def test_while_due_stops_when_it_has_been_busy_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 1000, turns.BUSY_SECONDS // 2))
    monkeypatch.setattr(turns.time, "monotonic", lambda: next(seconds))

    assert len(list(while_due(lambda limit: ["due"] * limit, batch=3))) == 6
