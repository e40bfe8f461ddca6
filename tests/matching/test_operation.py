"""What machines and operators see of the machine."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts.models import Mail
from checks.architecture import ROOT
from civicfund.celery import app
from civicfund.models import TaskRun
from civicfund.operation.runs import record_run
from matching.models import AuditRun
from matching.operation import BACKLOGS, clockworks
from matching.operation_words import TASKS
from matching.views import operation as views
from tests.desk import desk_of, officer_with

pytestmark = pytest.mark.django_db

TOKEN = "only-for-tests"


@pytest.fixture(autouse=True)
def _nothing_ran(db: None) -> None:
    """Forget the runs that tests with threads of their own have left behind."""
    TaskRun.objects.all().delete()


def _all_run(now: datetime) -> None:
    """Let every task have ended just now."""
    for entry in app.conf.beat_schedule.values():
        record_run(task=entry["task"], began_at=now, ended_at=now)


def _queue_mail(created_at: datetime) -> None:
    Mail.objects.create(key="a", recipient="a@example.org", subject="a", body="a", created_at=created_at)


def test_readyz_is_ok_when_everything_runs(client: Client) -> None:
    _all_run(timezone.now())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_says_that_no_clock_beats(client: Client) -> None:
    assert b"no task has ended since ever" in client.get("/readyz").content
    _all_run(timezone.now() - timedelta(minutes=3))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert b"no task has ended since 20" in answer.content


def test_readyz_says_which_row_waits_for_too_long(client: Client) -> None:
    _all_run(timezone.now())
    _queue_mail(timezone.now() - timedelta(minutes=11))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert b"accounts.tasks.send_mails leaves a row waiting for 66" in answer.content


def test_readyz_says_that_the_broker_does_not_answer(client: Client, settings: Any) -> None:
    _all_run(timezone.now())
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"the broker does not answer: ConnectionError\n")


def test_readyz_says_that_the_database_does_not_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**when: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(views, "troubles", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert b"the database does not answer: OperationalError" in answer.content


def test_metrics_need_the_token(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": "Bearer other"}).status_code == 401


def test_metrics_tell_tasks_queues_and_audit(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    _all_run(timezone.now())
    _queue_mail(timezone.now() - timedelta(seconds=100))
    text = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()
    assert 'civicfund_rows_waiting{task="accounts.tasks.send_mails"} 1.0' in text
    assert 'civicfund_oldest_row_seconds{task="accounts.tasks.send_mails"} 100.' in text
    assert 'civicfund_task_in_trouble{task="matching.tasks.audit_money"} 0.0' in text
    assert "civicfund_audit_balanced" not in text, "nothing is broken before the first audit"
    assert "a@example.org" not in text


def test_alert_rules_ask_only_for_measures_that_are_there(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    AuditRun.objects.create(ran_at=timezone.now(), is_balanced=True)
    text = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()
    measures = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    asked = {word for rule in rules for word in _words(rule["expr"]) if word.startswith("civicfund_")}
    assert asked <= measures
    assert measures - asked <= {
        "civicfund_gifts",
        "civicfund_fund_cents",
        "civicfund_task_last_end_seconds",
    } | {
        "civicfund_task_failures",
        "civicfund_rows_waiting",
    }
    for rule in rules:
        assert f"## {rule['alert']}\n" in runbook, "every alert has its page in the runbook"


def _words(expression: str) -> list[str]:
    return "".join(sign if sign.isalnum() or sign == "_" else " " for sign in expression).split()


def test_every_task_has_words_and_every_backlog_a_task() -> None:
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert set(TASKS) == scheduled
    assert {backlog.task for backlog in BACKLOGS} <= scheduled


def test_clockworks_put_trouble_first() -> None:
    now = timezone.now()
    _all_run(now)
    long_ago = now - timedelta(hours=1)
    record_run(task="matching.tasks.close_offers", began_at=long_ago, ended_at=long_ago)
    record_run(task="accounts.tasks.send_mails", began_at=now, ended_at=now, fault="OSError")
    assert [(one.task, one.state) for one in clockworks(now=now)][:3] == [
        ("accounts.tasks.send_mails", "failing"),
        ("matching.tasks.close_offers", "late"),
        ("accounts.tasks.forget_proofs", "fine"),
    ]


def test_operation_shows_every_task_to_whoever_may_see_it() -> None:
    now = timezone.now()
    _all_run(now)
    record_run(task="accounts.tasks.send_mails", began_at=now, ended_at=now, fault="OSError")
    page = desk_of(officer_with("civicfund.view_taskrun")).get("/gestione/macchina/")
    text = page.content.decode()
    assert all(task in text for task in TASKS)
    assert "breaks off: OSError" in text
    assert "/gestione/macchina/" in text, "the menu leads here"
    assert desk_of(officer_with("calls.view_call")).get("/gestione/macchina/").status_code == 403
