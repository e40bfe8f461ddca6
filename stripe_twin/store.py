"""Remember everything in one SQLite file, one writer at a time."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TABLES = """
create table if not exists objects(
  seq integer primary key autoincrement, id text not null unique, kind text not null,
  account text not null, created integer not null, body text not null);
create index if not exists objects_list on objects(kind, account, seq);
create index if not exists objects_intent on objects(kind, json_extract(body, '$.payment_intent'));
create index if not exists objects_charge on objects(kind, json_extract(body, '$.charge'));
create index if not exists objects_source on objects(kind, json_extract(body, '$.source'));
create table if not exists balances(
  account text, currency text, amount integer not null, primary key(account, currency)) without rowid;
create table if not exists jobs(
  id integer primary key, due_at real not null, action text not null, target text not null, data text not null);
create index if not exists jobs_due on jobs(due_at);
create table if not exists deliveries(
  id integer primary key, event text not null, endpoint integer not null, state text not null, due_at real not null,
  attempts integer not null default 0, created real not null, last_status text);
create index if not exists deliveries_due on deliveries(state, due_at);
create index if not exists deliveries_event on deliveries(event);
create table if not exists idempotency(
  account text, key text, path text not null, asked text not null, request text not null,
  status integer not null, body text not null, created real not null, primary key(account, key)) without rowid;
create table if not exists settings(name text primary key, value text not null) without rowid;
"""
NAMES = ("objects", "balances", "jobs", "deliveries", "idempotency", "settings")


class Store:
    """Hold the connection, the writer lock and the few questions that every noun asks."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.after_commit: Callable[[], object] = lambda: None
        self._depth = 0
        self._connection = sqlite3.connect(
            folder / "twin.sqlite3", isolation_level=None, check_same_thread=False
        )
        # In WAL mode NORMAL loses nothing when the process is killed, only when the machine loses power.
        for pragma in ("journal_mode=wal", "synchronous=normal", "busy_timeout=5000", "temp_store=memory"):
            # The four words above; SQLite takes no parameter here.
            self._connection.execute(f"pragma {pragma}")  # nosemgrep: statement-put-together
        self._connection.executescript(TABLES)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a block alone, all or nothing; blocks may be nested, the outermost commits."""
        with self.lock:
            outermost = self._depth == 0
            if outermost:
                self._connection.execute("begin immediate")
            self._depth += 1
            try:
                yield
            except BaseException:
                if outermost:
                    self._connection.execute("rollback")
                raise
            else:
                if outermost:
                    self._connection.execute("commit")
            finally:
                self._depth -= 1
        if outermost:
            self.after_commit()

    def run(self, sql: str, *values: object) -> sqlite3.Cursor:
        """Execute one statement; used by the modules that own a table."""
        with self.lock:
            return self._connection.execute(sql, values)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self.lock:
            return self._connection.execute(sql, values).fetchall()

    def setting(self, name: str, default: Any = None) -> Any:
        """Return a stored setting, or the default."""
        found = self.rows("select value from settings where name = ?", name)
        return json.loads(found[0][0]) if found else default

    def set_setting(self, name: str, value: Any) -> None:
        """Store a setting that can be written as JSON."""
        self.run("insert or replace into settings values (?, ?)", name, json.dumps(value))

    def add(self, body: Json, account: str = "") -> None:
        """Store a new object; `account` is the connected account that owns it, empty for the platform."""
        self.run(
            "insert into objects(id, kind, account, created, body) values (?, ?, ?, ?, ?)",
            body["id"], body["object"], account, body["created"], json.dumps(body),
        )  # fmt: skip

    def save(self, body: Json) -> None:
        """Replace a stored object by its new state."""
        self.run("update objects set body = ? where id = ?", json.dumps(body), body["id"])

    def get(self, object_id: str, kind: str | None = None, account: str | None = None) -> Json | None:
        """Return an object by id, or None when it is unknown, of another kind or of another account."""
        found = self.rows("select kind, account, body from objects where id = ?", object_id)
        if not found or (kind and found[0][0] != kind) or (account is not None and found[0][1] != account):
            return None
        body: Json = json.loads(found[0][2])
        return body

    def load(self, object_id: str) -> Json:
        """Return an object that must exist; raises KeyError when it does not."""
        body = self.get(object_id)
        if body is None:
            raise KeyError(object_id)
        return body

    def clear(self) -> None:
        """Forget everything."""
        with self.transaction():
            for name in NAMES:
                self.run(f"delete from {name}")  # noqa: S608 - names from the constant above

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self._connection.close()
