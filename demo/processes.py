"""Several processes that live and die together."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.lifetime import EngineError, die_with_parent

STOP_SECONDS = 10
#: A process that ends sooner than this after its start counts as one that cannot run.
SHORT_LIFE_SECONDS = 15
SHORT_LIVES_ALLOWED = 3
LINE_LENGTH = 300
#: How a line of a log begins; what follows without it is the record's detail, such as a traceback.
RECORD = re.compile(r"^\[?\d{4}-\d\d-\d\d \d\d:")
#: What the terminal leaves to the log files: the small talk of frameworks.
SMALL_TALK = re.compile(
    r" (DEBUG|INFO) (?!accounts|calls|vetting|campaigns|ledger|donations|matching|transparency)"
)


@dataclass
class Service:
    """One long-running command."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    process: subprocess.Popen[str] | None = None
    relay: threading.Thread | None = None
    started: float = 0.0
    short_lives: int = 0


class Troupe:
    """Start services, show what they say, start again the ones that fall, and end them all on leaving."""

    def __init__(self, folder: Path, logs: Path, *, is_silent: bool = False) -> None:
        self.folder = folder
        self.logs = logs
        self.is_silent = is_silent
        self.services: list[Service] = []

    def __enter__(self) -> "Troupe":
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str], environment: dict[str, str]) -> None:
        """Start a service; its full output goes to <logs>/<name>.log."""
        service = Service(name, command, environment)
        (self.logs / f"{name}.log").write_text("")
        self.services.append(service)
        self._launch(service)

    def check(self) -> None:
        """Start again what has fallen; raise EngineError when a service falls at once again and again."""
        for service in self.services:
            if service.process is None or service.process.poll() is None:
                continue
            code = service.process.returncode
            short = time.monotonic() - service.started < SHORT_LIFE_SECONDS
            service.short_lives = service.short_lives + 1 if short else 0
            _end_group(service.process, signal.SIGKILL)
            if service.short_lives >= SHORT_LIVES_ALLOWED:
                log = self.logs / f"{service.name}.log"
                raise EngineError(f"{service.name} cannot run (exit code {code}); what it said is in {log}.")
            say(service.name, f"ended with exit code {code}; starting it again")
            self._launch(service)

    def strike(self, name: str) -> None:
        """End a service and its children by force and start it again; such an end says nothing against it."""
        service = next(service for service in self.services if service.name == name)
        _end_group(service.process, signal.SIGKILL)
        service.process.wait()
        service.short_lives = 0
        self._launch(service)

    def pid(self, name: str) -> int:
        """Return the process number of a service."""
        return next(service.process.pid for service in self.services if service.name == name)

    def stop(self) -> None:
        """End every service with its children: a word first, then force."""
        running = [service.process for service in self.services if service.process is not None]
        for process in running:
            _end_group(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                continue
        for process in running:
            _end_group(process, signal.SIGKILL)
            process.wait()
        for service in self.services:
            if service.relay is not None:
                service.relay.join(STOP_SECONDS)
        self.services.clear()

    def _launch(self, service: Service) -> None:
        service.process = subprocess.Popen(
            [*die_with_parent(signal.SIGTERM), *service.command],
            cwd=self.folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **service.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        service.started = time.monotonic()
        service.relay = threading.Thread(
            target=self._relay, args=(service.name, service.process), daemon=True
        )
        service.relay.start()

    def _relay(self, name: str, process: subprocess.Popen[str]) -> None:
        with (self.logs / f"{name}.log").open("a") as log, process.stdout as output:
            in_records = False
            for line in output:
                log.write(line)
                log.flush()
                is_record = bool(RECORD.match(line))
                in_records = in_records or is_record
                if (
                    not self.is_silent
                    and is_record == in_records
                    and line.strip()
                    and not SMALL_TALK.search(line)
                ):
                    say(name, line.rstrip()[:LINE_LENGTH])


def say(name: str, line: str) -> None:
    """Print one line after the name of who says it."""
    print(f"{name:>6} | {line}", file=sys.stdout, flush=True)


def _end_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return
