"""Keep the twin's own time: the real clock plus an offset that survives a restart."""

import time
from datetime import UTC, datetime

from stripe_twin.store import Store


class Clock:
    """Tell virtual seconds since the epoch; it only moves forward."""

    def __init__(self, store: Store, start_at: float | None = None) -> None:
        self._store = store
        self._start_at = start_at
        offset = store.setting("clock_offset")
        if offset is None:
            self.restart()
        else:
            self._offset = float(offset)

    def now(self) -> float:
        """Return the virtual time in seconds since the epoch."""
        return time.time() + self._offset

    def restart(self) -> None:
        """Go back to the configured start, or to real time."""
        self._offset = 0.0 if self._start_at is None else self._start_at - time.time()
        self._store.set_setting("clock_offset", self._offset)

    def advance(self, seconds: float) -> None:
        """Move time forward; a negative number of seconds raises ValueError."""
        if seconds < 0:
            raise ValueError("The clock only moves forward.")
        self._offset += seconds
        self._store.set_setting("clock_offset", self._offset)


def parse_instant(text: str) -> float:
    """Return the seconds since the epoch of an ISO 8601 text; without an offset it is UTC."""
    instant = datetime.fromisoformat(text)
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def iso(seconds: float) -> str:
    """Return the ISO 8601 text of an instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
