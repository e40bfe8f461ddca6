"""Celery is only the clock, and loses nothing when a worker dies."""

import gc

import pytest

from civicfund.celery import app


def test_celery_loses_no_task_when_a_worker_dies() -> None:
    transport = app.conf.broker_transport_options

    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_time_limit == 120 < transport["visibility_timeout"] == 300
    assert (transport["unacked_restore_interval"], transport["unacked_restore_throttle"]) == (5, 1)


def test_celery_wakes_money_every_five_seconds_and_lets_old_messages_expire() -> None:
    beat = {entry["task"]: entry for entry in app.conf.beat_schedule.values()}

    for name in (
        "matching.tasks.release_due_grants",
        "donations.tasks.apply_events",
        "donations.tasks.send_refunds",
    ):
        assert beat[name]["schedule"] == 5
    assert beat["matching.tasks.settle_campaigns"]["schedule"] == 30
    assert beat["donations.tasks.reconcile_donations"]["schedule"] == 300
    assert all(entry["options"]["expires"] == max(entry["schedule"], 60) for entry in beat.values())
    app.loader.import_default_modules()
    assert set(beat) <= set(app.tasks)


def test_a_worker_looks_for_rubbish_only_among_what_its_tasks_make(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[str] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append("all that is loaded"))

    app.WorkController(app=app, pool_cls="solo")

    assert frozen == ["all that is loaded"]
    assert gc.get_threshold()[0] == 50_000
