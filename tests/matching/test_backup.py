"""A rehearsal: everything is copied, comes back into an empty server's database, and balances there."""

import secrets
import tarfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from demo.postgres import POSTGRES_BIN
from donations.models import Donation
from matching.backup import FILES, BackupRefused, take_back, write_backup
from tests import factories

pytestmark = pytest.mark.usefixtures("real_transactions", "stripe")


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Path) -> None:
    settings.PG_BIN = str(POSTGRES_BIN)
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def empty_database() -> Iterator[None]:
    """Lead the connection to a new database until the test ends."""
    name, before = f"rehearsal_{secrets.token_hex(4)}", connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield _lead_to(name)
    finally:
        _lead_to(before)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _lead_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _gift() -> Donation:
    officer = factories.make_user("officer", is_staff=True, is_superuser=True)
    promoter = factories.make_user("promoter")
    return factories.give(campaign=factories.make_campaign(officer=officer, promoter=promoter))


def test_backup_comes_back_into_an_empty_database_and_balances(
    settings: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    gift = _gift()
    (tmp_path / "private" / "papers").mkdir(parents=True)
    (tmp_path / "private" / "papers" / "statute.pdf").write_bytes(b"%PDF-1.7 a statute")
    call_command("backup", str(tmp_path / "copy"), stdout=StringIO())
    settings.PRIVATE_ROOT = tmp_path / "private-again"
    settings.MEDIA_ROOT = tmp_path / "media-again"
    request.getfixturevalue("empty_database")
    said = StringIO()
    call_command("restore", str(tmp_path / "copy"), stdout=said)
    assert "balanced" in said.getvalue()
    assert Donation.objects.get(public_id=gift.public_id).amount_cents == 2_000
    assert (tmp_path / "private-again" / "papers" / "statute.pdf").read_bytes() == b"%PDF-1.7 a statute"
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="Cannot update"):
        cursor.execute("UPDATE ledger_entry SET reason = 'x'")


def test_take_back_refuses_a_database_that_is_not_empty(tmp_path: Path) -> None:
    write_backup(folder=tmp_path / "copy", now=timezone.now())
    with pytest.raises(BackupRefused, match="goes into an empty one"):
        take_back(folder=tmp_path / "copy")


def test_restore_refuses_a_damaged_file(tmp_path: Path) -> None:
    write_backup(folder=tmp_path / "copy", now=timezone.now())
    with (tmp_path / "copy" / FILES).open("ab") as file:
        file.write(b"x")
    with pytest.raises(CommandError, match="is not the file that was written"):
        call_command("restore", str(tmp_path / "copy"))


def test_backup_refuses_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "mine").touch()
    with pytest.raises(CommandError, match="is not empty"):
        call_command("backup", str(tmp_path / "copy"))


def test_backup_says_what_is_not_installed(settings: Any, tmp_path: Path) -> None:
    settings.PG_BIN = str(tmp_path)
    with pytest.raises(BackupRefused, match="pg_dump is not installed"):
        write_backup(folder=tmp_path / "copy", now=timezone.now())


def test_backup_goes_on_when_a_file_is_forgotten_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "private").mkdir()
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / "private" / name).touch()
    add = tarfile.TarFile.add

    def forget(archive: tarfile.TarFile, path: Path, **how: Any) -> None:
        if path.name == "a.pdf":
            path.unlink()
        add(archive, path, **how)

    monkeypatch.setattr(tarfile.TarFile, "add", forget)
    figures = write_backup(folder=tmp_path / "copy", now=timezone.now())

    assert figures["gone_meanwhile"] == 1
    with tarfile.open(tmp_path / "copy" / FILES) as archive:
        assert archive.getnames() == ["private/b.pdf"]
