"""The platform of the journeys is the one that serves a city."""

import urllib.request

import pytest

from demo.postgres import APP_ROLE
from tests.journeys.running import Running

pytestmark = pytest.mark.journey


def test_platform_runs_as_the_restricted_role(platform: Running) -> None:
    with urllib.request.urlopen(f"{platform.site}/progetti/") as answer:
        assert answer.status == 200
    others = "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL"
    assert platform.rows(f"SELECT DISTINCT usename FROM pg_stat_activity {others}") == [(APP_ROLE,)]
    for table in ("ledger_entry", "ledger_posting"):
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            assert platform.rows("SELECT has_table_privilege(%s, %s, %s)", APP_ROLE, table, right) == [(False,)]


def test_platform_answers_with_the_strict_policy(platform: Running) -> None:
    with urllib.request.urlopen(f"{platform.site}/") as answer:
        policy = answer.headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == "'self'"
    assert "unsafe" not in policy
    assert rules["form-action"] == f"'self' {platform.stripe}"
