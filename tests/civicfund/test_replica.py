"""Public pages may be read from a replica; nothing else ever is, and one that is late or away changes no page."""

import copy
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from environs import Env
from pytest_django import Settings

from accounts.models import User
from campaigns.models import Campaign
from civicfund import replica
from civicfund.databases import REPLICA, read_databases
from civicfund.page_cache import GIVER
from donations.models import Donation
from ledger.models import Account
from tests.civicfund.lines import second_line
from tests.threads import _ledger_guarded_again, real_transactions

__all__ = ["_ledger_guarded_again", "real_transactions"]

pytestmark = pytest.mark.usefixtures("real_transactions")


@pytest.fixture
def second(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the site a second line to the same rows, over which nothing can be written, as over a replica's."""
    told = copy.deepcopy(connection.settings_dict)
    told["OPTIONS"]["options"] += " -c default_transaction_read_only=on"
    settings.DATABASE_ROUTERS = ["civicfund.replica.Router"]
    monkeypatch.setattr(replica, "watch", replica.Watch())
    with second_line(REPLICA, told, settings, monkeypatch):
        yield


def asked(client: Client, path: str) -> tuple[int, int]:
    """Return how many questions a page asks the first database and the second."""
    with CaptureQueriesContext(connection) as first, CaptureQueriesContext(connections[REPLICA]) as other:
        assert client.get(path).status_code == 200
    # How late it is, is not the page's question.
    return len(first), len([one for one in other if one["sql"] and replica.HOW_LATE not in one["sql"]])


def test_public_pages_are_read_from_the_replica_alone(second: None, campaign: Campaign) -> None:
    for path in ("/", "/progetti/", campaign.get_absolute_url(), reverse("transparency:statistics")):
        first, other = asked(Client(), path)
        assert (first, other > 0) == (0, True), path


def test_who_just_gave_who_is_signed_in_and_who_gives_read_the_first_database(
    second: None, campaign: Campaign, donor: User
) -> None:
    giver, known = Client(), Client()
    giver.cookies[GIVER] = "1"
    known.force_login(donor)
    form = reverse("donations:donate", args=[campaign.slug])

    for client, path in ((giver, "/"), (known, campaign.get_absolute_url()), (Client(), form)):
        first, other = asked(client, path)
        assert (first > 0, other) == (True, 0), path


def test_rows_that_are_locked_or_written_are_those_of_the_first_database(
    second: None, campaign: Campaign
) -> None:
    before = replica._reads_there.set(True)
    try:
        assert Donation.objects.all().db == REPLICA
        with transaction.atomic():
            assert Account.objects.select_for_update().db == "default"
            assert Campaign.objects.filter(pk=campaign.pk).update(slug="altro") == 1
        assert not replica.Router().allow_migrate(REPLICA, "ledger")
    finally:
        replica._reads_there.reset(before)


@pytest.mark.parametrize("late", ["6", "1e9"])
def test_late_replica_is_left_alone(
    second: None, campaign: Campaign, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    monkeypatch.setattr(replica, "HOW_LATE", f"SELECT {late}")

    first, other = asked(Client(), "/")

    assert (first > 0, other) == (True, 0)


def test_replica_that_fails_within_a_page_changes_no_page(
    second: None, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(execute: object, sql: str, *rest: object) -> None:
        raise OperationalError("canceling statement due to conflict with recovery")

    assert replica.watch.is_fit()
    with connections[REPLICA].execute_wrapper(fails):
        first, other = asked(Client(), "/")
        again, none = asked(Client(), "/progetti/")

    assert (first > 0, other, again > 0, none) == (True, 0, True, 0)


def test_replica_that_is_away_is_asked_nothing_for_a_while(
    second: None, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "HOW_LATE", "SELECT 1/0")
    assert not replica.watch.is_fit()
    monkeypatch.setattr(replica, "HOW_LATE", "SELECT 0")

    assert asked(Client(), "/")[1] == 0
    now = replica.time.monotonic()
    monkeypatch.setattr(replica.time, "monotonic", lambda: now + replica.LEFT_ALONE)
    assert asked(Client(), "/")[1] > 0


def test_settings_know_a_direct_line_and_a_replica(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@pooler:6432/c")
    assert set(read_databases(Env())) == {"default"}
    assert "lock_timeout=8s" in read_databases(Env())["default"]["OPTIONS"]["options"]

    monkeypatch.setenv("DIRECT_DATABASE_URL", "postgresql://a@database:5432/c")
    monkeypatch.setenv("REPLICA_DATABASE_URL", "postgresql://a@replica:5432/c")
    found = read_databases(Env())

    assert set(found) == {"default", "direct", "replica"}
    assert "options" not in found["default"]["OPTIONS"]
    assert found["default"]["DISABLE_SERVER_SIDE_CURSORS"]
    assert "lock_timeout=8s" in found["direct"]["OPTIONS"]["options"]
