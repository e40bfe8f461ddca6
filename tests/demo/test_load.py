"""The demo's story, played from nothing through the services and the local Stripe."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from demo.embedded import engines
from demo.environment import as_owner, demo_environment
from demo.ports import Ports
from demo.twin_control import STORY_BEGINS
from stripe_twin.server import Server
from stripe_twin.twin import Config

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., str]
#: What a visitor has to find; the numbers are those of demo/story.
STATES = {
    "draft": 2,
    "in_review": 1,
    "open": 8,
    "refunded": 1,
    "scheduled": 1,
    "succeeded": 2,
    "suspended": 1,
}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[Run, str]]:
    """Load the demo into engines of its own; return how to run a command in it, and its database's address."""
    twin = Server(Config(data=tmp_path / "twin", public_url="", start_at=STORY_BEGINS.timestamp(), seed=7), 0)
    twin.start()
    with engines(tmp_path / "engines", disposable=True) as running:
        environment = demo_environment(tmp_path, running, Ports(web=1, twin=twin.port))

        def run(*words: str, owner: bool = False) -> str:
            added = as_owner(environment, running) if owner else environment
            command = [sys.executable, *words]
            done = subprocess.run(
                command, cwd=ROOT, env={**os.environ, **added}, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
            return done.stdout

        run("manage.py", "migrate", "--verbosity", "0", owner=True)
        run("manage.py", "prepare_database", owner=True)
        run("-m", "demo.load")
        yield run, running.database_url
    twin.stop()


def test_load_makes_every_state_and_balances(demo: tuple[Run, str]) -> None:
    run, database = demo
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT status, count(*) FROM campaigns_campaign GROUP BY status")
        states = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM calls_editionoutcome")
        (editions,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM accounts_mail WHERE status <> 'sent'")
        (unsent,) = cursor.fetchone()
        cursor.execute(
            "SELECT count(DISTINCT email_key), count(DISTINCT card_fingerprint) FROM donations_donation"
            " WHERE settled_at IS NOT NULL"
        )
        people, cards = cursor.fetchone()

    assert states == STATES
    assert editions == 4
    assert unsent == 0
    assert people == cards > 100, "each donor of the demo has a card of their own"
    assert run("manage.py", "audit").splitlines()[-1] == "balanced"
