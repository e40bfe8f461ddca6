"""Every migration on books that have rows: `python -m demo.engines -m benchmarks.migrations 100000`.

A database is made as the house's first migrations made it, is given a call, campaigns, gifts, refunds, receipts and so
many postings, and goes through every later migration, one after the other and none of them squashed. Before and after
each: the books balance, nothing of them is lost, and no guard of the ledger sleeps. At the end the audit finds nothing,
and the schema is the one a new database gets. What is printed, as one line of JSON at the end: how long each took, how
long of that in PostgreSQL, which of the tables of money it wrote anew (nobody reads or writes such a table meanwhile), and
what is wrong.
"""

import argparse
import json
import os
import secrets
import sys
import time
from typing import Any

import django
import psycopg2

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
os.environ.setdefault("SITE_URL", "http://127.0.0.1")
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1")
django.setup()

# The models can be imported only now.
from django.db import connection, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.old_rows import FIRST, give  # noqa: E402
from matching.audit import CHECKS, examine  # noqa: E402
from tests.migrated import migrated  # noqa: E402

#: What nobody may wait for in the middle of an evening on which people give.
MONEY = (
    "donations_donation",
    "donations_receipt",
    "donations_reversal",
    "ledger_account",
    "ledger_entry",
    "ledger_posting",
)
#: Migrations that write one of them anew, each measured and found short enough.
WRITES_MONEY_ANEW: frozenset[str] = frozenset()
PROMISES = {
    "an entry does not sum to zero": """
        SELECT entry_id FROM ledger_posting GROUP BY 1 HAVING sum(amount_cents) <> 0 OR count(*) < 2 LIMIT 3""",
    "a balance is not the sum of its postings": """
        SELECT a.id FROM ledger_account a LEFT JOIN ledger_posting p ON p.account_id = a.id
        GROUP BY a.id HAVING a.balance_cents <> coalesce(sum(p.amount_cents), 0) LIMIT 3""",
    "a guard of the ledger sleeps": """
        SELECT tgname FROM pg_trigger WHERE starts_with(tgrelid::regclass::text, 'ledger_') AND NOT tgisinternal
        AND tgenabled = 'D' LIMIT 3""",
}
FORBIDDEN = (
    "UPDATE ledger_posting SET amount_cents = amount_cents + 1",
    "DELETE FROM ledger_posting",
    "UPDATE ledger_entry SET reason = 'x'",
    "UPDATE ledger_account SET balance_cents = balance_cents + 1",
)
SCHEMA = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger t
        JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT tgisinternal""",
}


class Journey:
    """One database on its way through the migrations."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []
        self.wrong: list[str] = []
        self._files: dict[str, int] = {}
        self._rows: dict[str, int] = {}
        self._began = 0.0
        self._in_database = 0.0

    def go(self, postings: int) -> None:
        """Make the old database, fill it, and bring it to today."""
        first = _executor()
        first.migrate(FIRST)
        give(_executor().loader.project_state(FIRST).apps, postings)
        self._rows = _counts()
        self._examine("the old rows")
        executor = _executor(self._look)
        graph = executor.loader.graph
        with connection.execute_wrapper(self._time):
            executor.migrate([leaf for leaf in graph.leaf_nodes() if not graph.nodes[leaf].replaces])
        # As every release does: the squashed migrations are written down as applied, rights and kinds of rows are made.
        MigrationExecutor(connection).check_replacements()
        broken = [finding for finding in examine(CHECKS, now=timezone.now()) if not finding.is_fine]
        self.wrong += [f"the audit: {finding.check.name}: {finding.rows[:2]}" for finding in broken]

    def _look(self, action: str, migration: Any = None, _fake: bool = False) -> None:
        """Look at the books before and after each migration; Django calls this at both."""
        if action == "apply_start":
            self._files = _files()
            self._began, self._in_database = time.monotonic(), 0.0
        elif action == "apply_success":
            took = time.monotonic() - self._began
            anew = [table for table, number in _files().items() if self._files[table] != number]
            self.steps.append(
                {
                    "name": str(migration),
                    "seconds": round(took, 2),
                    "in_database": round(self._in_database, 2),
                    "written_anew": anew,
                }
            )
            self._examine(str(migration))

    def _time(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Add up what PostgreSQL itself takes; the rest of a migration is Django, drawing models."""
        began = time.monotonic()
        try:
            return execute(sql, params, many, context)
        finally:
            self._in_database += time.monotonic() - began

    def _examine(self, when: str) -> None:
        """Write down every promise that is broken now."""
        with connection.cursor() as cursor:
            for what, question in PROMISES.items():
                cursor.execute(question)
                if rows := cursor.fetchall():
                    self.wrong.append(f"after {when}: {what}: {rows}")
        if (counts := _counts()) != self._rows:
            self.wrong.append(f"after {when}: {self._rows} rows became {counts}")
        self.wrong += [
            f"after {when}: possible: {statement}" for statement in FORBIDDEN if _goes_through(statement)
        ]


def main() -> int:
    """Bring one old database to today, print what was seen, and return 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("postings", type=int, nargs="?", default=100_000)
    options = parser.parse_args()
    url = os.environ["DATABASE_URL"]
    fresh = migrated(url, dict(os.environ))
    name = f"old_{secrets.token_hex(4)}"
    journey = Journey()
    _run(url, f"CREATE DATABASE {name}")
    try:
        connection.settings_dict["NAME"] = name
        journey.go(options.postings)
        old_schema, rows = _schema(), {table: _count(table) for table in MONEY}
        connection.close()
        _run(url, f"CREATE DATABASE {name}_fresh TEMPLATE {fresh}")
        connection.settings_dict["NAME"] = f"{name}_fresh"
        new_schema = _schema()
    finally:
        connection.close()
        _run(url, f"DROP DATABASE {name} WITH (FORCE)")
        _run(url, f"DROP DATABASE IF EXISTS {name}_fresh WITH (FORCE)")
    journey.wrong += _differences(old_schema, new_schema)
    _tell(journey, rows)
    return bool(journey.wrong)


def _tell(journey: Journey, rows: dict[str, int]) -> None:
    """Print each migration that took a while or wrote money's tables anew, and everything as JSON."""
    for step in journey.steps:
        if step["in_database"] > 1 or step["written_anew"]:
            print(
                f"{step['in_database']:8.2f} s of {step['seconds']:.2f} s  {step['name']}  {' '.join(step['written_anew'])}",
                file=sys.stderr,
            )
    summary = {
        "rows": rows,
        "migrations": len(journey.steps),
        "slowest": sorted(journey.steps, key=lambda step: -step["in_database"])[:5],
        "written_anew": [step for step in journey.steps if step["written_anew"]],
        "load": os.getloadavg()[0],
        "wrong": journey.wrong,
    }
    print(json.dumps(summary))


def _executor(look: Any = None) -> MigrationExecutor:
    """Return what applies migrations one by one, those a squashed one stands for too."""
    executor = MigrationExecutor(connection, look)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    return executor


def _files() -> dict[str, int]:
    """Return the file each table of money lies in: another number means that it was written anew under a full lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, relfilenode FROM pg_class WHERE relname = ANY(%s)", [list(MONEY)])
        return dict(cursor.fetchall())


def _counts() -> dict[str, int]:
    return {table: _count(table) for table in MONEY}


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 (a table of ours)
        return cursor.fetchone()[0]


def _goes_through(statement: str) -> bool:
    """Say whether the database lets a statement change the ledger; it is taken back either way."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except django.db.DatabaseError:
        return False
    return True


def _schema() -> dict[str, set[tuple[Any, ...]]]:
    found = {}
    with connection.cursor() as cursor:
        for what, question in SCHEMA.items():
            cursor.execute(question)
            found[what] = set(cursor.fetchall())
    return found


def _differences(old: dict[str, set[tuple[Any, ...]]], new: dict[str, set[tuple[Any, ...]]]) -> list[str]:
    """Return in what a database that came the long way differs from a new one."""
    return [
        f"{what} only in {whose} database: {row}"
        for what in SCHEMA
        for whose, mine, other in (("an old", old, new), ("a new", new, old))
        for row in sorted(mine[what] - other[what], key=str)
    ]


def _run(url: str, statement: str) -> None:
    """Run one statement on the server, outside a transaction."""
    server = psycopg2.connect(url)
    server.autocommit = True
    server.cursor().execute(statement)
    server.close()


if __name__ == "__main__":
    raise SystemExit(main())
