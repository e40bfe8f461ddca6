"""Every migration after the released schema lets the processes of the release before go on: `python -m checks.migrations`.

While a release is rolled out, processes of the old one read and write the new schema. So no migration takes away or renames
what they use, asks of their rows what they do not know, or locks a table while it reads all of it. What is meant all the
same stands with its reason in checks/migration_exceptions.toml. checks/released_schema.json names every migration that a
city may have run already; none of them is ever changed. `python -m checks.migrations --release` writes it at a release.
"""

import hashlib
import inspect
import json
import os
import sys
import tomllib
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import django
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState
from django.db.models import Field

from checks.architecture import ROOT

RELEASED = ROOT / "checks" / "released_schema.json"
EXCEPTIONS = ROOT / "checks" / "migration_exceptions.toml"
GONE = "processes of the release before still use it: stop using it now, take it away in the release after"
SCANS = "reads the whole table under a lock that stops writing"
#: What a field says that the database never hears of.
ONLY_PYTHON = frozenset(Field.non_db_attrs) | {"default", "storage", "upload_to", "limit_choices_to"}
#: Kinds of operations that are harmless to others, or look at nothing but Django's own idea of the models.
HARMLESS = (
    ops.CreateModel,
    ops.AlterModelOptions,
    ops.AlterModelManagers,
    ops.RemoveConstraint,
    ops.RenameIndex,
)


class Finding:
    """One operation that would disturb, as the exceptions name it."""

    def __init__(self, migration: str, operation: str, why: str) -> None:
        self.migration, self.operation, self.why = migration, operation, why

    def __str__(self) -> str:
        return f"{self.migration}: {self.operation}: {self.why}"


class Judge:
    """Look at migrations in the order in which they run, and remember which tables are new."""

    def __init__(self, state: Any) -> None:
        self.state = state
        self._born: set[tuple[str, str]] = set()

    def judge(self, migration: Migration) -> Iterator[Finding]:
        """Yield what disturbs in a migration, and take its step in the state of the models."""
        name = f"{migration.app_label}.{migration.name}"
        kinds = {_kind(operation) for operation in migration.operations}
        for operation in migration.operations:
            for one in _flat(operation):
                if isinstance(one, ops.CreateModel):
                    self._born.add((migration.app_label, one.name_lower))
                elif why := self._fault(migration, one):
                    yield Finding(name, _words(one), why)
            operation.state_forwards(migration.app_label, self.state)
        if {"rows", "schema"} <= kinds:
            yield Finding(
                name, "rows and schema", "rows are written while tables are locked: make two migrations"
            )

    def _fault(self, migration: Migration, operation: Any) -> str:
        """Return why an operation disturbs, or nothing."""
        if isinstance(operation, ops.RunPython):
            return (
                ""
                if operation.reversible
                else "has no way back: give it a reverse_code, if only RunPython.noop"
            )
        if isinstance(operation, ops.RunSQL):
            return "nobody but a person can tell what it does"
        if _kind(operation) == "trigger":
            return self._of_trigger(migration, operation)
        model = getattr(operation, "model_name_lower", None) or getattr(operation, "name_lower", "")
        if isinstance(operation, HARMLESS) or (migration.app_label, model) in self._born:
            return ""
        return self._of_table(migration.app_label, model, operation)

    def _of_table(self, app: str, model: str, operation: Any) -> str:
        """Judge what is done to a table that the release before knows."""
        if isinstance(operation, ops.AddField):
            return _of_new_field(operation.field)
        if isinstance(operation, ops.AlterField):
            before = self.state.models[app, model].fields[operation.name]
            return _of_changed_field(before, operation.field)
        if isinstance(operation, (ops.AddIndex, ops.AddConstraint)):
            if type(operation).__name__ in ("AddIndexConcurrently", "AddConstraintNotValid"):
                return ""
            return f"{SCANS}: AddIndexConcurrently, or AddConstraintNotValid and ValidateConstraint in a later one"
        if type(operation).__name__ in ("ValidateConstraint", "RemoveIndexConcurrently"):
            return ""
        if isinstance(operation, ops.RemoveIndex):
            return "locks the table: RemoveIndexConcurrently"
        if isinstance(
            operation,
            (ops.RemoveField, ops.DeleteModel, ops.RenameField, ops.RenameModel, ops.AlterModelTable),
        ):
            return GONE
        return "an operation of a kind that is not known here"

    def _of_trigger(self, migration: Migration, operation: Any) -> str:
        """Judge a guard of the database that goes: one that comes again in the same migration is only rewritten."""
        if type(operation).__name__ != "RemoveTrigger":
            return ""
        again = {
            (one.model_name, one.trigger.name)
            for one in migration.operations
            if type(one).__name__ == "AddTrigger"
        }
        return "" if (operation.model_name, operation.name) in again else "a guard of the database goes away"


def _of_new_field(field: Any) -> str:
    """Judge a new column."""
    if field.many_to_many:
        return ""
    if not field.null and not field.has_db_default():
        return "the release before writes rows without it: null=True, or a db_default"
    if field.unique or (field.db_index and not field.remote_field):
        return f"{SCANS}: add the column first, then its index by AddIndexConcurrently"
    return ""


def _of_changed_field(before: Any, after: Any) -> str:
    """Judge a changed column: only what the database never hears of, more room, and less asked."""
    if before.null and not after.null:
        return f"the release before may write nothing into it, and it {SCANS}"
    old, new = (_deconstructed(field) for field in (before, after))
    room = (old[1].pop("max_length", None), new[1].pop("max_length", None))
    shrinks = room[0] != room[1] and (room[0] is None or (room[1] is not None and room[1] < room[0]))
    old[1].pop("null", None), new[1].pop("null", None)
    if old == new and not shrinks:
        return ""
    return "PostgreSQL may write the table anew, and the release before may not know the new kind"


def _deconstructed(field: Any) -> tuple[str, dict[str, Any]]:
    """Return what the database hears of a field."""
    _name, path, _arguments, words = field.deconstruct()
    return path, {
        word: repr(value) if word != "max_length" else value
        for word, value in words.items()
        if word not in ONLY_PYTHON
    }


def _flat(operation: Any) -> list[Any]:
    """Return what an operation does to the database; what only Django's own idea of the models hears is left out."""
    if isinstance(operation, ops.SeparateDatabaseAndState):
        return [one for inner in operation.database_operations for one in _flat(inner)]
    return [operation]


def _kind(operation: Any) -> str:
    """Tell rows, guards and schema from one another."""
    if isinstance(operation, ops.RunPython):
        return "rows"
    if type(operation).__name__ in ("AddTrigger", "RemoveTrigger"):
        return "trigger"
    return "other" if isinstance(operation, (ops.RunSQL, *HARMLESS)) else "schema"


def _words(operation: Any) -> str:
    """Return a short name for an operation, the same in every run: its kind, its table, and what of the table."""
    table, part = getattr(operation, "model_name", ""), getattr(operation, "name", "")
    for owner in ("index", "constraint", "trigger"):
        part = part or getattr(getattr(operation, owner, None), "name", "")
    return " ".join(filter(None, [type(operation).__name__, ".".join(filter(None, [table, str(part)]))]))


def everything() -> list[Migration]:
    """Return all migrations in the order in which they run; those a squashed one stands for instead of it."""
    graph = MigrationLoader(None, replace_migrations=False).graph
    plan: dict[tuple[str, str], None] = {}
    for leaf in sorted(graph.leaf_nodes()):
        plan |= dict.fromkeys(graph.forwards_plan(leaf))
    return [graph.nodes[key] for key in plan if not graph.nodes[key].replaces]


def is_ours(migration: Migration) -> bool:
    """Say whether a migration is the house's own, not one of a package."""
    return _file(migration).is_relative_to(ROOT / migration.app_label)


def _file(migration: Migration) -> Path:
    return Path(inspect.getfile(type(migration)))


def _digest(migration: Migration) -> str:
    return hashlib.sha256(_file(migration).read_bytes()).hexdigest()[:16]


def _digests(migrations: list[Migration]) -> dict[str, str]:
    return {f"{one.app_label}.{one.name}": _digest(one) for one in migrations if is_ours(one)}


def changed_since_release(migrations: list[Migration], released: dict[str, str]) -> Iterator[str]:
    """Yield what was done to migrations that a city may have run."""
    today = _digests(migrations)
    for name, digest in released.items():
        if name not in today:
            yield f"{name} is gone, and a city may have run it: put it back"
        elif today[name] != digest:
            yield f"{name} has changed, and a city may have run it: put it back and write another"


def findings(migrations: list[Migration], released: Container[str]) -> list[Finding]:
    """Return what disturbs in each of the house's migrations after the released schema."""
    judge = Judge(ProjectState())
    found: list[Finding] = []
    for migration in migrations:
        if is_ours(migration) and f"{migration.app_label}.{migration.name}" not in released:
            found += judge.judge(migration)
        else:
            migration.mutate_state(judge.state, preserve=False)
    return found


def unexcused(found: list[Finding], excused: dict[str, dict[str, str]]) -> list[str]:
    """Return what no exception excuses, and the exceptions that excuse nothing."""
    used, left = set(), []
    for finding in found:
        if excused.get(finding.migration, {}).get(finding.operation, "").strip():
            used.add((finding.migration, finding.operation))
        else:
            left.append(str(finding))
    idle = {(migration, one) for migration, reasons in excused.items() for one in reasons} - used
    left += [f"{migration}: {one}: this exception excuses nothing" for migration, one in sorted(idle)]
    return left


def main() -> int:
    """Print what would disturb a running site, or write down a release; return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
    django.setup()
    migrations = everything()
    if "--release" in sys.argv[1:]:
        RELEASED.write_text(json.dumps(dict(sorted(_digests(migrations).items())), indent=1) + "\n")
        EXCEPTIONS.write_text(EXCEPTIONS.read_text().partition("\n[")[0].rstrip("\n") + "\n")
        return 0
    released = json.loads(RELEASED.read_text())
    excused = tomllib.loads(EXCEPTIONS.read_text())
    wrong = [
        *changed_since_release(migrations, released),
        *unexcused(findings(migrations, released), excused),
    ]
    for line in wrong:
        print(line)
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
