"""The platform of the journeys is the one that serves a city."""

import contextlib
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from demo.postgres import APP_ROLE
from tests.journeys.running import Running
from tests.journeys.waiting import until

pytestmark = pytest.mark.journey


def test_platform_runs_as_the_restricted_role(platform: Running) -> None:
    with contextlib.closing(psycopg2.connect(platform.owner_url)) as owner, ThreadPoolExecutor() as pool:
        # Whoever asks for a locked table waits long enough to be seen.
        owner.cursor().execute("LOCK TABLE campaigns_campaign")
        answer = pool.submit(urllib.request.urlopen, f"{platform.site}/progetti/")
        waiting = until(lambda: roles_that_wait(platform), "the web process waits for the table")
        owner.rollback()
        assert answer.result().status == 200
    assert waiting == {APP_ROLE}
    rights = [
        platform.rows("SELECT has_table_privilege(%s, %s, %s)", APP_ROLE, table, right)
        for table in ("ledger_entry", "ledger_posting")
        for right in ("UPDATE", "DELETE", "TRUNCATE")
    ]
    assert rights == [[(False,)]] * 6


def roles_that_wait(platform: Running) -> set[str]:
    """Return the database roles that wait for a lock."""
    rows = platform.rows(
        "SELECT usename FROM pg_stat_activity"
        " WHERE datname = current_database() AND state = 'active' AND pid IN (SELECT pid FROM pg_locks WHERE NOT granted)"
    )
    return {role for (role,) in rows}


def test_platform_answers_with_the_strict_policy(platform: Running) -> None:
    with urllib.request.urlopen(f"{platform.site}/") as answer:
        policy = answer.headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == "'self'"
    assert "unsafe" not in policy
    assert rules["form-action"] == f"'self' {platform.stripe}"
