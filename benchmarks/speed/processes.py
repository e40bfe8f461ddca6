"""What a web process and a Celery worker weigh, and how soon a web process answers."""

import os
import subprocess
import sys
import time

import psutil

from benchmarks.speed.ground import FOLDER, ROOT, Ground, keep, middle
from benchmarks.speed.load import ask
from benchmarks.speed.servers import serving

STARTS, MINUTES = 3, 3


def measure(ground: Ground, server: str) -> None:
    """Start a web server several times, then load it for some minutes beside a worker with its clock."""
    town = ground.copied(ground.town("small"), "bench_processes")
    environment = ground.environment(town.url)
    log = FOLDER / "log"
    log.mkdir(exist_ok=True)
    starts = []
    for _start in range(STARTS):
        with serving(server, "civicfund.wsgi", environment, log / "start.log") as (_site, _pid, seconds):
            starts.append(seconds)
    celery = [sys.executable, "-m", "celery", "-A", "civicfund"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT}
    told = {**os.environ, **environment, "PYTHONWARNINGS": "ignore"}
    worker = subprocess.Popen([*celery, "worker", "--concurrency", "2"], env=told, **quiet)  # type: ignore[call-overload]
    words = ["beat", "--schedule", str(FOLDER / "beat"), "--pidfile="]
    beat = subprocess.Popen([*celery, *words], env=told, **quiet)  # type: ignore[call-overload]
    sizes = []
    try:
        with serving(server, "civicfund.wsgi", environment, log / "memory.log") as (site, pid, _seconds):
            for _minute in range(MINUTES):
                for path in ("/", f"/progetti/{town.slug}/", "/progetti/"):
                    ask(f"{site}{path}", seconds=20)
                sizes.append({"web": _largest(pid), "worker": _largest(worker.pid)})
    finally:
        for process in (beat, worker):
            process.terminate()
        time.sleep(1)
        for process in (beat, worker):
            process.kill()
            process.wait()
    keep(f"processes {server}", {"start_seconds": round(middle(starts), 2), "megabytes": sizes})


def _largest(pid: int) -> dict[str, int]:
    """Return what the largest of a family of processes holds, in megabytes: alone, and with what it shares in part."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    sizes = [one.memory_full_info() for one in family]
    return {
        "rss": max(one.rss for one in sizes) // 2**20,
        "own": max(one.uss for one in sizes) // 2**20,
        "share": max(one.pss for one in sizes) // 2**20,
    }
