"""Lines of the log that tell whose they are: of which request or of which run of a task."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

#: The request or the run that is being worked on here, as the trail of changes and the answer's header name it.
work: ContextVar[str] = ContextVar("work", default="")
#: The page's pattern or the task's name.
place: ContextVar[str] = ContextVar("place", default="")


@contextmanager
def of_work(name: str, where: str) -> Iterator[None]:
    """Name the request or run, and its page or task, in every line that is logged meanwhile."""
    before = work.set(name), place.set(where)
    try:
        yield
    finally:
        work.reset(before[0])
        place.reset(before[1])


class Belongs(logging.Filter):
    """Give each line the request or the run it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every line."""
        record.work = work.get() or "-"
        record.place = place.get() or "-"
        return True


class JsonLines(logging.Formatter):
    """Write each line as one JSON object: time in UTC, level, logger, message, request or run, page or task, trace."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line without a line break."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "work": getattr(record, "work", "-"),
            "place": getattr(record, "place", "-"),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
