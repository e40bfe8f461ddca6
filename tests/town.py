"""The fixed cast of the tests, and the local Stripe they all use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from donations import stripe_gateway
from stripe_twin.server import Server
from stripe_twin.twin import Config
from tests import factories
from tests.contract import Contract, contract
from tests.standing import Town, finds_it_standing

__all__ = ["contract"]


@pytest.fixture(scope="session")
def stripe_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one local Stripe for all tests; webhooks are held until a test asks for them."""
    folder: Path = tmp_path_factory.mktemp("twin")
    server = Server(Config(data=folder, public_url="", seed=7), 0)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def stripe(
    request: pytest.FixtureRequest,
    stripe_server: Server,
    standing_town: Town,
    settings: object,
    contract: Contract,
) -> Iterator[str]:
    """Point the site at an empty local Stripe and return its address; every request keeps Stripe's contract."""
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{stripe_server.port}"  # type: ignore[attr-defined]
    stripe_gateway._client.cache_clear()
    factories.twin("reset")
    if finds_it_standing(request.node):
        # Whoever opens the database only now brings the town's account back then.
        standing_town.bring_back(stripe_server.twin)
    cache.clear()
    yield settings.STRIPE_API_BASE  # type: ignore[attr-defined]
    stripe_gateway._client.cache_clear()
    assert [str(violation) for violation in contract.violations] == []


@pytest.fixture
def officer(db: None, standing_town: Town) -> User:
    """Return a person who may do everything at the desk."""
    if standing_town.is_here:
        return standing_town.member("officer")
    return factories.make_user("officer", is_staff=True, is_superuser=True)


@pytest.fixture
def organizer(db: None, standing_town: Town) -> User:
    """Return the promoter of a project."""
    if standing_town.is_here:
        return standing_town.member("organizer")
    return factories.make_user("organizer")


@pytest.fixture
def donor(db: None) -> User:
    """Return a citizen with an account."""
    return factories.make_user("donor")


@pytest.fixture
def stranger(db: None) -> User:
    """Return a person who has nothing to do with anything."""
    return factories.make_user("stranger")


@pytest.fixture
def evaluator(db: None) -> User:
    """Return a person at the desk without any right yet."""
    return factories.make_user("evaluator", is_staff=True)


@pytest.fixture
def call(officer: User, standing_town: Town) -> Call:
    """Return a published call."""
    return (
        standing_town.member("call") if standing_town.is_here else factories.make_town_call(officer=officer)
    )


@pytest.fixture
def campaign(stripe: str, call: Call, officer: User, organizer: User, standing_town: Town) -> Campaign:
    """Return an open campaign: cost 20,000, threshold 10,000, grant 10,000 euro."""
    if standing_town.is_here:
        return standing_town.member("campaign")
    return factories.make_campaign(officer=officer, promoter=organizer, call=call)
