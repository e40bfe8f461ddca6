"""The desk's first page: what waits for whom, the most urgent first, and the calls at a glance."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from calls.services import propose_amendment
from civicfund.desk import waiting_queues
from civicfund.desk.queues import after
from matching.desk import by_due
from matching.glance import _drawn
from matching.roles import ROLES
from matching.services import write_roles
from tests import factories
from tests.desk import desk_of, text_of

INDEX = reverse("admin:index")


def desk_in(key: str) -> Client:
    """Return the browser of a person in a role."""
    write_roles()
    (role,) = (one for one in ROLES if one.key == key)
    person = factories.make_user(key, is_staff=True)
    person.groups.add(Group.objects.get(name=role.name))
    return desk_of(person)


def cards(page: HttpResponse, name: str = "waiting") -> dict[str, int]:
    """Return how many rows wait in each queue of a part of the page, in its order."""
    return {str(card["title"]): card["count"] for card in page.context[name]}


@pytest.fixture
def work(call: Call, officer: User, organizer: User) -> Call:
    """Return a call with an application to decide and an amendment somebody has proposed."""
    factories.make_application(call=call, organization=factories.make_organization(user=organizer))
    now = timezone.now()
    propose_amendment(
        call=call,
        act_number="DD 1/2027",
        act_date=now.date(),
        reason="Un refuso.",
        changes={"summary": "Un bando di prova, corretto."},
        by=officer,
        now=now,
    )
    return call


def test_by_due_puts_the_most_urgent_first_and_what_has_no_time_last() -> None:
    now = timezone.now()
    queues = [
        {"title": "few", "due": None, "count": 1},
        {"title": "later", "due": now + timedelta(days=3), "count": 1},
        {"title": "many", "due": None, "count": 9},
        {"title": "late", "due": now - timedelta(days=1), "count": 1},
    ]

    assert [queue["title"] for queue in by_due(queues)] == ["late", "later", "many", "few"]


def test_first_page_shows_a_role_what_it_sees_to_and_apart_from_it_what_others_do(work: Call) -> None:
    officer, clerk = desk_in("procedure_officer").get(INDEX), desk_in("clerk").get(INDEX)

    assert cards(officer) == {"Amendments that wait for a second person": 1, "Applications to decide": 1}
    assert cards(officer, "others") == {}
    # The clerk proposes the decision.
    assert cards(clerk) == {"Applications to decide": 1}
    idle = desk_in("communication").get(INDEX)
    assert cards(idle) == {}
    assert cards(idle, "others") == {"Amendments that wait for a second person": 1}
    assert "Nothing waits for you. Enjoy your coffee." in text_of(idle)
    assert "1 queue that others see to" in text_of(idle)
    badges = [item.get("badge") for group in idle.context["sidebar_navigation"] for item in group["items"]]
    assert not any(badges)


def test_first_page_of_the_auditor_shows_everything_that_waits_and_that_it_is_not_for_him(work: Call) -> None:
    page = desk_in("auditor").get(INDEX)

    assert cards(page) == {}
    assert set(cards(page, "others")) == {
        "Applications to decide",
        "Amendments that wait for a second person",
    }
    words = text_of(page)
    assert "What waits for you" not in words and "Enjoy your coffee" not in words
    assert "Revisore (sola lettura)" in words


def test_first_page_of_a_committee_member_tells_of_the_calls_without_what_others_may_see(work: Call) -> None:
    page = desk_in("member").get(INDEX)

    words = text_of(page)
    assert work.title in words and "days left" in words
    assert "1 application" not in words and "Allocated" not in words and "asked" not in words
    assert "Nothing waits for you. Enjoy your coffee." in words


def test_first_page_says_by_when_and_what_is_late(work: Call, officer: User) -> None:
    work.applications.update(submitted_at=timezone.now() - timedelta(days=31))

    page = desk_of(factories.make_user("other", is_staff=True, is_superuser=True)).get(INDEX)

    (late, soon) = page.context["waiting"]
    assert (str(late["title"]), late["is_late"], soon["is_late"]) == ("Applications to decide", True, False)
    assert timedelta(days=2) < soon["due"] - timezone.now() < timedelta(days=3)
    words = text_of(page)
    assert "overdue" in words and "2 days and 23 hours left" in words


def test_what_somebody_proposed_waits_for_others_alone(work: Call, officer: User) -> None:
    proposer = desk_of(officer).get(INDEX)
    other = desk_of(factories.make_user("other", is_staff=True, is_superuser=True)).get(INDEX)

    assert "Amendments that wait for a second person" not in cards(proposer)
    assert cards(other)["Amendments that wait for a second person"] == 1


def test_every_queue_that_waits_has_somebody_who_sees_to_it(db: None) -> None:
    """A queue that no role sees to would wait for ever."""
    write_roles()
    seen: set[str] = set()
    every: set[str] = set()
    for role in ROLES:
        person = factories.make_user(role.key, is_staff=True)
        person.groups.add(Group.objects.get(name=role.name))
        request = RequestFactory().get("/")
        request.user = person
        for queue in waiting_queues(request):
            every.add(queue["link"])
            if queue["is_mine"]:
                seen.add(queue["link"])

    names = {
        f"{model._meta.model_name}/?queue={queue.key}"
        for model, page in admin.site._registry.items()
        for queue in getattr(page, "queues", ())
        if queue.waits
    }
    assert {link.partition("/gestione/")[2].split("/", 1)[1] for link in every} == names
    assert every - seen == set()


def test_due_of_a_queue_is_a_span_after_an_instant(work: Call) -> None:
    row = work.amendments.annotate(due=after("proposed_at", days=3)).get()

    assert row.due - row.proposed_at == timedelta(days=3)


@pytest.mark.parametrize(
    ("counted", "fund_cents", "expected"),
    [
        ([], 100, {"total": 0, "asked_cents": 0, "over_cents": 0, "asked": 0, "fund": 1000}),
        # Two of 200 with half each, one excluded that asks for nothing, one above the cap of 80.
        (
            [("submitted", 200, 1), ("admitted", 200, 1), ("inadmissible", 900, 1), ("submitted", 900, 1)],
            100,
            {"total": 4, "asked_cents": 240, "over_cents": 140, "asked": 1000, "fund": 416},
        ),
        ([("withdrawn", 100, 3)], 0, {"total": 3, "asked_cents": 0, "over_cents": 0, "asked": 0, "fund": 0}),
    ],
)
def test_drawn_sums_what_is_asked_against_the_fund(
    counted: list[tuple[str, int, int]],
    fund_cents: int,
    expected: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matching.glance.meter_figures", lambda fund: {"allocated_cents": fund})
    call: Any = SimpleNamespace(
        funds=SimpleNamespace(all=lambda: [fund_cents] if fund_cents else []),
        promise=lambda cents: SimpleNamespace(grant_cents=min(cents // 2, 80)),
    )

    drawn = _drawn(call, counted)

    assert {name: drawn[name] for name in expected} == expected
    assert sum(part["number"] for part in drawn["parts"]) == expected["total"]
    assert sum(part["width"] for part in drawn["parts"]) <= 1000


def test_first_page_asks_at_most_twenty_questions_whatever_waits(
    work: Call, officer: User, organizer: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        body = factories.make_organization(user=organizer)
        factories.make_application(call=work, organization=body, title=f"Orto {number}")
    desk = desk_of(factories.make_user("other", is_staff=True, is_superuser=True))
    desk.get(INDEX)

    with django_assert_max_num_queries(20):
        page = desk.get(INDEX)

    assert cards(page)["Applications to decide"] == 4
    assert "4 applications" in text_of(page) and "4 to decide" in text_of(page)
