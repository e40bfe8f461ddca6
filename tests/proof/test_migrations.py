"""Every migration, none of them squashed, goes over books that have rows; `benchmarks/migrations.py` does it at any size."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection

from benchmarks import migrations
from tests.migrated import ROOT

POSTINGS = 240


def test_old_books_come_through_every_migration_unharmed(db: None) -> None:
    # In a process of its own: it takes its database away from under Django. Half a minute, nearly all of it Django's own
    # drawing of models between migrations.
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.migrations", str(POSTINGS)],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout, done.stderr[-3000:]
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert seen["wrong"] == []
    assert done.returncode == 0
    assert seen["rows"]["ledger_posting"] == POSTINGS
    assert seen["migrations"] > 40
    # What writes one of money's tables anew holds everybody up; whoever adds one finds the name here, and measures it.
    anew = {step["name"] for step in seen["written_anew"]}
    assert anew <= migrations.WRITES_MONEY_ANEW


SLEEP = "ALTER TABLE {} DISABLE TRIGGER USER"
INVENT = """INSERT INTO ledger_account (kind, fund_id, balance_cents, length, head)
    SELECT 'available', id, 5, 0, '' FROM calls_fund"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("breaking", "found"),
    [
        (SLEEP.format("ledger_posting"), "a guard of the ledger sleeps"),
        (f"{SLEEP.format('ledger_account')}; {INVENT}", "a balance is not the sum of its postings"),
    ],
)
def test_what_a_migration_may_not_do_is_seen(call: Any, breaking: str, found: str) -> None:
    journey = migrations.Journey()
    with connection.cursor() as cursor:
        cursor.execute(breaking)

    journey._rows = migrations._counts()
    journey._examine("a migration")

    assert any(found in fault for fault in journey.wrong)


@pytest.mark.django_db
def test_a_difference_between_an_old_and_a_new_database_is_told() -> None:
    new = migrations._schema()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry ADD COLUMN forgotten text")

    differences = migrations._differences(migrations._schema(), new)

    assert len(differences) == 1 and "forgotten" in differences[0]
