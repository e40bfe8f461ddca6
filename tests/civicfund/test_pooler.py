"""What belongs to a session goes over the direct line: where a pooler stands in between, a session is nobody's."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from checks.architecture import ORDER
from civicfund.databases import DIRECT
from civicfund.turns import one_at_a_time
from tests.civicfund.lines import direct

__all__ = ["direct"]

ROOT = Path(__file__).resolve().parent.parent.parent
#: What lives longer than a transaction, and so belongs to a session.
OF_A_SESSION = re.compile(
    r"pg_(try_)?advisory_(lock|unlock)|\b(LISTEN|UNLISTEN|NOTIFY|DEALLOCATE|PREPARE)\s+\w|\bDISCARD\b"
    r"|(?:\A|;)\s*SET\s+(?!LOCAL|TRANSACTION|CONSTRAINTS)|CREATE\s+TEMP|WITH\s+HOLD|set_config\([^)]*false\)",
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
