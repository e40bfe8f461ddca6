"""Start and stop PostgreSQL and Valkey on loopback, for the demo and the tests."""

import contextlib
import fcntl
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.lifetime import EngineError
from demo.postgres import APP_ROLE, DATABASE, OWNER_ROLE, postgres
from demo.valkey import valkey


class FolderInUse(EngineError):
    """Another process holds the data folder."""


@dataclass(frozen=True)
class Engines:
    """Addresses of the running engines."""

    database_url: str
    owner_database_url: str
    redis_url: str


@contextlib.contextmanager
def engines(folder: Path, *, disposable: bool = False) -> Iterator[Engines]:
    """Run both engines with their data under `folder`, and end them on leaving.

    `disposable` trades durability for speed and rebuilds data that will not start: for tests only.
    Raises FolderInUse when another process runs engines there, EngineError when one does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        stack.enter_context(hold(folder))
        password = kept_secret(folder, "password")
        port = stack.enter_context(postgres(folder, password, disposable=disposable))
        redis_url = stack.enter_context(valkey(folder, password))
        address = f"{password}@127.0.0.1:{port}/{DATABASE}"
        yield Engines(f"postgresql://{APP_ROLE}:{address}", f"postgresql://{OWNER_ROLE}:{address}", redis_url)


@contextlib.contextmanager
def engines_in_free_folder(base: Path) -> Iterator[Engines]:
    """Run disposable engines in `base`, or in `base-2`, `base-3` ... while others use it."""
    for number in range(1, 50):
        folder = base if number == 1 else base.with_name(f"{base.name}-{number}")
        with contextlib.ExitStack() as stack:
            try:
                running = stack.enter_context(engines(folder, disposable=True))
            except FolderInUse:
                continue
            yield running
            return
    raise EngineError(f"Every data folder beside {base} is in use: end the other test runs first.")


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep other processes from using `folder`; the system frees it even after a hard kill."""
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderInUse(f"Another process is using {folder}: end it first.") from error
        yield


def kept_secret(folder: Path, name: str) -> str:
    """Return a random word that stays the same for a data folder."""
    path = folder / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(24))
    return path.read_text()
