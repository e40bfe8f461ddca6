"""The process: ready in a moment, gone in a moment, and nothing forgotten."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.stripe_twin.town import Endpoint, Town, eventually, free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., tuple[Town, subprocess.Popen[str]]]]:
    """Return a function that runs `python -m stripe_twin` on one data folder."""
    running: list[subprocess.Popen[str]] = []

    def launch_one(*options: str) -> tuple[Town, subprocess.Popen[str]]:
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "stripe_twin",
            "--port",
            str(port),
            "--data",
            str(tmp_path / "d"),
            *options,
        ]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"stripe_twin ready on http://127.0.0.1:{port}")
        return Town(port), process

    yield launch_one
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


Launch = Callable[..., tuple[Town, subprocess.Popen[str]]]


def test_state_survives_kill_9(launch: Launch, endpoint: Endpoint) -> None:
    options = ("--webhook-url", endpoint.url, "--webhook-secret", "whsec_a", "--seed", "3")
    town, process = launch(*options)
    account = town.account().id
    intent = town.paid(account)
    town.control("advance", seconds=3600)
    endpoint.answers = [500] * 20
    refund = town.stripe.refunds.create(
        {"payment_intent": intent.id, "amount": 500}, {"idempotency_key": "r1"}
    )
    town.control("drain")
    before, then = town.control("truth"), town.control("clock")["timestamp"]
    delivered = len(endpoint.deliveries)
    process.send_signal(signal.SIGKILL)
    process.wait()
    endpoint.answers = []

    town, _ = launch(*options)
    after = town.control("truth")
    assert 0 <= town.control("clock")["timestamp"] - then < 60, "the clock keeps its offset"
    for name in ("balances", "charges", "refunds", "payment_intents", "sessions", "events"):
        assert after[name] == before[name]
    again = town.stripe.refunds.create(
        {"payment_intent": intent.id, "amount": 500}, {"idempotency_key": "r1"}
    )
    assert again.id == refund.id
    assert town.session(account).id not in before["payment_intents"]
    town.control("advance", seconds=3600)
    eventually(lambda: town.control("deliveries")["data"][-1]["state"] == "delivered")
    assert len(endpoint.deliveries) > delivered


def test_sigterm_ends_it_quickly(launch: Launch) -> None:
    town, process = launch("--start-at", "2027-03-28T01:59:00+01:00")
    assert town.control("clock")["now"].startswith("2027-03-28T00:59")
    begun = time.monotonic()
    process.terminate()
    assert process.wait(timeout=5) == 0
    assert time.monotonic() - begun < 2


def test_only_loopback_listens(launch: Launch) -> None:
    town, process = launch()
    rows = [line.split() for line in Path(f"/proc/{process.pid}/net/tcp").read_text().splitlines()[1:]]
    listening = {row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{town.port:04X}")}
    assert listening == {f"0100007F:{town.port:04X}"}


def test_the_twin_knows_no_app_of_the_project() -> None:
    code = "import sys, stripe_twin.__main__; print(sorted({name.partition('.')[0] for name in sys.modules}))"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": ""}
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    loaded = set(result.stdout.strip("[]\n").replace("'", "").split(", "))
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"civicfund"}
    assert "stripe_twin" in loaded
    assert not loaded & (apps | {"django", "celery", "psycopg2"})


def test_clock_moves_only_forward(launch: Launch) -> None:
    town, _ = launch()
    now = town.control("clock")["timestamp"]
    assert town.control("advance", to="2040-01-01T00:00:00+01:00")["now"].startswith("2039-12-31T23:00")
    status, _, body = town.http("POST", "/_twin/advance", '{"to": "2030-01-01T00:00:00"}')
    assert (status, "forward" in body) == (400, True)
    assert town.control("clock")["timestamp"] > now
