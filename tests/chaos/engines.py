"""PostgreSQL and Valkey on hosts of their own, with data that the embedded engines have prepared."""

import contextlib
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import redis

from demo import embedded
from demo.lifetime import die_with_parent, end, wait_until_ready
from demo.postgres import DATABASE, OWNER_ROLE, POSTGRES_BIN, SETTINGS, _as_unprivileged_user
from demo.valkey import VALKEY_SERVER
from tests.chaos.hosts import WATCH, WORK, address, on_host

POSTGRES_PORT, VALKEY_PORT = 5432, 6379
STRANGERS = f"\nhost all all {WORK}.0/24 scram-sha-256\nhost all all {WATCH}.0/24 scram-sha-256\n"


@contextlib.contextmanager
def engines(folder: Path) -> Iterator[tuple[str, str]]:
    """Run both on their hosts; yield the owner's URL and the broker's, as the watcher reaches them."""
    with embedded.engines(folder):
        password = embedded.kept_secret(folder, "password")
    with postgres(folder, password) as database, valkey(folder, password) as broker:
        yield database, broker


@contextlib.contextmanager
def postgres(folder: Path, password: str) -> Iterator[str]:
    """Run PostgreSQL on the host `database`."""
    data, log_path = folder / "postgres", folder / "postgres.log"
    rules = data / "pg_hba.conf"
    if STRANGERS not in rules.read_text():
        rules.write_text(rules.read_text() + STRANGERS)
    settings = [f"port={POSTGRES_PORT}", *SETTINGS[1:], "listen_addresses=*"]
    command = [
        *on_host("database"),
        *_as_unprivileged_user(),
        str(POSTGRES_BIN / "postgres"),
        "-D",
        str(data),
    ]
    command += [word for setting in settings for word in ("-c", setting)]
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    url = f"postgresql://{OWNER_ROLE}:{password}@{address('database', WATCH)}:{POSTGRES_PORT}/{DATABASE}"
    try:
        wait_until_ready(process, lambda: psycopg2.connect(url).close(), psycopg2.OperationalError, log_path)
        yield url
    finally:
        end(process, signal.SIGINT)


@contextlib.contextmanager
def valkey(folder: Path, password: str) -> Iterator[str]:
    """Run Valkey on the host `broker`."""
    command = [*on_host("broker"), *die_with_parent(signal.SIGTERM), str(VALKEY_SERVER), "-"]
    log_path = folder / "valkey.log"
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True, text=True
    )
    words = (
        f'bind 0.0.0.0\nport {VALKEY_PORT}\ndatabases 16\nsave ""\nappendonly no\nrequirepass {password}\n'
    )
    words += f'dir "{folder}"\nlogfile "{log_path}"\n'
    with process.stdin as configuration:  # type: ignore[union-attr]
        configuration.write(words)
    url = f"redis://:{password}@{address('broker', WATCH)}:{VALKEY_PORT}/0"
    try:
        wait_until_ready(process, lambda: redis.Redis.from_url(url).ping(), redis.ConnectionError, log_path)
        yield url
    finally:
        end(process, signal.SIGTERM)


def as_hosts_see(url: str) -> str:
    """Return an engine's URL by the cable that can be pulled."""
    return re.sub(rf"@{re.escape(WATCH)}\.", f"@{WORK}.", url)
