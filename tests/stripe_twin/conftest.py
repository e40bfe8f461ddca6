"""Start a twin of its own for every test, in this process, on a free port."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stripe_twin.server import Server
from stripe_twin.twin import Config
from tests.stripe_twin.town import Endpoint, Town


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Return a function that starts a twin with the given configuration."""
    servers: list[Server] = []

    def start_one(**config: Any) -> Town:
        server = Server(Config(**{"data": tmp_path / "twin", "public_url": "", "seed": 7, **config}), 0)
        server.start()
        servers.append(server)
        return Town(server.port)

    yield start_one
    for server in servers:
        server.stop()


@pytest.fixture
def town(start: Callable[..., Town]) -> Town:
    """Return a running twin without a webhook endpoint."""
    return start()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Return a webhook endpoint that listens."""
    one = Endpoint()
    yield one
    one.close()


@pytest.fixture
def hooked(start: Callable[..., Town], endpoint: Endpoint) -> Town:
    """Return a running twin that delivers to the endpoint, signed with two secrets."""
    return start(webhook_urls=(endpoint.url,), webhook_secrets=("whsec_old", "whsec_new"))
