"""The web servers that are compared, each started with four processes of two threads, as the image does."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from demo.lifetime import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
#: Many processes of few threads: while one makes a page, the threads beside it wait for Python's one lock.
PROCESSES, THREADS = int(os.environ.get("BENCH_PROCESSES", "4")), int(os.environ.get("BENCH_THREADS", "2"))
START_SECONDS = 60
PYTHON = sys.executable


def command(server: str, application: str, port: int) -> list[str]:
    """Return the words that start a server; `application` is a dotted module with an `application`."""
    if server == "gunicorn":
        words = ["-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", str(PROCESSES)]
        words += ["--threads", str(THREADS), "--preload", "--worker-tmp-dir", "/dev/shm"]  # noqa: S108
        return [PYTHON, *words, "--no-control-socket", "--log-level", "warning"]
    if server == "granian":
        words = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        words += ["--workers", str(PROCESSES), "--blocking-threads", str(THREADS), "--no-ws"]
        return [PYTHON, *words, "--log-level", "warning", f"{application}:application"]
    words = ["-m", "pyuwsgi"] if server == "uwsgi" else []
    words += ["--http11-socket", f"127.0.0.1:{port}", "--module", f"{application}:application", "--master"]
    words += ["--processes", str(PROCESSES), "--threads", str(THREADS), "--die-on-term", "--disable-logging"]
    return [PYTHON, "-c", f"import pyuwsgi; pyuwsgi.run({words[2:]!r})"]


@contextlib.contextmanager
def serving(
    server: str, application: str, environment: Mapping[str, str], log: Path
) -> Iterator[tuple[str, int, float]]:
    """Run a server; yield its address, the number of its first process and the seconds until it answered."""
    port = free_port()
    began = time.monotonic()
    with log.open("wb") as said:
        process = subprocess.Popen(
            command(server, application, port),
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(process, address, log)
        yield address, process.pid, time.monotonic() - began
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):  # noqa: S310 - a loopback address made here
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"{address} did not answer: {log.read_text(errors='replace')[-2000:]}")
