"""Services live and die together: restarted when one falls, ended with their children, never left behind."""

import sys
import time

import psutil
import pytest

from demo.lifetime import EngineError
from demo.processes import SHORT_LIVES_ALLOWED, Troupe

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
WITH_CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PATIENCE_SECONDS = 20


@pytest.fixture
def troupe(tmp_path):
    with Troupe(tmp_path, tmp_path / "log") as running:
        yield running


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def process_of(troupe, number=0):
    return psutil.Process(troupe.services[number].process.pid)


def is_gone(process):
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_stop_ends_every_service_with_its_children(troupe):
    troupe.start("plain", SLEEP, {})
    troupe.start("parent", [sys.executable, "-c", WITH_CHILD], {})
    wait_until(lambda: process_of(troupe, 1).children())
    family = [process_of(troupe), process_of(troupe, 1), *process_of(troupe, 1).children(recursive=True)]

    troupe.stop()

    wait_until(lambda: all(is_gone(each) for each in family))


def test_stop_ends_a_service_that_does_not_listen(troupe, tmp_path, monkeypatch):
    monkeypatch.setattr("demo.processes.STOP_SECONDS", 0.5)
    troupe.start("deaf", [sys.executable, "-c", DEAF], {})
    wait_until(lambda: "up" in (tmp_path / "log" / "deaf.log").read_text())
    deaf = process_of(troupe)

    troupe.stop()

    assert is_gone(deaf)


def test_check_starts_again_what_has_fallen(troupe, capsys):
    troupe.start("worker", SLEEP, {})
    first = process_of(troupe)
    first.kill()
    wait_until(lambda: troupe.services[0].process.poll() is not None)

    troupe.check()

    assert process_of(troupe).pid != first.pid
    assert "starting it again" in capsys.readouterr().out


def test_check_gives_up_on_a_service_that_falls_at_once(troupe):
    troupe.start("worker", [sys.executable, "-c", "raise SystemExit(3)"], {})

    def fall_and_check():
        for _ in range(SHORT_LIVES_ALLOWED):
            wait_until(lambda: troupe.services[0].process.poll() is not None)
            troupe.check()

    with pytest.raises(EngineError, match=r"worker cannot run \(exit code 3\).*worker\.log"):
        fall_and_check()


def test_terminal_shows_our_words_and_leaves_small_talk_to_the_log(troupe, tmp_path, capsys):
    at = "2026-11-22 13:25:04,484"
    shown = [
        "a word before the log",
        f"{at} INFO matching.tasks: grant released",
        f"{at} WARNING kombu: lost",
    ]
    hidden = [f"{at} INFO kombu: hello", "Traceback (most recent call last):", "", "  a detail"]
    lines = [*shown[:2], hidden[0], shown[2], *hidden[1:]]
    troupe.start("worker", [sys.executable, "-c", f"print({chr(10).join(lines)!r})"], {})
    log, said = tmp_path / "log" / "worker.log", []

    def said_all():
        said.append(capsys.readouterr().out)
        return log.read_text().splitlines() == lines

    wait_until(said_all)
    troupe.stop()
    assert "".join([*said, capsys.readouterr().out]) == "".join(f"worker | {line}\n" for line in shown)


def test_service_gets_its_environment(troupe, tmp_path):
    troupe.start(
        "web", [sys.executable, "-c", "import os; print(os.environ['SITE_URL'])"], {"SITE_URL": "here"}
    )
    log = tmp_path / "log" / "web.log"

    wait_until(lambda: log.exists() and log.read_text() == "here\n")
