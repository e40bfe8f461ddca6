"""PgBouncer in transaction mode before the tests' PostgreSQL, where the program is installed."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

from demo.lifetime import die_with_parent, end, free_port
from demo.postgres import UNPRIVILEGED_USER

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")

CONFIGURATION = """
[databases]
* = host={host} port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {sessions}
server_reset_query_always = 0
logfile = {folder}/log
"""


@contextlib.contextmanager
def pooler(folder: Path, database: dict[str, Any], *, sessions: int) -> Iterator[int]:
    """Run PgBouncer with so many sessions for all its clients, and yield its port; `database` is Django's description."""
    port = free_port()
    words = {"host": database["HOST"], "server": database["PORT"], "port": port, "folder": folder}
    (folder / "configuration").write_text(CONFIGURATION.format(**words, sessions=sessions))
    (folder / "users").write_text(f'"{database["USER"]}" "{database["PASSWORD"]}"\n')
    command = [*die_with_parent(signal.SIGTERM), str(PROGRAM)]
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, UNPRIVILEGED_USER)
        command += ["-u", UNPRIVILEGED_USER]
    process = subprocess.Popen(
        [*command, str(folder / "configuration")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(database, port)
        yield port
    finally:
        end(process, signal.SIGTERM)


def _wait(database: dict[str, Any], port: int) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            psycopg2.connect(
                host="127.0.0.1",
                port=port,
                user=database["USER"],
                password=database["PASSWORD"],
                dbname=database["NAME"],
            ).close()
        except psycopg2.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
