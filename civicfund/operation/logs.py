"""Lines of the log that tell whose they are: of which request or of which run of a task."""

import json
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

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


def name_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request a number in the log and in its answer, where no page asks for a trail of changes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        name = str(uuid.uuid4())
        with of_work(name, f"{request.method} {request.path_info}"):
            answer = get_response(request)
        answer["X-Request-ID"] = name
        return answer

    return middleware


#: What may be somebody's in the words of an error: a mail server names its readers, a database quotes the row it refuses,
#: and the address of a page may be a key that says for whom it is.
OF_PERSONS = (
    (re.compile(r"(?m)^DETAIL: .*$"), "DETAIL: …"),
    (re.compile(r"/[\w=-]{16,}(?::[\w=-]+){1,2}(?=/|\b)"), "/…"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "…@…"),
    (re.compile(r"\b[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]\b"), "…"),
    (re.compile(r"\b[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"), "…"),
)


def without_persons(words: str) -> str:
    """Return the words of a log without addresses, tax codes, bank accounts, keys and rows."""
    for pattern, instead in OF_PERSONS:
        words = pattern.sub(instead, words)
    return words


class Belongs(logging.Filter):
    """Give each line the request or the run it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every line."""
        record.work = work.get() or "-"
        record.place = place.get() or "-"
        return True


class Lines(logging.Formatter):
    """Write each line for people, whatever an error says about somebody left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a line, with its trace if it has one."""
        return without_persons(super().format(record))


class JsonLines(logging.Formatter):
    """Write each line as one JSON object: time in UTC, level, logger, message, request or run, page or task, trace."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line without a line break."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_persons(record.getMessage()),
            "work": getattr(record, "work", "-"),
            "place": getattr(record, "place", "-"),
        }
        if record.exc_info:
            line["trace"] = without_persons(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
