"""The ground of every test: embedded engines, started before Django reads its settings."""

import atexit
import contextlib
import gc
import os
from pathlib import Path
from typing import Any

import django
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as drawing

from demo import embedded

ROOT = Path(__file__).resolve().parent.parent

# A busy machine draws examples slowly, and no test measures time.
drawing.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
drawing.load_profile("here")


def _use_engines() -> None:
    """Point the settings at embedded engines, unless the environment names real ones."""
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        return
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    running = stack.enter_context(embedded.engines_in_free_folder(ROOT / "var" / "test"))
    # The owner's role: only it may make and drop the test database.
    os.environ.setdefault("DATABASE_URL", running.owner_database_url)
    os.environ.setdefault("REDIS_URL", running.redis_url)


def _use_settings() -> None:
    """Give every setting without a default an invented value."""
    invented = {
        "DJANGO_SETTINGS_MODULE": "civicfund.settings",
        "SECRET_KEY": "only-for-tests",
        # Pages are rendered without the manifest of built files; the test runner itself turns DEBUG off.
        "DEBUG": "true",
        "SITE_URL": "http://testserver",
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "SECURE": "false",
        # Tests give faster than people; those of the limits switch them on.
        "GIFT_LIMITS": "false",
        "VISIT_LIMITS": "false",
        # So does that of sessions left alone, which writes into each of them.
        "STAFF_IDLE_MINUTES": "0",
        # Those of the second factor switch it on.
        "STAFF_SECOND_FACTOR": "false",
        # A test sees at once what it has done; those of the cache switch it on.
        "PAGE_CACHE_SECONDS": "0",
        "EMAIL_URL": "memory://",
        "MEDIA_ROOT": str(ROOT / "var" / "test" / "media"),
        "PRIVATE_ROOT": str(ROOT / "var" / "test" / "private"),
        "SEALING_KEYS": "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtISE=",
        "STRIPE_SECRET_KEY": "sk_test_tests",
        "STRIPE_WEBHOOK_SECRETS": "whsec_only_for_tests",
    }
    for name, value in invented.items():
        os.environ.setdefault(name, value)


_use_engines()
_use_settings()
# pytest-django reads the settings by itself only when their name is given earlier, which is before the engines run.
django.setup()
# What is loaded now stays until the end: looking through it for garbage again and again takes a tenth of the time.
gc.freeze()
gc.set_threshold(50_000, 20, 20)

pytest_plugins = [
    "tests.foretelling",
    "tests.language",
    "tests.migrated",
    "tests.passwords",
    "tests.standing",
    "tests.town",
]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Give every worker a database of its own in Redis, as it has one in PostgreSQL: tests empty it."""
    server, _slash, _database = os.environ["REDIS_URL"].rpartition("/")
    for number, spec in enumerate(specs, 1):
        spec.env["REDIS_URL"] = f"{server}/{number}"


#: Files whose few tests take long: begun last, one core would wait for the other.
LONG = ("tests/proof/", "tests/demo/test_load.py", "tests/matching/test_money_machine.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long tests; the order of the others stays as it was drawn."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
