"""The database of the tests is a copy of one that every migration of the house has gone through."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import migrated


@pytest.mark.django_db
def test_the_copy_lacks_no_migration() -> None:
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert connection.settings_dict["TEST"]["TEMPLATE"].startswith(migrated.PREFIX)


def test_another_migration_makes_another_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "calls" / "migrations"
    folder.mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("django==5.2\n")
    monkeypatch.setattr(migrated, "ROOT", tmp_path)
    digests = [migrated._digest()]
    for name, text in (("0001_initial.py", "a"), ("0001_initial.py", "b"), ("0002_more.py", "a")):
        (folder / name).write_text(text)
        digests.append(migrated._digest())
    (tmp_path / "requirements.txt").write_text("django==6.0\n")
    digests.append(migrated._digest())

    assert len(set(digests)) == len(digests)
