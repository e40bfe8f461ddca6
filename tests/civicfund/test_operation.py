"""A task's runs are written down, and each line of the log says whose it is."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from civicfund.models import TaskRun
from civicfund.operation import runs
from civicfund.operation.logs import Belongs, JsonLines, of_work
from civicfund.operation.reports import _without_persons, begin_to_report
from civicfund.operation.runs import record_run, written_down

pytestmark = pytest.mark.django_db

TASK = "donations.tasks.send_refunds"


@pytest.fixture(autouse=True)
def _nothing_written() -> Iterator[None]:
    runs._written.clear()
    yield
    runs._written.clear()


def test_written_down_keeps_when_a_task_ended() -> None:
    before = timezone.now()
    with written_down(TASK):
        pass
    run = TaskRun.objects.get(task=TASK)
    assert before <= run.began_at <= run.ended_at
    assert not run.is_failing


def test_written_down_is_not_a_write_with_every_tick() -> None:
    with written_down(TASK):
        pass
    first = TaskRun.objects.get(task=TASK)
    with written_down(TASK):
        pass
    assert TaskRun.objects.get(task=TASK).ended_at == first.ended_at


def test_written_down_keeps_every_fault_and_the_first_run_after_it() -> None:
    for _time in range(2):
        with pytest.raises(ZeroDivisionError), written_down(TASK):
            raise ZeroDivisionError
    run = TaskRun.objects.get(task=TASK)
    assert (run.failures, run.fault, run.is_failing) == (2, "ZeroDivisionError", True)
    with written_down(TASK):
        pass
    run.refresh_from_db()
    assert (run.failures, run.is_failing) == (2, False)


def test_record_run_twice_at_first_makes_one_row() -> None:
    now = timezone.now()
    record_run(task=TASK, began_at=now, ended_at=now)
    record_run(task=TASK, began_at=now, ended_at=now + timedelta(seconds=1))
    assert TaskRun.objects.get(task=TASK).ended_at == now + timedelta(seconds=1)


def test_written_down_lets_a_task_end_though_its_run_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(**run: object) -> None:
        raise runs.Error("no database")

    monkeypatch.setattr(runs, "record_run", refuse)
    with written_down(TASK):
        pass
    assert "is not written down" in caplog.text


def _line(message: str, *values: object) -> str:
    record = logging.LogRecord("here", logging.INFO, "here.py", 1, message, values, None)
    Belongs().filter(record)
    return JsonLines().format(record)


def test_json_lines_say_which_request_or_run_they_belong_to() -> None:
    with of_work("7", TASK):
        line = json.loads(_line("refund %s\nwaits", 12))
    assert (line["work"], line["place"], line["message"]) == ("7", TASK, "refund 12\nwaits")
    assert json.loads(_line("later"))["work"] == "-"


def test_json_lines_are_one_line_each() -> None:
    assert "\n" not in _line("two\nlines")


def test_an_answer_names_its_request(client: Client) -> None:
    first, second = (client.get("/healthz").headers["X-Request-ID"] for _time in range(2))
    assert first != second


def test_begin_to_report_reports_nothing_without_an_address(settings: pytest.FixtureRequest) -> None:
    settings.SENTRY_DSN = ""  # type: ignore[attr-defined]
    assert not begin_to_report()


def test_reports_carry_no_address_and_nothing_the_database_quotes() -> None:
    event = {
        "request": {"url": "http://testserver/donazioni/chiave/", "query_string": "q=ada", "method": "GET"},
        "user": {"email": "ada@example.org"},
        "exception": {"values": [{"module": "django.db.utils", "value": "Key (email)=(ada@example.org)"}]},
    }
    with of_work("7", "GET /donazioni/<str:token>/"):
        told = _without_persons(event, {})
    assert "chiave" not in str(told) and "ada" not in str(told)
    assert told["tags"] == {"work": "7", "place": "GET /donazioni/<str:token>/"}
