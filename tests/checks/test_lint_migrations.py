"""What a release may do to the schema while processes of the one before go on."""

from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from checks.migrations import changed_since_release, everything, findings, unexcused

#: A change of a table that a city has, and what is said of it; nothing: it is harmless.
CHANGES: list[tuple[Any, str]] = [
    (migrations.AddField("organization", "motto", models.TextField(null=True)), ""),
    (migrations.AddField("organization", "motto", models.TextField(db_default="")), ""),
    (migrations.AddField("organization", "motto", models.TextField(default="")), "writes rows without it"),
    (migrations.AddField("organization", "number", models.IntegerField(null=True, unique=True)), "AddIndexConcurrently"),
    (migrations.RemoveField("organization", "city"), "release before still use it"),
    (migrations.RenameField("organization", "city", "town"), "release before still use it"),
    (migrations.DeleteModel("Invitation"), "release before still use it"),
    (migrations.AlterField("organization", "city", models.CharField("where", max_length=500)), ""),
    (migrations.AlterField("organization", "city", models.CharField("where", max_length=5)), "write the table anew"),
    (migrations.AlterField("organization", "city", models.IntegerField()), "write the table anew"),
    (migrations.AlterField("organization", "city", models.CharField(max_length=500, null=True)), ""),
    (migrations.AddIndex("organization", models.Index(fields=["city"], name="by_city")), "AddIndexConcurrently"),
    (AddIndexConcurrently("organization", models.Index(fields=["city"], name="by_city")), ""),
    (
        migrations.AddConstraint(
            "organization", models.CheckConstraint(condition=~models.Q(city=""), name="has_city")
        ),
        "AddConstraintNotValid",
    ),
    (migrations.RunSQL("UPDATE accounts_user SET email = ''"), "nobody but a person"),
    (migrations.RunPython(migrations.RunPython.noop), "no way back"),
    (migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop), ""),
    (migrations.CreateModel("Motto", [("id", models.BigAutoField(primary_key=True))]), ""),
]  # fmt: skip


class Later(migrations.Migration):
    """A migration of `accounts` after everything that is released."""


def _migration(*operations: Any) -> migrations.Migration:
    later = Later("9999_later", "accounts")
    later.operations = list(operations)
    return later


@pytest.fixture(scope="module")
def released() -> list[migrations.Migration]:
    """Return every migration of today."""
    return everything()


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the migrations of this file for the house's own."""
    real = findings.__globals__["is_ours"]
    monkeypatch.setitem(findings.__globals__, "is_ours", lambda one: isinstance(one, Later) or real(one))


def _found(released: list[migrations.Migration], *operations: Any) -> list[str]:
    names = {f"{one.app_label}.{one.name}" for one in released}
    return [str(one) for one in findings([*released, _migration(*operations)], names)]


@pytest.mark.parametrize(("operation", "says"), CHANGES, ids=lambda one: type(one).__name__)
def test_findings_of_a_change(released: list[migrations.Migration], operation: Any, says: str) -> None:
    found = _found(released, operation)

    assert len(found) == bool(says)
    assert all(says in line and line.startswith("accounts.9999_later: ") for line in found)


def test_findings_let_a_new_table_be_made_with_everything(released: list[migrations.Migration]) -> None:
    index = models.Index(fields=["words"], name="by_words")
    fields = [("id", models.BigAutoField(primary_key=True)), ("words", models.TextField())]
    made = migrations.CreateModel("Motto", fields)

    assert _found(released, made, migrations.AddIndex("motto", index), migrations.DeleteModel("Motto")) == []


def test_findings_see_rows_and_schema_in_one_migration(released: list[migrations.Migration]) -> None:
    rows = migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop)
    column = migrations.AddField("organization", "motto", models.TextField(null=True))

    assert "two migrations" in _found(released, column, rows)[0]


def test_an_exception_needs_a_reason_and_a_finding(released: list[migrations.Migration]) -> None:
    names = {f"{one.app_label}.{one.name}" for one in released}
    found = findings([*released, _migration(migrations.RemoveField("organization", "city"))], names)
    name, operation = "accounts.9999_later", "RemoveField organization.city"

    assert unexcused(found, {name: {operation: "Nothing has read it since 0.1."}}) == []
    assert len(unexcused(found, {name: {operation: " "}})) == 2
    assert "excuses nothing" in unexcused([], {name: {operation: "Why not"}})[0]


def test_what_a_city_may_have_run_is_never_changed(released: list[migrations.Migration]) -> None:
    assert list(changed_since_release(released, {"calls.0001_initial": "other"})) == [
        "calls.0001_initial has changed, and a city may have run it: put it back and write another"
    ]
    assert "is gone" in next(changed_since_release(released, {"calls.0000_lost": "x"}))
