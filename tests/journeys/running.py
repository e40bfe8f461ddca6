"""The whole platform as it runs in production: web, worker, beat and the local Stripe, each a process of its own."""

import contextlib
import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from demo.lifetime import free_port
from demo.postgres import APP_ROLE
from demo.processes import Troupe
from tests.journeys.front import Front
from tests.journeys.waiting import until
from tests.migrated import migrated

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable
START_SECONDS = 90


class Running:
    """A platform with a database, a queue and folders of its own, whose clock may be put forward."""

    stripe_listens = "127.0.0.1"

    def __init__(
        self,
        folder: Path,
        owner_url: str,
        redis_url: str,
        *,
        workers: int = 1,
        beats: int = 1,
        has_door: bool = False,
        is_silent: bool = False,
        has_front: bool = False,
    ) -> None:
        self.folder = folder
        self.workers = ["worker", *(f"worker{number}" for number in range(2, workers + 1))]
        self.beats = ["beat", *(f"beat{number}" for number in range(2, beats + 1))]
        self.mail = folder / "mail"
        self.owner_url = owner_url
        self.pages = self._address("web")
        #: Where Stripe's messages go: to a process of their own, as docker-compose.yml has it, or to the pages'.
        self.door = self._address("door") if has_door or has_front else self.pages
        #: nginx, with HTTPS, before both; without it people and Stripe speak to the processes themselves.
        self.front = (
            Front(folder, urlsplit(self.pages).netloc, urlsplit(self.door).netloc) if has_front else None
        )
        self.site = self.front.site if self.front else self.pages
        self.stripe = self._address("stripe")
        self.secret = f"whsec_{secrets.token_hex(16)}"
        self.ahead = timedelta()
        self._starts = 0
        self.environment = self._environment(redis_url)
        self._troupe = Troupe(ROOT, folder / "log", is_silent=is_silent)

    # --- Its life -------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Grant the application's role what it needs in a database copied from a migrated one, and collect static files."""
        owner = {**self.environment, "DATABASE_URL": self.owner_url}
        owner["APP_DATABASE_PASSWORD"] = urlsplit(self.owner_url).password or ""
        self._command(["manage.py", "prepare_database"], owner)
        self._command(["manage.py", "collectstatic", "--no-input", "--verbosity", "0"], owner)

    def start(self) -> None:
        """Start all four processes at the platform's time and wait until they answer."""
        self._starts += 1
        # A start does not overwrite what the one before has said.
        self._troupe.logs = self.folder / "log" / str(self._starts)
        self._troupe.__enter__()
        there = urlsplit(self.stripe)
        hook = [
            "--webhook-url",
            f"{self.site if self.front else self.door}/stripe/webhook/",
            "--webhook-secret",
            self.secret,
        ]
        self._launch(
            "stripe",
            "stripe_twin",
            *("--host", self.stripe_listens, "--port", f"{there.port}", "--public-url", self.stripe),
            *("--data", f"{self.folder / 'twin'}"),
            *hook,
        )
        # Loaded once for both.
        many = ["--preload", "--workers", "2", "--threads", "4", "--log-level", "warning"]
        self._launch("web", "gunicorn", "civicfund.wsgi", "--bind", urlsplit(self.pages).netloc, *many)
        if self.front:
            self._troupe.start("front", self.front.command, {})
        if self.door != self.pages:
            few = ["--workers", "1", "--threads", "8", "--log-level", "warning"]
            words = ["gunicorn", "civicfund.wsgi", "--bind", urlsplit(self.door).netloc, *few]
            self._launch("door", *words, ONLY_MESSAGES="true")
        celery = ["celery", "--quiet", "--app", "civicfund"]
        quiet = ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        for name in self.workers:
            words = ["worker", "--hostname", f"{name}@%h", "--concurrency", "2", *quiet]
            self._launch(name, *celery, *words)
        for name in self.beats:
            words = ["beat", "--loglevel", "WARNING", "--schedule", f"{self.folder / name}"]
            self._launch(name, *celery, *words)
        until(lambda: self._answers(f"{self.pages}/healthz"), "the web process answers", START_SECONDS)
        until(lambda: self._answers(f"{self.door}/healthz"), "the door for messages answers", START_SECONDS)
        until(lambda: self._answers(f"{self.stripe}/_twin/clock"), "the local Stripe answers", START_SECONDS)

    def stop(self) -> None:
        """End all four processes."""
        self._troupe.stop()

    def strike(self, name: str) -> None:
        """End a process with its children by kill -9 and start it again."""
        self._troupe.strike(name)

    def pause(self, name: str, *, is_over: bool = False) -> None:
        """Let a process and its children stand still, or go on."""
        os.killpg(self.pid(name), signal.SIGCONT if is_over else signal.SIGSTOP)

    def pid(self, name: str) -> int:
        """Return the number of a process."""
        return self._troupe.pid(name)

    def travel(self, instant: datetime) -> None:
        """Start everything again at a later instant, as after a night in which nothing ran."""
        if instant > self.now():
            self.stop()
            self.ahead = instant - datetime.now(UTC)
            self.start()

    def now(self) -> datetime:
        """Return the platform's time."""
        return datetime.now(UTC) + self.ahead

    # --- What can be asked of it ----------------------------------------------------------------------------------

    def stage(self, scene: str, module: str = "tests.journeys.stage", **details: Any) -> dict[str, Any]:
        """Have a scene of a module set up by a process of its own, and return what it tells."""
        words = self._at(module, scene, json.dumps(details))
        return json.loads(self._command(words, self.environment).splitlines()[-1])

    def audit(self) -> str:
        """Return what `manage.py audit` says; raise AssertionError when it finds fault."""
        return self._command(self._at("manage", "audit"), self.environment)

    def twin(self, order: str, **details: Any) -> dict[str, Any]:
        """Give the local Stripe an order, or read one of its reports."""
        data = json.dumps(details).encode() if details else None
        request = urllib.request.Request(f"{self.stripe}/_twin/{order}", data=data)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the database past the platform's own code."""
        with contextlib.closing(psycopg2.connect(self.owner_url)) as connection:
            cursor = connection.cursor()
            cursor.execute(statement, values)
            return cursor.fetchall()

    def _address(self, name: str) -> str:
        """Return where a process answers."""
        return f"http://127.0.0.1:{free_port()}"

    def _on_host(self, name: str) -> list[str]:
        """Return the words that start a process where it belongs: here all are on one machine."""
        return []

    # --- How ------------------------------------------------------------------------------------------------------

    def _environment(self, redis_url: str) -> dict[str, str]:
        """Return what a production server is told; without a front, but for HTTPS."""
        return {
            "DJANGO_SETTINGS_MODULE": "tests.journeys.settings",
            "JOURNEYS_FOLDER": str(self.folder),
            "SECRET_KEY": secrets.token_hex(32),
            "DEBUG": "false",
            "SECURE": "false",
            # A storm comes from one machine.
            "GIFT_LIMITS": "false",
            "VISIT_LIMITS": "false",
            "STAFF_SECOND_FACTOR": "false",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": self.site,
            "DATABASE_URL": _as_role(self.owner_url, APP_ROLE),
            # A numbered database of its own, beside that of the tests around it: those flush theirs.
            "REDIS_URL": re.sub(r"/(\d+)$", lambda number: f"/{8 + int(number[1]) % 8}", redis_url),
            "SEALING_KEYS": "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtISE=",
            "STRIPE_SECRET_KEY": "sk_test_journeys",
            "STRIPE_WEBHOOK_SECRETS": self.secret,
            "STRIPE_API_BASE": self.stripe,
            "CHECKOUT_HOSTS": self.stripe,
            # A leading slash is lost when the URL is read, so an absolute path needs one more.
            "EMAIL_URL": f"file:///{self.mail}",
            "MEDIA_ROOT": str(self.folder / "media"),
            "LOG_LEVEL": "INFO",
            # Every start of a worker would look for what the linter has looked for.
            "CELERY_SKIP_CHECKS": "1",
            # Compiled code is kept, as the image keeps it, whatever the tests themselves run with.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
            **self._behind_front(),
        }

    def _behind_front(self) -> dict[str, str]:
        """Return what a production server is told about HTTPS and its proxy, if there is one."""
        if not self.front:
            return {}
        return {
            "SECURE": "true",
            "TRUST_PROXY": "true",
            "TRUSTED_PROXIES": "127.0.0.1",
            "CONTACT_EMAIL": "desk@city.example",
            # The local Stripe believes the certificate as Stripe believes a real one.
            "SSL_CERT_FILE": str(self.front.certificate),
        }

    def _at(self, module: str, *arguments: str) -> list[str]:
        """Return the words that run a module at the platform's time."""
        if not self.ahead:
            return ["-m", module, *arguments]
        return ["-m", "tests.journeys.at", str(self.ahead.total_seconds()), module, *arguments]

    def _launch(self, name: str, module: str, *arguments: str, **more: str) -> None:
        words = [*self._on_host(name), PYTHON, *self._at(module, *arguments)]
        self._troupe.start(name, words, {**self.environment, **more})

    def _command(self, words: list[str], environment: dict[str, str]) -> str:
        done = subprocess.run(
            [PYTHON, *words],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def _answers(self, url: str) -> bool:
        self._troupe.check()
        try:
            with urllib.request.urlopen(url, timeout=5):
                return True
        except (OSError, http.client.HTTPException):
            return False


@contextlib.contextmanager
def running(
    folder: Path, database_url: str, redis_url: str, *, kind: type[Running] = Running, **manner: Any
) -> Iterator[Running]:
    """Run the platform in a new database beside the one of an owner's URL, with its files in `folder`."""
    name = f"journeys_{secrets.token_hex(4)}"
    platform = kind(folder, urlunsplit(urlsplit(database_url)._replace(path=f"/{name}")), redis_url, **manner)
    template = migrated(database_url, {**os.environ, **platform.environment})
    with _database(database_url, name, template):
        platform.prepare()
        try:
            platform.start()
            yield platform
        finally:
            platform.stop()


@contextlib.contextmanager
def _database(url: str, name: str, template: str) -> Iterator[None]:
    """Copy a database and drop the copy on leaving."""
    copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _as_owner(url, copied.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield
    finally:
        _as_owner(url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _as_owner(url: str, statement: sql.Composed) -> None:
    """Run one statement outside a transaction, on a connection of its own: a restart of PostgreSQL ends the others."""
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


def _as_role(url: str, role: str) -> str:
    """Return the same database's URL for another role with the same password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{role}:{parts.password}@{parts.hostname}:{parts.port}"))
