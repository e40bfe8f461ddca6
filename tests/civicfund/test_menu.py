"""The numbers in the desk's menu: asked for once in a while, true after every step, and nobody else's."""

from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from calls.models import Application, Call
from civicfund.desk import menu
from civicfund.quick_redis import quick_redis
from tests import factories
from tests.desk import desk_of, list_url, officer_with, permission_of, row_url, take_step

RIGHTS = ("calls.view_application", "calls.change_application")
ENTRY = "Applications"


@pytest.fixture(autouse=True)
def emptied(settings: Any) -> None:
    """Begin with nothing kept from another test."""
    line = quick_redis(settings.REDIS_URL)
    line.delete(menu.LAST_STEP, *line.keys("desk:waiting:*"))


@pytest.fixture
def application(call: Call, organizer: User) -> Application:
    """Return an application that waits for a decision."""
    return factories.make_application(call=call, organization=factories.make_organization(user=organizer))


def look(client: Client, address: str) -> tuple[dict[str, str], bool]:
    """Return the menu's numbers on a page, and whether the queues were asked for them."""
    with CaptureQueriesContext(connection) as captured:
        page = client.get(address)
    items = [item for group in page.context["sidebar_navigation"] for item in group["items"]]
    shown = {str(item["title"]): item["badge"] for item in items if "badge" in item}
    return shown, any("queue_due" in one["sql"] for one in captured.captured_queries)


def test_numbers_are_asked_for_once_and_on_the_first_page_always(
    application: Application, call: Call, stranger: User, officer: User
) -> None:
    desk = desk_of(officer)

    assert look(desk, list_url(Call)) == ({ENTRY: "1"}, True)
    assert look(desk, list_url(Application)) == ({ENTRY: "1"}, False)
    # Handed in on the public site meanwhile.
    factories.make_application(call=call, organization=factories.make_organization(user=stranger))
    assert look(desk, list_url(Call)) == ({ENTRY: "1"}, False)
    assert look(desk, reverse("admin:index")) == ({ENTRY: "2"}, True)
    assert look(desk, list_url(Call)) == ({ENTRY: "2"}, False)


def test_step_just_done_shows_at_once_and_to_everybody(application: Application, officer: User) -> None:
    desk, colleague = (
        desk_of(officer),
        desk_of(factories.make_user("other", is_staff=True, is_superuser=True)),
    )
    for client in (desk, colleague):
        look(client, list_url(Call))

    take_step(desk, row_url(application, "exclude"), reason="Non è a Milano.")

    # It waits for a second person now, who is not the one who has proposed.
    assert look(desk, list_url(Call))[0] == {ENTRY: "1"}
    assert look(colleague, list_url(Call)) == ({ENTRY: "1", "Decisions to confirm": "1"}, True)


def test_numbers_are_nobody_elses_and_go_with_the_rights(application: Application, officer: User) -> None:
    clerk, reader = officer_with(*RIGHTS), officer_with("calls.view_application")

    assert look(desk_of(officer), list_url(Application))[0] == {ENTRY: "1"}
    assert look(desk_of(clerk), list_url(Application)) == ({ENTRY: "1"}, True)
    assert look(desk_of(reader), list_url(Application)) == ({}, True)
    clerk.user_permissions.remove(permission_of("calls.change_application"))
    assert look(desk_of(clerk), list_url(Application)) == ({}, True)


def test_numbers_are_forgotten_after_a_while(application: Application, officer: User, settings: Any) -> None:
    look(desk_of(officer), list_url(Call))

    line = quick_redis(settings.REDIS_URL)
    (kept,) = line.keys("desk:waiting:*")
    assert 0 < line.ttl(kept) <= menu.KEPT_SECONDS


def test_what_was_counted_before_a_step_is_not_kept_after_it(
    application: Application, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one page is counting, another one's step is done."""
    desk, count = desk_of(officer), menu.waiting_queues

    def count_slowly(request: Any) -> Any:
        counted = count(request)
        menu.forget_numbers()
        return counted

    monkeypatch.setattr(menu, "waiting_queues", count_slowly)
    look(desk, list_url(Call))

    assert look(desk, list_url(Call)) == ({ENTRY: "1"}, True)


def test_numbers_are_counted_each_time_while_redis_is_away(
    application: Application, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(url: str) -> redis.Redis:
        raise redis.ConnectionError

    monkeypatch.setattr(menu, "quick_redis", away)
    desk = desk_of(officer)

    assert look(desk, list_url(Call)) == ({ENTRY: "1"}, True)
    take_step(desk, row_url(application, "exclude"), reason="Non è a Milano.")
    assert look(desk, list_url(Call)) == ({ENTRY: "1"}, True)
