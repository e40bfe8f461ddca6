"""A second line to the tests' own database, as a setting would give it."""

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import Settings

from civicfund.databases import DIRECT


@contextlib.contextmanager
def second_line(
    alias: str, told: dict[str, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Give the site a database of this name; Django's tests allow only those that were there at the start."""
    ensured = BaseDatabaseWrapper.ensure_connection

    def ensure(line: BaseDatabaseWrapper) -> None:
        if line.alias != alias:
            ensured(line)
        elif line.connection is None:
            line.connect()

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", ensure)
    monkeypatch.setitem(connections.settings, alias, told)
    monkeypatch.setitem(settings.DATABASES, alias, told)
    yield
    if hasattr(connections._connections, alias):
        connections[alias].close()
        del connections[alias]


@pytest.fixture
def direct(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give turns a direct line of their own."""
    with second_line(DIRECT, copy.deepcopy(connection.settings_dict), settings, monkeypatch):
        yield
