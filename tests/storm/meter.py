"""Where processor time goes while a platform runs: what each of its processes has worked, by part."""

import contextlib
import threading
from collections import Counter
from pathlib import Path

import psutil

EVERY_SECONDS = 0.5
#: What a command line says, and the part it belongs to; the first that fits counts.
PARTS = {
    "stripe_twin": "local stripe",
    "--threads 8": "door for messages",
    "gunicorn": "web",
    "civicfund beat": "beat",
    "civicfund worker": "workers",
    "tests.storm.scenes": "scenes",
    "manage": "commands",
}


class Meter(threading.Thread):
    """Look at all processes of a run again and again: one that was killed has worked until it was last seen."""

    def __init__(self, engines: Path) -> None:
        super().__init__(name="meter", daemon=True)
        self._postmaster = engines / "postgres" / "postmaster.pid"
        self._seen: dict[tuple[int, float], tuple[str, float]] = {}
        self._stop_asked = threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self._stop_asked.wait(EVERY_SECONDS):
            self.look()

    def look(self) -> None:
        """Note how long every process has worked so far."""
        me = psutil.Process()
        self._note(me, "donors and reader")
        for process in me.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                self._note(process, _part(" ".join(process.cmdline())))
        with contextlib.suppress(psutil.Error, OSError, ValueError, IndexError):
            # After a restart PostgreSQL is nobody's child.
            postmaster = psutil.Process(int(self._postmaster.read_text().splitlines()[0]))
            for process in [postmaster, *postmaster.children()]:
                with contextlib.suppress(psutil.Error):
                    self._note(process, "postgres")

    def seconds(self) -> dict[str, float]:
        """Return the seconds of processor of each part since its processes began."""
        sums: Counter[str] = Counter()
        for part, seconds in list(self._seen.values()):
            sums[part] += seconds  # type: ignore[assignment]
        return {part: round(seconds, 1) for part, seconds in sums.most_common()}

    def stop(self) -> None:
        """Look for a last time and stop."""
        self._stop_asked.set()
        self.join()
        self.look()

    def _note(self, process: psutil.Process, part: str) -> None:
        times = process.cpu_times()
        self._seen[process.pid, process.create_time()] = (part, times.user + times.system)


def _part(command: str) -> str:
    """Return the part a command line belongs to."""
    if "postgres" in command and "python" not in command:
        return "postgres"
    return next((part for words, part in PARTS.items() if words in command), "others")


def since(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Return what each part has worked between two looks, in seconds."""
    return {part: round(seconds - before.get(part, 0), 1) for part, seconds in after.items()}
