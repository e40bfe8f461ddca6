"""The life of an engine's process: found, awaited, ended, and never left behind."""

import contextlib
import importlib.util
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

START_SECONDS = 30
STOP_SECONDS = 10

Process = subprocess.Popen[bytes] | subprocess.Popen[str]


class EngineError(Exception):
    """An engine cannot run; the message is a sentence for the person at the terminal."""


def package_folder(name: str) -> Path:
    """Return where a package is installed, without running its code."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"The package {name} is missing: pip install -r requirements-dev.txt")
    return Path(spec.origin).parent


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def die_with_parent(number: signal.Signals) -> list[str]:
    """Return the words before a command that make Linux send it a signal when this process dies.

    Empty where setpriv is missing: leftovers are then ended by the next start.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", number.name.removeprefix("SIG"), "--"] if setpriv else []


def wait_until_ready(
    process: Process, attempt: Callable[[], object], refused: type[Exception], log_path: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            attempt()
        except refused:
            time.sleep(0.05)
        else:
            return
    end(process, signal.SIGTERM)
    last_lines = (
        "\n".join(log_path.read_text(errors="replace").splitlines()[-10:]) if log_path.exists() else ""
    )
    raise EngineError(f"{log_path.stem} did not start. The end of {log_path}:\n{last_lines}")


def end_leftover(pid_file: Path, marker: str) -> None:
    """End an engine that outlived a hard kill, and forget a pid file whose process is gone.

    `marker` stands in the command line of the engine, so that a stranger with the same number is left alone.
    """
    if not pid_file.exists():
        return
    first_line = pid_file.read_text().partition("\n")[0].strip()
    with contextlib.suppress(psutil.NoSuchProcess, ValueError):
        process = psutil.Process(int(first_line))
        if any(marker in word for word in process.cmdline()):
            process.send_signal(signal.SIGINT)
            _, alive = psutil.wait_procs([process], timeout=STOP_SECONDS)
            for stubborn in alive:
                stubborn.kill()
                stubborn.wait()
    pid_file.unlink(missing_ok=True)


def end(process: Process, number: signal.Signals) -> None:
    """End a process by a signal, and by force when it does not listen."""
    if process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
