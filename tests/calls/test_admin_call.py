"""The desk's page of a call: its tabs, the rule check, the preview, the answers."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.admin.call import CallAdmin
from calls.admin.sections import READ, TABS, TYPED
from calls.models import Call, CallFaq
from calls.services import write_faq
from tests import factories
from tests.calls.test_admin import ADD, rows, typed_call
from tests.desk import desk_of, officer_with, row_url, text_of

CHECK = "admin:calls_call_rule_check"


def draft_as_typed(call: Call, **changes: Any) -> dict[str, Any]:
    """Return a draft's page as an officer sends it, its tables left empty."""
    tables = rows("sessions") | rows("themes") | rows("criteria") | rows("document_requirements")
    return typed_call(**tables, **changes)


def test_every_section_and_table_stands_in_a_tab(officer: User) -> None:
    keys = {f"at-{key}" for key, _title, _tables in TABS}
    placed = {table for _key, _title, tables in TABS for table in tables}

    assert {name for _title, options in [*TYPED, *READ] for name in options["classes"]} <= keys
    page = desk_of(officer).get(reverse(ADD))
    shown = {one.formset.prefix for one in page.context["inline_admin_formsets"]}
    assert shown <= placed
    assert len(placed) == len(CallAdmin.inlines)


def test_tabs_stand_in_order_and_each_has_its_panel(officer: User) -> None:
    page = desk_of(officer).get(row_url(factories.make_draft_call())).content.decode()

    linked = re.findall(r'class="desk-tabs__tab" id="to-([a-z]+)" href="#tab-([a-z]+)"', page)
    assert linked == [(key, key) for key, _title, _tables in TABS]
    assert re.findall(r'id="tab-([a-z]+)"', page) == [key for key, _title, _tables in TABS]


def test_a_fault_is_counted_on_its_tab(officer: User) -> None:
    sent = typed_call(cap_cents="tanto", cost_min_cents="?", **{"sessions-0-closes_at_0": "2020-01-01"})

    answer = desk_of(officer).post(reverse(ADD), sent)

    counted = {tab.key: tab.errors for tab in answer.context["tabs"] if tab.errors}
    assert counted == {"rules": 2, "windows": 1}
    assert 'href="#tab-rules" data-errors="2"' in answer.content.decode()


def test_publication_tab_says_what_is_missing_and_leads_there(officer: User) -> None:
    call = factories.make_draft_call(fund_cents=0, themes=[])

    page = desk_of(officer).get(row_url(call)).content.decode()

    assert "The fund is zero" in page
    assert 'href="#id_fund_cents"' in page
    assert 'href="#themes-group"' in page
    assert 'id="themes-group"' in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ["€100,000 €50,000 €50,000 €0", "€120,000 would not be admitted"]),
        ({"try_cost": "80.000"}, ["€80,000 (your cost) €40,000 €40,000 €0"]),
        (
            {"try_cost": "120.000"},
            ["€120,000 (your cost) would not be admitted: The project has to cost between"],
        ),
        ({"try_cost": "molto"}, ["Write an amount in euro"]),
        ({"grant_bp": "70"}, ["add up to more than 100 %"]),
        ({"cap_cents": "tanto"}, ["Cap per project: Write an amount in euro", "No cost fits"]),
    ],
)
def test_rule_check_works_out_what_is_typed(officer: User, changes: dict[str, str], said: list[str]) -> None:
    typed = {"threshold_bp": "50", "grant_bp": "50", "cap_cents": "50.000", "cost_max_cents": "100.000"}
    sent = typed_call(**(typed | changes))

    part = desk_of(officer).post(reverse(CHECK), sent, headers={"hx-request": "true"})
    whole = desk_of(officer).post(reverse(CHECK), sent)

    assert [words for words in said if words not in text_of(part)] == []
    assert [words for words in said if words not in text_of(whole)] == []
    assert "<html" not in part.content.decode()
    assert "<html" in whole.content.decode()
    assert not Call.objects.exists()


def test_rule_check_is_for_those_who_write_calls(stranger: User) -> None:
    reader = desk_of(officer_with("calls.view_call"))

    assert reader.post(reverse(CHECK), typed_call()).status_code == 403
    assert desk_of(stranger).post(reverse(CHECK), typed_call()).status_code == 302


def test_preview_shows_the_public_page_and_saves_nothing(officer: User) -> None:
    answer = desk_of(officer).post(reverse(ADD), typed_call(title="Cortili mai visti", _preview="1"))

    assert answer.status_code == 200
    assert "calls/call_detail.html" in [template.name for template in answer.templates]
    assert "Cortili mai visti" in text_of(answer)
    assert answer.context["sessions"][0].number == 1
    assert not Call.objects.exists()


def test_preview_of_a_changed_draft_leaves_it_as_it_was(officer: User) -> None:
    call = factories.make_draft_call()

    answer = desk_of(officer).post(row_url(call), draft_as_typed(call, title="Altro", _preview="1"))

    assert "<h1>Altro</h1>" in answer.content.decode()
    call.refresh_from_db()
    assert call.title != "Altro"


def test_preview_of_what_cannot_be_saved_says_why(officer: User) -> None:
    answer = desk_of(officer).post(reverse(ADD), typed_call(title="", cap_cents="tanto", _preview="1"))

    words = text_of(answer)
    assert "The page cannot be shown yet" in words
    assert "Cap per project : Write an amount in euro" in words
    assert b'name="title"' not in answer.content


def test_answers_are_written_while_the_call_is_published(officer: User, call: Call) -> None:
    desk = desk_of(officer)
    sent = {"call": call.pk, "position": 1, "question": "Serve una sede?", "answer": "Sì."}

    desk.post(reverse("admin:calls_callfaq_add"), sent)

    faq = CallFaq.objects.get()
    assert (faq.written_by, faq.call) == (officer, call)
    assert row_url(faq) in desk.get(row_url(call)).content.decode()
    desk.post(row_url(faq), sent | {"answer": "No."})
    changed = call.faqs.current().get()
    assert (changed.answer, changed.replaces) == ("No.", faq)
    assert row_url(faq) in desk.get(row_url(changed)).content.decode()
    assert desk.post(row_url(faq), sent).status_code == 403
    desk.post(row_url(changed, "end"), {"seen": ""})
    assert not call.faqs.current().exists()


def test_answers_are_never_deleted_at_the_desk(officer: User, call: Call) -> None:
    faq = write_faq(call=call, question="?", answer="!", by=officer, now=timezone.now())

    assert desk_of(officer).post(row_url(faq, "delete"), {"post": "yes"}).status_code == 403
    assert CallFaq.objects.exists()
