"""A copy of everything the platform knows, and the way back: the database, the files, and figures that prove the copy.

The database is copied by PostgreSQL's own pg_dump, from one snapshot whose figures are written down beside it; the files
after it, so that a row of the copy finds its file unless the platform itself forgot both meanwhile. Going back is refused
into anything that is not empty, and ends with the figures compared.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from civicfund.databases import DIRECT

DUMP, FILES, FIGURES = "database.dump", "files.tar.gz", "figures.json"
#: What is counted in the copied snapshot, and again after going back.
COUNTED = {
    "entries": "SELECT count(*) FROM ledger_entry",
    "postings": "SELECT count(*) FROM ledger_posting",
    "gifts": "SELECT count(*) FROM donations_donation",
    "applications": "SELECT count(*) FROM calls_application",
    "people": "SELECT count(*) FROM accounts_user",
    "balances": "SELECT coalesce(sum(abs(balance_cents)), 0) FROM ledger_account",
    "digest": """
        SELECT coalesce(encode(sha256(string_agg(head, '' ORDER BY id)), 'hex'), '') FROM ledger_account
        WHERE length > 0""",
}


class BackupRefused(Exception):
    """A backup cannot be written or taken back; the words say what to do."""


def write_backup(*, folder: Path, now: datetime) -> dict[str, Any]:
    """Write database, files and figures into a new folder and return the figures. Raise BackupRefused."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupRefused(f"{folder} is not empty: name a new folder for each backup.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0"
        )
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        counted = _count(cursor)
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={folder / DUMP}")
    gone = _pack(folder / FILES)
    figures = {
        "made_at": now.isoformat(timespec="seconds"),
        "migrations": _migrations(),
        "counted": counted,
        "gone_meanwhile": gone,
        "sha256": {name: _sha256(folder / name) for name in (DUMP, FILES)},
    }
    (folder / FIGURES).write_text(json.dumps(figures, indent=2) + "\n")
    return figures


def take_back(*, folder: Path) -> dict[str, Any]:
    """Fill an empty database and empty folders from a backup, and return its figures.

    Raise BackupRefused when a file of the backup is damaged, when something is there already, or when what has come back is
    not what the figures say.
    """
    try:
        figures: dict[str, Any] = json.loads((folder / FIGURES).read_text())
    except (OSError, ValueError) as error:
        raise BackupRefused(f"{folder / FIGURES} cannot be read: {error}") from error
    for name, digest in figures["sha256"].items():
        if not (folder / name).exists() or _sha256(folder / name) != digest:
            raise BackupRefused(f"{folder / name} is not the file that was written: take another backup.")
    _refuse_what_is_there()
    _run(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        str(folder / DUMP),
    )
    with tarfile.open(folder / FILES) as archive:
        for name, root in _roots():
            _unpack(archive, name, root)
    with connection.cursor() as cursor:
        found = _count(cursor)
    if found != figures["counted"]:
        raise BackupRefused(f"What has come back is not what was copied: {found}, not {figures['counted']}.")
    return figures


def _refuse_what_is_there() -> None:
    """Raise BackupRefused unless database and folders are empty."""
    if tables := connection.introspection.table_names():
        raise BackupRefused(f"The database has {len(tables)} tables: a backup goes into an empty one.")
    for _name, root in _roots():
        if root.exists() and any(root.iterdir()):
            raise BackupRefused(f"{root} is not empty: a backup's files go into an empty folder.")


def _pack(path: Path) -> int:
    """Pack every file, and return how many were gone when it was their turn: tasks forget what was never used."""
    gone = 0
    with tarfile.open(path, "w:gz") as archive:
        for name, root in _roots():
            for file in sorted(one for one in root.rglob("*") if one.is_file()):
                try:
                    archive.add(file, arcname=f"{name}/{file.relative_to(root)}", recursive=False)
                except FileNotFoundError:
                    gone += 1
    return gone


def _unpack(archive: tarfile.TarFile, name: str, root: Path) -> None:
    """Unpack one of the two trees of files."""
    root.mkdir(parents=True, exist_ok=True)
    for member in archive.getmembers():
        if member.name.startswith(f"{name}/"):
            member.name = member.name.removeprefix(f"{name}/")
            archive.extract(member, root, filter="data")


def _roots() -> Iterator[tuple[str, Path]]:
    """Yield the folders that hold what people have sent, by their names in a backup; a bucket keeps its own versions."""
    if settings.S3_PUBLIC_BUCKET:
        return
    yield "media", Path(settings.MEDIA_ROOT)
    yield "private", Path(settings.PRIVATE_ROOT)


def _count(cursor: Any) -> dict[str, str]:
    """Return the figures of the database, as text: JSON knows no large numbers."""
    found = {}
    for name, question in COUNTED.items():
        cursor.execute(question)
        found[name] = str(cursor.fetchone()[0])
    return found


def _migrations() -> int:
    """Return how many migrations the database has gone through."""
    return len(MigrationRecorder(connection).applied_migrations())


def _sha256(path: Path) -> str:
    """Return a file's digest, reading it piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the database. Raise BackupRefused with its own words."""
    found = shutil.which(program, path=settings.PG_BIN or None)
    if found is None:
        raise BackupRefused(
            f"{program} is not installed: install PostgreSQL's client programs, or name them in PG_BIN."
        )
    # A pooler in transaction mode gives nobody the session these programs work in.
    given = connections[DIRECT if DIRECT in settings.DATABASES else DEFAULT_DB_ALIAS].settings_dict
    # A password never stands on a command line.
    where = {"PGHOST": given["HOST"], "PGPORT": str(given["PORT"] or 5432), "PGUSER": given["USER"]}
    ended = subprocess.run(
        [found, f"--dbname={given['NAME']}", *arguments],
        env={**os.environ, **where, "PGPASSWORD": given["PASSWORD"]},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise BackupRefused(f"{program} stopped: {ended.stderr.strip()[-500:]}")
