"""Behind a pooler in transaction mode a session is nobody's: what belongs to one goes over the direct line."""

import ast
import copy
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from checks.architecture import ORDER
from civicfund.checks import sessions_are_told
from civicfund.databases import DIRECT, LINE
from civicfund.turns import one_at_a_time
from tests.civicfund.lines import second_line
from tests.civicfund.pooler import PROGRAM, pooler
from tests.threads import at_once

ROOT = Path(__file__).resolve().parent.parent.parent
#: What lives longer than a transaction, and so belongs to a session.
OF_A_SESSION = re.compile(
    r"pg_(try_)?advisory_(lock|unlock)|\b(LISTEN|UNLISTEN|NOTIFY|DEALLOCATE|PREPARE)\s+\w|\bDISCARD\b|(?:\A|;)\s*SET\s+(?!LOCAL|TRANSACTION)"
    r"|CREATE\s+TEMP|WITH\s+HOLD|set_config\([^)]*false\)",
)


def statements(path: Path) -> Iterator[str]:
    """Yield every text of a module that is no docstring."""
    tree = ast.parse(path.read_text())
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_only_turns_use_what_belongs_to_a_session() -> None:
    found = {
        str(path.relative_to(ROOT))
        for app in ORDER
        if (ROOT / app).is_dir()
        for path in (ROOT / app).rglob("*.py")
        # Migrations are run by the owner, past every pooler.
        if "migrations" not in path.parts and any(map(OF_A_SESSION.search, statements(path)))
    }

    assert found == {"civicfund/turns.py"}


@pytest.fixture
def direct(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give turns a direct line of their own."""
    with second_line(DIRECT, copy.deepcopy(connection.settings_dict), settings, monkeypatch):
        yield


@pytest.mark.django_db
def test_turns_go_over_the_direct_line_and_nothing_else_does(direct: None) -> None:
    @one_at_a_time
    def task() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    with CaptureQueriesContext(connections[DIRECT]) as turn, CaptureQueriesContext(connection) as work:
        task()

    assert [bool(re.search("advisory", one["sql"])) for one in turn] == [True, True]
    assert work.captured_queries
    assert not [one for one in work if "advisory" in one["sql"]]


@pytest.fixture
def pooled(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Lead every new connection through PgBouncer, which has one session for all of them."""
    if PROGRAM is None:
        pytest.skip("pgbouncer is not installed")
    folder = tmp_path / "pooler"
    folder.mkdir()
    for parent in tmp_path.parents[:2]:
        parent.chmod(0o755)
    tmp_path.chmod(0o755)
    with pooler(folder, connection.settings_dict, sessions=1) as port:
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
def owner_told(pooled: dict[str, Any]) -> Iterator[None]:
    """Tell the sessions of the tests' role in their database what `prepare_database` tells the application's."""
    name, role = (connection.ops.quote_name(pooled[part]) for part in ("NAME", "USER"))
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
def test_pooler_whose_role_is_told_is_taken(direct: None, pooled: dict[str, Any], owner_told: None) -> None:
    [found] = at_once(lambda: [one.id for one in sessions_are_told(None, databases=["default"])])

    assert found == []
