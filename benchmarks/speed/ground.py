"""What every part stands on: engines that keep every commit, two filled databases, and the site's environment."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from demo import embedded
from tests.migrated import migrated

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "var" / "bench"
RESULTS = FOLDER / "speed.json"
SECRET = "whsec_only_for_benchmarks"  # noqa: S105 - of the local Stripe
#: Campaigns and gifts.
TOWNS = {"small": (10, 10), "large": (5_000, 1_000_000)}


class Town(NamedTuple):
    """A filled database: its address for the owner and for the application, and the campaign that is looked at."""

    owner_url: str
    url: str
    campaign: int
    slug: str


class Ground:
    """Running engines, and what is made on them."""

    def __init__(self, engines: embedded.Engines) -> None:
        self.engines = engines

    def environment(self, url: str, **more: str) -> dict[str, str]:
        """Return what a production server is told, but for HTTPS."""
        return {
            "DJANGO_SETTINGS_MODULE": "tests.journeys.settings",
            "JOURNEYS_FOLDER": str(FOLDER),
            "SECRET_KEY": "only-for-benchmarks",
            "DEBUG": "false",
            "SECURE": "false",
            "GIFT_LIMITS": "false",
            "STAFF_SECOND_FACTOR": "false",
            "ALLOWED_HOSTS": "127.0.0.1,testserver",
            "SITE_URL": "http://127.0.0.1",
            "DATABASE_URL": url,
            "REDIS_URL": self.engines.redis_url,
            "SEALING_KEYS": "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtISE=",
            "STRIPE_SECRET_KEY": "sk_test_benchmarks",
            "STRIPE_WEBHOOK_SECRETS": SECRET,
            "EMAIL_URL": f"file:///{FOLDER / 'mail'}",
            "MEDIA_ROOT": str(FOLDER / "media"),
            "PRIVATE_ROOT": str(FOLDER / "private"),
            "LOG_LEVEL": "WARNING",
            **more,
        }

    def town(self, name: str) -> Town:
        """Return a filled database, made if it is not there yet for today's schema."""
        template = migrated(self.engines.owner_database_url, {**os.environ, **self.environment("")})
        database = f"town_{name}_{template.rpartition('_')[2]}"
        owner_url = self._named(self.engines.owner_database_url, database)
        note = FOLDER / f"{database}.json"
        if not note.exists():
            self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            self.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
            words = ["-m", "benchmarks.speed.town", *map(str, TOWNS[name])]
            pk, slug = self.run(words, owner_url).split("CAMPAIGN ")[1].split()[:2]
            self.run(["manage.py", "prepare_database"], owner_url)
            note.write_text(json.dumps([int(pk), slug]))
        return Town(
            owner_url, self._named(self.engines.database_url, database), *json.loads(note.read_text())
        )

    def copied(self, town: Town, name: str) -> Town:
        """Return a fresh copy of a town that may be written to."""
        database = urlsplit(town.owner_url).path[1:]
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.execute(f"CREATE DATABASE {name} TEMPLATE {database}")
        copy = Town(
            self._named(self.engines.owner_database_url, name),
            self._named(self.engines.database_url, name),
            town.campaign,
            town.slug,
        )
        self.run(["manage.py", "prepare_database"], copy.owner_url)
        return copy

    def run(self, words: list[str], url: str, **more: str) -> str:
        """Run a Python program on a database and return what it says. Raise SystemExit when it fails."""
        environment = {**os.environ, **self.environment(url, **more)}
        environment["APP_DATABASE_PASSWORD"] = urlsplit(url).password or ""
        command = [sys.executable, *words]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{words} failed:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def execute(self, statement: str) -> None:
        """Run a statement outside a transaction as the owner."""
        with contextlib.closing(psycopg2.connect(self.engines.owner_database_url)) as owner:
            owner.autocommit = True
            owner.cursor().execute(statement)

    @staticmethod
    def _named(url: str, database: str) -> str:
        return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@contextlib.contextmanager
def ground() -> Iterator[Ground]:
    """Start engines whose data stay in var/bench."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with embedded.engines(FOLDER / "engines") as engines:
        found = Ground(engines)
        found.run(
            ["manage.py", "collectstatic", "--no-input", "--verbosity", "0"], engines.owner_database_url
        )
        yield found


def keep(part: str, figures: Any) -> None:
    """Write down what a part has measured, and on how busy a machine."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known[part] = {"load": round(os.getloadavg()[0], 1), "figures": figures}
    RESULTS.write_text(json.dumps(known, indent=1))


def middle(figures: list[float]) -> float:
    """Return the median."""
    return statistics.median(figures)
