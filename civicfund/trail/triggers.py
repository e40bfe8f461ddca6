"""The triggers that write the trail: one function for all tables, told by each table's trigger what to leave out.

The function runs with its owner's rights, so the application's role needs none to write into the trail, and has none: it
can neither forge a line nor change or remove one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey

FUNCTION = """
CREATE OR REPLACE FUNCTION trail_writes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $trail$
DECLARE
    said jsonb := coalesce(nullif(current_setting('pghistory.context_metadata', true), ''), '{}')::jsonb;
    before jsonb := '{}';
    after jsonb := '{}';
    line jsonb;
    old_values jsonb := '{}';
    new_values jsonb := '{}';
    private boolean;
    column_name text;
BEGIN
    IF TG_ARGV[7] = 'people' AND said ? 'program' THEN RETURN NULL; END IF;
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
    line := before || after;
    private := TG_ARGV[6] <> '' AND before ->> 'status' = TG_ARGV[6] AND line ->> 'status' = TG_ARGV[6];
    IF TG_OP = 'UPDATE' THEN
        IF private THEN RETURN NULL; END IF;
        SELECT jsonb_object_agg(key, before -> key), jsonb_object_agg(key, value) INTO old_values, new_values
        FROM jsonb_each(after - TG_ARGV[2]::text[]) WHERE value IS DISTINCT FROM before -> key;
        IF new_values IS NULL THEN RETURN NULL; END IF;
    ELSIF TG_OP = 'DELETE' AND NOT private THEN
        old_values := before - TG_ARGV[2]::text[];
    END IF;
    FOREACH column_name IN ARRAY TG_ARGV[3]::text[] LOOP
        IF old_values ? column_name THEN
            old_values := old_values || jsonb_build_object(column_name, NULL);
        END IF;
        IF new_values ? column_name THEN
            new_values := new_values || jsonb_build_object(column_name, NULL);
        END IF;
    END LOOP;
    INSERT INTO civicfund_change (at, kind, model, "row", of_model, of_row, old, new, actor_id, step, reason, page,
                                  program, request)
    VALUES (clock_timestamp(), left(TG_OP, 1), TG_ARGV[0], line ->> TG_ARGV[1],
            CASE WHEN line ->> TG_ARGV[5] IS NULL THEN '' ELSE TG_ARGV[4] END, coalesce(line ->> TG_ARGV[5], ''),
            old_values, new_values, (said ->> 'actor')::bigint, coalesce(said ->> 'step', ''),
            coalesce(said ->> 'reason', ''), left(coalesce(said ->> 'page', ''), 300),
            left(coalesce(said ->> 'program', ''), 120),
            nullif(current_setting('pghistory.context_id', true), '')::uuid);
    RETURN NULL;
END;
$trail$
"""
#: The triggers a table has: one for what changes in a row, one for rows that come and go.
CHANGED = "WHEN (OLD.* IS DISTINCT FROM NEW.*)"
OF_CHANGES, OF_ROWS = "trail_of_changes", "trail_of_rows"


@dataclass(frozen=True)
class Tracked:
    """A model whose changes are kept, and how."""

    model: str
    #: Columns whose changes are not worth a line: the machine's own bookkeeping.
    without: tuple[str, ...] = ()
    #: Columns that are named when they change, without what stood and stands there: secrets, and what a person may ask to
    #: be forgotten.
    hidden: tuple[str, ...] = ()
    #: The key to the record it is a part of, on whose page it is read too.
    of: str = ""
    #: The value of `status` while a row is its author's alone.
    private_while: str = ""
    #: Leaves out what tasks and commands do, where every step of theirs is kept elsewhere.
    by_people: bool = False
    #: Leaves out rows that come: they say themselves by whom and when.
    changes_only: bool = False

    @property
    def meta(self) -> Any:
        """Return what Django knows about the model."""
        return apps.get_model(self.model)._meta

    def arguments(self) -> list[str]:
        """Return what its triggers tell the function."""
        key = self.meta.get_field(self.of) if self.of else None
        parent = key.related_model._meta.label_lower if isinstance(key, ForeignKey) else ""
        return [
            self.meta.label_lower,
            self.meta.pk.column,
            _array(self.without),
            _array(self.hidden),
            parent,
            key.column if isinstance(key, ForeignKey) else "",
            self.private_while,
            "people" if self.by_people else "",
        ]

    def statements(self) -> list[str]:
        """Return what makes its triggers."""
        table = f'"{self.meta.db_table}"'
        does = f"EXECUTE FUNCTION trail_writes({', '.join(map(_text, self.arguments()))})"
        events = "DELETE" if self.changes_only else "INSERT OR DELETE"
        return [
            f"CREATE TRIGGER {OF_CHANGES} AFTER UPDATE ON {table} FOR EACH ROW {CHANGED} {does}",
            f"CREATE TRIGGER {OF_ROWS} AFTER {events} ON {table} FOR EACH ROW {does}",
        ]


def install(cursor: Any, tracked: Iterable[Tracked]) -> None:
    """Make the triggers of a database be exactly those of some models; tables that are not there yet are left out."""
    cursor.execute(FUNCTION)
    # Whoever may use the function in a trigger of an own table writes lines about anything.
    cursor.execute("REVOKE EXECUTE ON FUNCTION trail_writes() FROM PUBLIC")
    cursor.execute(
        "SELECT t.tgname, t.tgrelid::regclass FROM pg_trigger t WHERE t.tgname IN (%s, %s)",
        [OF_CHANGES, OF_ROWS],
    )
    for name, table in cursor.fetchall():
        # Both names were just read from PostgreSQL, quoted by it where they need it.
        cursor.execute(f"DROP TRIGGER {name} ON {table}")  # nosemgrep: statement-put-together
    for one in tracked:
        cursor.execute("SELECT to_regclass(%s)", [f'"{one.meta.db_table}"'])
        if cursor.fetchone()[0] is not None:
            for statement in one.statements():
                cursor.execute(statement)


def _array(names: Iterable[str]) -> str:
    """Return column names as PostgreSQL writes an array."""
    return f"{{{','.join(names)}}}"


def _text(value: str) -> str:
    """Return one of our own names as a literal."""
    return f"'{value}'"
