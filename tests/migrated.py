"""One database that is migrated once; every other one the tests need is copied from it, in a second instead of a minute.

Its name carries a digest of all migrations and of the pinned packages: whatever changes one of them makes a new one.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.db import connection
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "civicfund_migrated_"
#: Any number, the same for all who might make it at the same time.
LOCK = 7_316_001


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Have the test database copied; `migrate`, which follows, then finds nothing left to do."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated(os.environ["DATABASE_URL"], dict(os.environ))


def migrated(owner_url: str, environment: dict[str, str]) -> str:
    """Return the name of a migrated, empty database on an owner's server; it is made when it is not there.

    `environment` are the settings with which it is migrated. Who comes while another makes it waits.
    """
    name = f"{PREFIX}{_digest()}"
    with _alone(owner_url) as owner:
        cursor = owner.cursor()
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        there = {row[0] for row in cursor.fetchall()}
        for old in there - {name}:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
        if name not in there:
            # Under another name until it is whole.
            half = f"{name}_half"
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(half)))
            url = urlunsplit(urlsplit(owner_url)._replace(path=f"/{half}"))
            _migrate({**environment, "DATABASE_URL": url})
            renamed = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            cursor.execute(renamed.format(sql.Identifier(half), sql.Identifier(name)))
    return name


@contextlib.contextmanager
def _alone(owner_url: str) -> Iterator[Connection]:
    """Hold a lock that ends with its connection, outside a transaction: databases are made and dropped under it."""
    with contextlib.closing(psycopg2.connect(owner_url)) as owner:
        owner.autocommit = True
        owner.cursor().execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield owner


def _digest() -> str:
    """Return what changes with any migration, of the house or of a package."""
    digest = hashlib.sha256()
    for path in (*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "requirements.txt"):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(environment: dict[str, str]) -> None:
    """Run every migration in a process of its own."""
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"The migrations failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
