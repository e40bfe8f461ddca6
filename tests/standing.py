"""A town that stands already: a fifth of all tests begin with the same open campaign, and building it takes longer than most.

It is built through the services as ever, once in a while, in a database of its own that is copied from the migrated one. A
test that asks for `campaign` as tests/town.py has it runs there and finds it standing, with its people, its call, and its
account at the local Stripe; what the test does is rolled back, like everywhere. Every other test runs in the empty database.
A test that must see a campaign being made says `@pytest.mark.new_town`.
"""

import contextlib
import copy
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg2
import pytest
from django.db import connection, transaction
from django.test import override_settings
from psycopg2 import sql

from donations import stripe_gateway
from stripe_twin.store import NAMES
from stripe_twin.twin import Twin
from tests import factories
from tests.migrated import migrated

#: Whom and what the town holds; a test that brings one of its own gets all of it built anew.
CAST = ("stripe", "officer", "organizer", "call", "campaign")
#: What lets a test see other databases' commits, or needs a database that is emptied.
COMMITTING = frozenset(
    {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}
)
#: An older town is torn down: tests count days and hours from the opening of its campaign.
OLD_SECONDS = 90
TOWN = pytest.StashKey["Town"]()


@dataclass
class Town:
    """The database of a town, and what else is needed to find it as it was built."""

    empty: str
    name: str
    built: float = 0.0
    cast: dict[str, Any] = field(default_factory=dict)
    stripe: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    is_here: bool = False

    def enter(self, twin: Twin) -> None:
        """Let the connection lead into the town, building it when there is none or it is old."""
        if not self.built or time.monotonic() - self.built > OLD_SECONDS:
            self._build(twin)
        self._lead_to(self.name)
        self.is_here = True

    def leave(self) -> None:
        """Let the connection lead into the empty database."""
        self._lead_to(self.empty)
        self.is_here = False

    def member(self, name: str) -> Any:
        """Return one of the cast, an object of its own for each test."""
        return copy.deepcopy(self.cast[name])

    def bring_back(self, twin: Twin) -> None:
        """Let the local Stripe know the town's account, and nothing that happened since; without a town, nothing at all."""
        with twin.store.transaction():
            twin.store.clear()
            for table, rows in self.stripe.items():
                for row in rows:
                    marks = ", ".join("?" * len(row))
                    twin.store.run(f"insert into {table} values ({marks})", *row)  # noqa: S608 - the twin's own tables
            twin.clock.restart()

    def tear_down(self) -> None:
        """Drop the town's database."""
        self.leave()
        self._as_owner(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def _build(self, twin: Twin) -> None:
        self.tear_down()
        template = migrated(os.environ["DATABASE_URL"], dict(os.environ))
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._as_owner(copied.format(sql.Identifier(self.name), sql.Identifier(template)))
        self._lead_to(self.name)
        address = twin.config.public_url
        with override_settings(STRIPE_API_BASE=address), transaction.atomic():
            stripe_gateway._client.cache_clear()
            factories.twin("reset")
            self.cast = _people_and_campaign()
            # What would be done after the commit is done after none of the tests' commits either.
            connection.run_on_commit.clear()
        stripe_gateway._client.cache_clear()
        self.stripe = {table: twin.store.rows(f"select * from {table}") for table in NAMES}  # noqa: S608
        self.built = time.monotonic()

    def _lead_to(self, name: str) -> None:
        if connection.settings_dict["NAME"] != name:
            connection.close()
            connection.settings_dict["NAME"] = name

    @staticmethod
    def _as_owner(statement: sql.Composed) -> None:
        with contextlib.closing(psycopg2.connect(os.environ["DATABASE_URL"])) as owner:
            owner.autocommit = True
            owner.cursor().execute(statement)


def _people_and_campaign() -> dict[str, Any]:
    officer = factories.make_user("officer", is_staff=True, is_superuser=True)
    organizer = factories.make_user("organizer")
    call = factories.make_town_call(officer=officer)
    campaign = factories.make_campaign(officer=officer, promoter=organizer, call=call)
    return {"officer": officer, "organizer": organizer, "call": call, "campaign": campaign}


@pytest.fixture(scope="session")
def standing_town(django_db_setup: None) -> Iterator[Town]:
    """Hold the town of this process; it is built when the first test asks for it."""
    empty = connection.settings_dict["NAME"]
    town = Town(empty, f"{empty}_town")
    yield town
    town.tear_down()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> None:
    """Lead the connection to the right database, right before a test's transaction begins."""
    if fixturedef.argname != "_django_db_helper":
        return
    town: Town = request.getfixturevalue("standing_town")
    with request.getfixturevalue("django_db_blocker").unblock():
        if finds_it_standing(request.node):
            twin = request.getfixturevalue("stripe_server").twin
            town.enter(twin)
            town.bring_back(twin)
        else:
            town.leave()


def finds_it_standing(test: pytest.Item) -> bool:
    """Say whether a test may begin in the town: it asks for the whole cast as it is, and commits nothing."""
    marker = test.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction")) or COMMITTING & set(test.fixturenames)
    if commits or "campaign" not in test.fixturenames or test.get_closest_marker("new_town"):
        return False
    definitions = test._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    return all(name in definitions and definitions[name][-1].func.__module__ == "tests.town" for name in CAST)
