"""While the site is worked on everybody reads so, without database and Redis, and programs are told when to come back."""

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def closed(settings: Settings) -> Settings:
    """Close the site for twenty minutes."""
    settings.MAINTENANCE_MINUTES = 20
    return settings


@pytest.mark.parametrize("path", ["/", "/progetti/", "/account/login/", "/stripe/webhook/"])
def test_maintenance_is_said_everywhere(closed: Settings, client: Client, path: str) -> None:
    # No fixture gives this test a database: asking it would fail.
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, answer["Retry-After"]) == (503, "1200")
        assert "no-store" in answer["Cache-Control"]
        assert "circa 20 minuti" in answer.content.decode()
        assert "Content-Security-Policy" in answer


def test_maintenance_tells_a_balancer_that_the_machine_is_well(closed: Settings, client: Client) -> None:
    assert client.get("/healthz").status_code == 200


def test_maintenance_is_over_when_nothing_is_set(settings: Settings, client: Client) -> None:
    assert settings.MAINTENANCE_MINUTES == 0
    assert client.get("/privacy/").status_code == 200
