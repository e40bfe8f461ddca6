import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InternalError, connection
from psycopg2 import sql

from civicfund.databases import SESSION

APP_ROLE = "civicfund_app"
TRIES, PAUSE_SECONDS = 5, 1
APPEND_ONLY = ("ledger_entry", "ledger_posting", "civicfund_listexport")
#: Written by triggers with their owner's rights, and by nobody else.
WRITTEN_BY_TRIGGERS = "civicfund_change"
NOTHING_SILENCES_TRIGGERS = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN
    AS $$ SELECT false $$ LANGUAGE sql
"""


class Command(BaseCommand):
    """Give the application's own role what it needs and no more; run it as the owner after every migration.

    The role may not switch triggers off, since it owns no table and no setting silences them, and it may not change or
    remove what the ledger and the trail have written.
    """

    help = "Create the application's database role and grant it what it needs."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the grants; a repetition changes nothing."""
        role = sql.Identifier(APP_ROLE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
            if cursor.fetchone() is None:
                self._run("CREATE ROLE {role} LOGIN", role=role)
        if settings.APP_DATABASE_PASSWORD:
            password = sql.Literal(settings.APP_DATABASE_PASSWORD)
            self._run("ALTER ROLE {role} PASSWORD {password}", role=role, password=password)
        self._run("GRANT USAGE ON SCHEMA public TO {role}", role=role)
        self._run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}", role=role)
        self._run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}", role=role)
        for table in APPEND_ONLY:
            self._run(
                "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}",
                table=sql.Identifier(table),
                role=role,
            )
        self._run("REVOKE DELETE, TRUNCATE ON ledger_account FROM {role}", role=role)
        trail = sql.Identifier(WRITTEN_BY_TRIGGERS)
        self._run("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {role}", table=trail, role=role)
        # With a table and a trigger of its own anybody could have the trail's function write whatever line.
        self._run("REVOKE EXECUTE ON FUNCTION public.trail_writes() FROM PUBLIC")
        database = sql.Identifier(str(connection.settings_dict["NAME"]))
        self._run("REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC", database=database)
        for name, value in SESSION.items():
            # Behind a pooler in transaction mode no session can be told so at its start.
            self._run(
                "ALTER ROLE {role} IN DATABASE {database} SET {name} = {value}",
                role=role,
                database=database,
                name=sql.Identifier(name),
                value=sql.Literal(value),
            )
        # django-pgtrigger lets every session silence triggers by a setting of its own; here no setting does.
        self._run(NOTHING_SILENCES_TRIGGERS)
        self.stdout.write(f"{APP_ROLE} may use the database.")

    def _run(self, statement: str, **parts: sql.Composable) -> None:
        """Run one statement with safely quoted names; again, when another database's command writes the same role just then."""
        for tried in range(TRIES):
            try:
                with connection.cursor() as cursor:
                    cursor.execute(sql.SQL(statement).format(**parts).as_string(cursor.connection))
                return
            except InternalError:
                # A role belongs to the whole server, and PostgreSQL lets only one of two at once write it.
                if tried == TRIES - 1:
                    raise
                time.sleep(PAUSE_SECONDS)
