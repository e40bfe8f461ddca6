"""The audit reads side by side what one snapshot shows, and no fault of a check is lost in a thread."""

from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from matching.audit import CHECKS, WAITING, examine, lanes
from matching.audit.check import Check
from tests.threads import real_transactions

__all__ = ["real_transactions"]
pytestmark = pytest.mark.usefixtures("real_transactions")


def check(sql: str) -> Check:
    """Return a check with a statement of its own."""
    return Check("I0", sql, "accounts_user", sql)


def test_every_check_is_run_once_and_told_in_order(call: Call) -> None:
    every = [*CHECKS, *WAITING]

    findings = list(examine(every, now=timezone.now()))

    assert [finding.check for finding in findings] == every
    assert all(finding.is_fine for finding in findings)
    examined = {finding.check.table: finding.examined for finding in findings}
    assert (examined["accounts_mail"], examined["calls_fund"]) == (0, 1)


def test_all_lanes_see_one_snapshot(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = lanes._make_room

    def while_others_write(cursor: Any) -> None:
        other = connection.copy()
        with other.cursor() as writing:
            writing.execute("UPDATE accounts_user SET full_name = full_name || ' later'")
        other.close()
        begun(cursor)

    monkeypatch.setattr(lanes, "_make_room", while_others_write)
    names = [check("SELECT full_name FROM accounts_user, pg_sleep(0.02)")] * 8

    seen = {finding.rows[0][0] for finding in examine(names, now=timezone.now())}

    officer.refresh_from_db()
    assert officer.full_name.endswith(" later later")
    assert seen == {officer.full_name.removesuffix(" later later")}


def test_a_check_that_fails_says_so(officer: User) -> None:
    checks = [check("SELECT 1"), check("SELECT nothing FROM nowhere"), *(check("SELECT 1") for _ in range(5))]

    with pytest.raises(DatabaseError, match="nowhere"):
        list(examine(checks, now=timezone.now()))


def test_lanes_that_cannot_begin_say_so_instead_of_waiting(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_cursor: Any) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr(lanes, "_make_room", refuse)

    with pytest.raises(DatabaseError, match="no room"):
        list(examine(CHECKS, now=timezone.now()))
