"""A read replica for public pages, by one setting: REPLICA_DATABASE_URL. Nothing that decides about money ever asks it.

Only the pages of an explicit list (`civicfund.page_cache.PAGES`) read there, and only for somebody without a session who
has not just given; everything else, and every question of theirs that locks or writes, goes to the first database. A
replica that is late or away is left alone for some seconds, and the page is made from the first database.
"""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections, models
from django.http import HttpRequest, HttpResponse

from civicfund.databases import REPLICA
from civicfund.page_cache import PAGES, is_anybody

logger = logging.getLogger(__name__)

#: How many seconds a replica may lie behind.
LATEST_SECONDS = 5
#: How long what was found out about it holds, in seconds; one that is away is left alone for longer.
LOOKED_AT_EVERY, LEFT_ALONE = 1.0, 10.0
#: How late it is: nothing, when all that has come was replayed while it is connected.
HOW_LATE = """
    SELECT CASE
        WHEN NOT pg_is_in_recovery() THEN 0
        WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) THEN 0
        ELSE coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 1e9) END
"""

_reads_there: ContextVar[bool] = ContextVar("reads_there", default=False)


class Watch:
    """What this process knows about the replica."""

    def __init__(self) -> None:
        self._looked_at = 0.0
        self._holds = 0.0
        self._is_fit = False

    def is_fit(self) -> bool:
        """Say whether pages may be read there now, asking it once a second at most."""
        now = time.monotonic()
        if now - self._looked_at >= self._holds:
            self._note(_is_in_time(), now)
        return self._is_fit

    def leave_alone(self) -> None:
        """Ask it nothing for some seconds."""
        self._note(False, time.monotonic())

    def _note(self, is_fit: bool, now: float) -> None:
        self._is_fit, self._looked_at = is_fit, now
        self._holds = LOOKED_AT_EVERY if is_fit else LEFT_ALONE


watch = Watch()


class PublicReads:
    """Have public pages read from the replica."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if REPLICA not in settings.DATABASES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = _reads_there.set(False)
        try:
            return self.get_response(request)
        finally:
            _reads_there.reset(before)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Choose the database once the page is known."""
        match = request.resolver_match
        if match is not None and match.view_name in PAGES and is_anybody(request):
            _reads_there.set(watch.is_fit())

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Make the page from the first database when the replica has failed."""
        if not _reads_there.get() or not isinstance(error, OperationalError | InterfaceError):
            return None
        logger.warning("the replica is left alone for %d s: %s", LEFT_ALONE, error)
        watch.leave_alone()
        connections[REPLICA].close()
        _reads_there.set(False)
        match = request.resolver_match
        return match.func(request, *match.args, **match.kwargs) if match else None


class Router:
    """Lead questions of public pages to the replica, and everything else to the first database."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        """Return where rows are read."""
        return REPLICA if _reads_there.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        """Return where rows are written and locked."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first: models.Model, second: models.Model, **hints: Any) -> bool:
        """Allow everything: both hold the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Change the schema in the first database alone."""
        return db == DEFAULT_DB_ALIAS


def _is_in_time() -> bool:
    """Ask the replica how late it is."""
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(HOW_LATE)
            late = float(cursor.fetchone()[0])
    except Error as error:
        logger.warning("the replica does not answer: %s", error)
        connections[REPLICA].close()
        return False
    if late > LATEST_SECONDS:
        logger.warning("the replica is %.0f s late", late)
    return late <= LATEST_SECONDS
