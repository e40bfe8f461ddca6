"""A real PgBouncer in transaction mode, wherever one is installed (see conftest.py): one session for everybody."""

import copy
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django import Settings

from civicfund.checks import sessions_are_told
from civicfund.databases import LINE
from civicfund.turns import one_at_a_time
from tests.civicfund.lines import direct
from tests.civicfund.pooler import pooler
from tests.threads import _ledger_guarded_again, at_once, real_transactions

__all__ = ["_ledger_guarded_again", "direct", "real_transactions"]


@pytest.fixture
def pooled(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Lead every new connection through PgBouncer, which has one session for all of them."""
    # Not below pytest's own folder, which is closed to the person a pooler runs as when root starts it.
    with (
        tempfile.TemporaryDirectory() as folder,
        pooler(Path(folder), connection.settings_dict, sessions=1) as port,
    ):
        told = copy.deepcopy(connection.settings_dict)
        told |= {
            "HOST": "127.0.0.1",
            "PORT": port,
            "DISABLE_SERVER_SIDE_CURSORS": True,
            "OPTIONS": dict(LINE),
        }
        monkeypatch.setitem(connections.settings, "default", told)
        yield told


@pytest.fixture
def owner_told(real_transactions: None) -> Iterator[None]:
    """Tell the sessions of the tests' role that begin from now on what `prepare_database` tells the application's."""
    told = connection.settings_dict
    name, role = (connection.ops.quote_name(told[part]) for part in ("NAME", "USER"))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {role} IN DATABASE {name} SET lock_timeout = '8s'")
        yield
        cursor.execute(f"ALTER ROLE {role} IN DATABASE {name} RESET ALL")


def runs_beside_another() -> int:
    """Return how often a task runs when it is called a second time while it runs."""
    began, let_go, runs = threading.Event(), threading.Event(), []

    @one_at_a_time
    def slow() -> None:
        runs.append(1)
        began.set()
        let_go.wait(5)

    first = threading.Thread(target=lambda: at_once(slow))
    first.start()
    assert began.wait(5)
    second = threading.Thread(target=lambda: at_once(slow))
    second.start()
    second.join(0.3)
    let_go.set()
    first.join()
    second.join()
    return len(runs)


@pytest.mark.usefixtures("real_transactions")
def test_turn_is_taken_once_behind_a_pooler(direct: None, pooled: dict[str, Any]) -> None:
    assert runs_beside_another() == 1


@pytest.mark.usefixtures("real_transactions")
def test_turn_without_a_direct_line_would_be_taken_twice(pooled: dict[str, Any]) -> None:
    """Show that the pooler of these tests really gives a session to everybody."""
    assert runs_beside_another() == 2


@pytest.mark.usefixtures("real_transactions")
def test_pooler_whose_sessions_wait_for_ever_is_refused(direct: None, pooled: dict[str, Any]) -> None:
    [found] = at_once(lambda: [one.id for one in sessions_are_told(None, databases=["default"])])

    assert found == ["civicfund.E052"]


@pytest.mark.usefixtures("real_transactions")
def test_pooler_whose_role_is_told_is_taken(direct: None, owner_told: None, pooled: dict[str, Any]) -> None:
    [found] = at_once(lambda: [one.id for one in sessions_are_told(None, databases=["default"])])

    assert found == []
