"""The desk's first page and its grants; and every page of the desk once, with rows in it."""

import pickle
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from calls.services import record_outcome
from campaigns.models import Campaign
from campaigns.services import submit_campaign
from civicfund.desk import queues, waiting_queues
from donations.models import StripeEvent
from donations.services import issue_receipt, owe_refund
from matching.desk import STAGES
from matching.models import Grant
from matching.services import release_grant
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, text_of

INDEX = "admin:index"


@pytest.fixture
def world(campaign: Campaign, call: Call, officer: User, donor: User) -> Campaign:
    """Return an awarded campaign in a world where every table of the desk has a row and every kind of work waits."""
    now = timezone.now()
    body = factories.make_organization(user=donor)
    factories.make_application(call=call, organization=body, title="Un cinema in cortile")
    reviewed = factories.make_application(
        call=call, organization=factories.make_organization(user=factories.make_user("bice"))
    )
    submit_campaign(campaign=factories.make_draft_campaign(application=reviewed, officer=officer), now=now)
    gift = factories.give(campaign=campaign, amount_cents=5000, email="ada@example.org")
    issue_receipt(donation=gift, now=now)
    owe_refund(donation=gift, by=officer, reason="Pagato due volte.", now=now)
    factories.give(campaign=campaign, amount_cents=campaign.threshold_cents)
    release_grant(campaign=campaign, now=timezone.now())
    StripeEvent.objects.create(
        stripe_id="evt_1", type="x", received_at=now, next_attempt_at=now, processed_at=now, outcome="unknown"
    )
    factories.make_draft_call()
    return Campaign.objects.get(pk=campaign.pk)


def rows_of_the_desk():
    """Yield one row of every table the desk shows."""
    request = RequestFactory().get("/")
    request.user = User(is_staff=True, is_superuser=True, pk=0)
    for page in admin.site._registry.values():
        row = page.get_queryset(request).order_by("pk").last()
        if row is not None:
            yield row


def test_every_page_renders_with_rows(world: Campaign, officer: User) -> None:
    desk = desk_of(officer)
    shown = 0

    for row in rows_of_the_desk():
        model_admin = admin.site._registry[type(row)]
        assert desk.get(list_url(row)).status_code == 200
        if model_admin.search_fields:
            assert desk.get(list_url(row, q="zebra")).status_code == 200
        for queue in getattr(model_admin, "queues", ()):
            assert desk.get(list_url(row, queue=queue.key)).status_code == 200
        response = desk.get(row_url(row))
        assert response.status_code == 200, row
        assert desk.get(row_url(row, "history")).status_code == 200
        shown += 1
    assert shown >= 13


#: More rows of a list than it may ask questions, so that one question for each row is too many.
CROWD = 21


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every list show each of its rows many times over, as if they were as many."""
    found = ChangeList.get_results

    def get_results(self: ChangeList, request: HttpRequest) -> None:
        found(self, request)
        kept = [pickle.dumps(row) for row in self.result_list]
        # Rows of this very test, a moment ago.
        self.result_list = [pickle.loads(row) for row in kept for _number in range(CROWD)]  # noqa: S301 # nosemgrep: code-from-data

    monkeypatch.setattr(ChangeList, "get_results", get_results)


def list_with(row: Model) -> str:
    """Return the address of a list that shows a row."""
    page: Any = admin.site._registry[type(row)]
    request = RequestFactory().get("/")
    request.user = User(is_staff=True, is_superuser=True, pk=0)
    rows = page.get_queryset(request)
    for queue in getattr(page, "queues", ()):
        if queue.keep(rows, timezone.now()).filter(pk=row.pk).exists():
            return list_url(row, queue=queue.key)
    return list_url(row)


def test_no_list_asks_more_than_twenty_questions_however_many_rows_it_shows(
    world: Campaign, officer: User, crowded: None
) -> None:
    desk = desk_of(officer)
    asked = {}

    for row in rows_of_the_desk():
        address = list_with(row)
        with CaptureQueriesContext(connection) as questions:
            page = desk.get(address)
        assert len(page.context["cl"].result_list) % CROWD == 0
        asked[address] = len(questions)

    assert len(asked) >= 20
    assert {address: number for address, number in asked.items() if number > 20} == {}


def test_what_waits_and_what_a_tab_counts_is_what_a_queue_keeps(
    world: Campaign, officer: User, rf: RequestFactory
) -> None:
    """The questions are written once, without a reader and without an instant."""
    request = rf.get("/")
    request.user = officer
    now = timezone.now()
    seen = 0

    waiting = {one["link"]: one["count"] for one in waiting_queues(request)}
    for model, page in admin.site._registry.items():
        for queue in getattr(page, "queues", ()):
            address = list_url(model, queue=queue.key)
            kept = queue.keep(page.get_queryset(request), now)
            others = kept.exclude(**{queue.not_for: officer}) if queue.not_for else kept
            if queue.waits:
                assert waiting[address] == others.values("pk").distinct().count(), address
            tab = queues._ask(queues._tab_question, request, [(page, queue)], now)
            assert tab[0][0] == kept.count(), address
            seen += kept.count() > 0
    assert seen >= 30


def test_every_page_is_closed_to_those_without_rights(
    world: Campaign, evaluator: User, stranger: User
) -> None:
    clerk, outsider = desk_of(evaluator), desk_of(stranger)

    for row in rows_of_the_desk():
        assert clerk.get(list_url(row)).status_code == 403
        assert clerk.get(row_url(row)).status_code == 403
        assert outsider.get(list_url(row)).status_code == 302
        assert outsider.get(row_url(row)).status_code == 302


def test_every_column_that_offers_to_sort_can_be_sorted(officer: User, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = officer
    sorted_by = 0

    for model, model_admin in admin.site._registry.items():
        for name in model_admin.get_list_display(request):
            order = getattr(getattr(model_admin, name, None), "admin_order_field", None)
            if order is not None:
                str(model_admin.get_queryset(request).order_by(order).query)
                sorted_by += 1
        assert model_admin.get_queryset(request).model is model
    assert sorted_by >= 60


def test_first_page_counts_what_waits(world: Campaign, officer: User) -> None:
    response = desk_of(officer).get(reverse(INDEX))

    waiting = {str(card["title"]): card["count"] for card in response.context["waiting"]}
    assert waiting == {
        "Applications to decide": 1,
        "Campaigns to review": 1,
        "Unknown Stripe events, last 7 days": 1,
        "Campaigns that owe money, or have some nobody can explain": 1,
        "Receipts to be corrected, by itself within a minute": 1,
    }
    words = text_of(response)
    assert "No mail is stuck." in words and "No grant waits for the fund." in words
    for card in response.context["waiting"]:
        assert desk_of(officer).get(card["link"]).status_code == 200


def test_first_page_counts_stuck_mails_and_waiting_grants(world: Campaign, officer: User) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Mail.objects.filter(pk=Mail.objects.first().pk).update(status="sending", claimed_at=long_ago)

    words = text_of(desk_of(officer).get(reverse(INDEX)))

    assert "1 Mails that got stuck" in words


def test_first_page_shows_the_open_calls_money(world: Campaign, officer: User) -> None:
    words = text_of(desk_of(officer).get(reverse(INDEX)))

    assert world.call.title in words
    assert "€600,000 €10,000 €0 €590,000" in words
    assert world.title in words


def test_first_page_when_nothing_waits(officer: User) -> None:
    words = text_of(desk_of(officer).get(reverse(INDEX)))

    assert "Nothing waits for you." in words
    assert "No call is going on." in words
    assert "No campaign is open now." in words


def test_first_page_shows_only_what_an_officer_may_see(
    world: Campaign, evaluator: User, stranger: User
) -> None:
    some = desk_of(officer_with("calls.view_application")).get(reverse(INDEX))
    none = desk_of(evaluator).get(reverse(INDEX))

    assert some.context["waiting"] == []
    assert [str(card["title"]) for card in some.context["others"]] == ["Applications to decide"]
    assert "calls" not in some.context and "deadlines" not in some.context
    assert none.context["waiting"] == []
    assert desk_of(stranger).get(reverse(INDEX)).status_code == 302


def test_menu_is_grouped_and_counts_what_waits(world: Campaign, officer: User) -> None:
    page = desk_of(officer).get(reverse(INDEX))

    groups = {str(group["title"]): group["items"] for group in page.context["sidebar_navigation"]}
    assert list(groups) == [
        "",
        "Calls and applications",
        "Evaluation committee",
        "Campaigns",
        "Money",
        "People",
        "Trail",
    ]
    badges = {str(item["title"]): item.get("badge") for items in groups.values() for item in items}
    assert badges["Applications"] == "1" and badges["Campaigns"] == "1" and badges["Gifts"] is None
    clerk = desk_of(officer_with("calls.view_application")).get(reverse(INDEX)).content.decode()
    assert "/calls/application/" in clerk and "/donations/donation/" not in clerk


def test_every_page_of_the_desk_where_work_waits_has_its_entry_in_the_menu() -> None:
    entries = {model for _title, items in STAGES for model, _words, _icon in items}
    pages = {model._meta.label_lower: page for model, page in admin.site._registry.items()}

    waiting = {
        model for model, page in pages.items() if any(queue.waits for queue in getattr(page, "queues", ()))
    }

    assert waiting, "no queue waits anywhere"
    assert waiting <= entries
    assert entries <= set(pages)


def test_closed_calls_are_not_shown_on_the_first_page(officer: User) -> None:
    now = timezone.now()
    old = [{"opens_at": now - timedelta(days=90), "closes_at": now - timedelta(days=60)}]
    call = factories.make_call(officer=officer, sessions=old)
    record_outcome(call=call, source="un giornale")

    assert call.title not in text_of(desk_of(officer).get(reverse(INDEX)))


def test_grant_shows_its_formula_and_evidence(world: Campaign, officer: User) -> None:
    grant = Grant.objects.get(campaign=world)
    desk = desk_of(officer)

    words = text_of(desk.get(row_url(grant)))

    assert "50% of €20,000, rounded up to the cent, is €10,000" in words
    assert "the cap of €50,000, is €10,000" in words
    assert f"The gifts up to ledger entry {grant.evidence_id}" in words
    assert world.title in text_of(desk.get(list_url(grant, queue="awarded")))


def test_grants_are_neither_added_nor_changed_nor_deleted(world: Campaign, officer: User) -> None:
    grant, desk = Grant.objects.get(campaign=world), desk_of(officer)

    assert desk.get(list_url(grant) + "add/").status_code == 403
    assert desk.post(row_url(grant), {"amount_cents": "1"}).status_code == 403
    assert desk.post(row_url(grant, "delete"), {"post": "yes"}).status_code == 403
