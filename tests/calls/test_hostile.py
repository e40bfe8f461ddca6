"""What hostile and clumsy people type into the steps of an application, and what each of them gets."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Application, Call
from calls.services import start_application
from tests.factories import make_call, make_draft_application, make_organization
from tests.pages import browser_of

RIGHT_TO_LEFT = "\u202e"
ROW = {"category": "goods", "description": "Un forno", "amount": "100", "eligible": ""}
ACTIVITY = {"title": "Lavori", "first_month": "1", "months": "2"}

#: Step, field, what is typed: it is said beside the field, kept as it was typed, and not stored.
REFUSED: list[tuple[str, str, str]] = [
    ("budget", "amount", "-5"),
    ("budget", "amount", "0"),
    ("budget", "amount", "1e9"),
    ("budget", "amount", "NaN"),
    ("budget", "amount", "Infinity"),
    ("budget", "amount", "0x10"),
    ("budget", "amount", "1.234.56"),
    ("budget", "amount", "1,2,3"),
    ("budget", "amount", "12 euro e 50"),
    ("budget", "amount", "100.000.000,01"),
    ("budget", "amount", "9" * 18),
    ("budget", "amount", "9" * 500),
    ("budget", "amount", "🍕"),
    ("budget", "amount", "١٢٣"),
    ("budget", "amount", f"10{RIGHT_TO_LEFT}00"),
    ("budget", "eligible", "100,01"),
    ("budget", "eligible", "-1"),
    ("budget", "description", "x" * 201),
    ("budget", "description", ""),
    ("budget", "category", "free_money"),
    ("budget", "cofinancing", "x" * 301),
    ("timeline", "duration_months", "0"),
    ("timeline", "duration_months", "13"),
    ("timeline", "duration_months", "sei"),
    ("timeline", "duration_months", "1,5"),
    ("timeline", "duration_months", "∞"),
    ("timeline", "duration_months", "9" * 30),
    ("timeline", "first_month", "-1"),
    ("timeline", "months", "0"),
    ("timeline", "months", "99999"),
    ("timeline", "title", "x" * 121),
    ("place", "borough", "10"),
    ("place", "borough", "2 OR 1=1"),
    ("place", "place", "x" * 201),
    ("place", "team", "x" * 500_000),
    ("project", "title", ""),
    ("project", "title", " \t "),
    ("project", "title", "x" * 121),
    ("project", "summary", "x" * 301),
    ("project", "theme", "999999999999999999999"),
    ("project", "theme", "../../etc/passwd"),
    ("project", "organization", "0"),
]
#: Step, field, what is typed, and what is stored of it.
STORED: list[tuple[str, str, str, Any]] = [
    ("project", "title", "<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("project", "title", "{{ settings.SECRET_KEY }} %(x)s", "{{ settings.SECRET_KEY }} %(x)s"),
    (
        "project",
        "title",
        "  Forno 🍕 di \u0645\u064a\u0644\u0627\u0646\u0648  ",
        "Forno 🍕 di \u0645\u064a\u0644\u0627\u0646\u0648",
    ),
    ("project", "title", "Forno\0 di quartiere", "Forno di quartiere"),
    (
        "place",
        "place",
        "Robert'); DROP TABLE calls_application;--",
        "Robert'); DROP TABLE calls_application;--",
    ),
    ("budget", "amount", "€ 1.250,50", 125_050),
    ("budget", "amount", "1,250.50", 125_050),
    ("budget", "amount", "1250,5", 125_050),
    ("budget", "amount", " 1 250,50 euro ", 125_050),
]
#: Step and what comes along with it: nothing breaks and nothing is written that was not typed.
CLUMSY: list[tuple[str, dict[str, Any]]] = [
    ("project", {"version": "abc"}),
    ("project", {"version": "-1"}),
    ("project", {"version": "9" * 50}),
    ("project", {"page": "x" * 10_000}),
    ("project", {"title": ["Uno", "Due"]}),
    ("budget", {"rows": "up:99999999999999"}),
    ("budget", {"rows": "remove:²"}),
    ("budget", {"rows": "🍕"}),
    ("budget", {"amount": ["1", "2", "3"]}),
    ("budget", {"description": []}),
    ("declarations", {"truth": "on", "admin": "on", "__class__": "on"}),
    ("declarations", {"truth": "0" * 16}),
    ("declarations", {"truth": ["x" * 100_000, "\0"]}),
    ("place", {"status": "admitted", "cost_cents": "1", "protocol_number": "2027-01-0001"}),
]


@pytest.fixture
def draft(call: Call, organizer: User) -> Application:
    """Return a draft in which nothing is missing."""
    return make_draft_application(call=call, organization=make_organization(user=organizer))


@pytest.fixture
def browser(organizer: User) -> Client:
    """Return the organizer's browser."""
    return browser_of(organizer)


def at(draft: Application, key: str) -> str:
    """Return the address of a step."""
    return reverse(f"calls:step_{key}", args=[draft.public_id])


def typed(browser: Client, draft: Application, key: str, **changes: Any) -> dict[str, Any]:
    """Return what the open page of a step sends after a change."""
    context = browser.get(at(draft, key)).context
    known = {"page": str(context["page"]), "version": str(context["saved"].version)}
    rows = {"budget": ROW, "timeline": ACTIVITY}.get(key, {})
    return {**context["form"].stored, **rows, **known, **changes}


@pytest.mark.parametrize(("key", "field", "text"), REFUSED, ids=lambda value: str(value)[:30])
def test_what_cannot_be_read_is_said_and_kept(
    browser: Client, draft: Application, key: str, field: str, text: str
) -> None:
    answer = browser.post(at(draft, key), typed(browser, draft, key, **{field: text}))

    assert answer.status_code == 302
    page = browser.get(at(draft, key))
    form = page.context["form"]
    wrong = {name for one in [form, *form.rows] for name in one.errors}
    assert wrong == {field}
    assert form.typed[field] == [text]
    assert 'aria-invalid="true"' in page.content.decode()
    assert any(fault.field == "" for fault in page.context["step"].faults)
    before = Application.objects.get(pk=draft.pk)
    assert before.title == draft.title
    assert before.organization_id == draft.organization_id


@pytest.mark.parametrize(("key", "field", "text", "kept"), STORED)
def test_what_can_be_read_is_stored_as_it_is(
    browser: Client, draft: Application, key: str, field: str, text: str, kept: Any
) -> None:
    browser.post(at(draft, key), typed(browser, draft, key, **{field: text}))

    draft = Application.objects.get(pk=draft.pk)
    stored = draft.cost_cents if key == "budget" else getattr(draft, field)
    assert stored == kept
    page = browser.get(at(draft, key)).content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize(("key", "along"), CLUMSY, ids=lambda value: str(value)[:40])
def test_what_comes_along_breaks_nothing(
    browser: Client, draft: Application, key: str, along: dict[str, Any]
) -> None:
    answer = browser.post(at(draft, key), typed(browser, draft, key, **along))

    assert answer.status_code in (302, 409)
    assert browser.get(at(draft, key)).status_code == 200
    after = Application.objects.get(pk=draft.pk)
    assert (after.status, after.protocol_number) == ("draft", None)
    assert {made.key for made in after.declarations.all()} <= {
        "truth",
        "standing",
        "double_funding",
        "seat",
        "publication",
        "privacy",
    }


def test_more_than_a_request_may_bring(browser: Client, draft: Application) -> None:
    answer = browser.post(
        at(draft, "project"), typed(browser, draft, "project", campaign_text="x" * 10_000_000)
    )

    assert answer.status_code == 400
    draft.refresh_from_db()
    assert draft.campaign_text == "Apriamo un forno."


def test_more_rows_than_an_officer_reads(browser: Client, draft: Application) -> None:
    columns = {name: [text] * 61 for name, text in ROW.items()}

    browser.post(at(draft, "budget"), typed(browser, draft, "budget", **columns))

    form = browser.get(at(draft, "budget")).context["form"]
    assert list(form.errors) == ["__all__"]
    assert len(form.rows) == 61
    assert draft.budget_lines.count() == 60


def test_theme_of_another_call_and_body_of_another_person(
    browser: Client, draft: Application, officer: User, stranger: User
) -> None:
    theirs = {"theme": make_call(officer=officer).themes.get().pk}
    theirs["organization"] = make_organization(user=stranger).pk

    browser.post(at(draft, "project"), typed(browser, draft, "project", **theirs))

    after = Application.objects.get(pk=draft.pk)
    assert (after.theme_id, after.organization_id) == (draft.theme_id, draft.organization_id)


def test_pressing_save_twice_and_going_back(browser: Client, draft: Application) -> None:
    first = typed(browser, draft, "budget", amount="100")

    for amount in ("100", "100", "250"):
        assert browser.post(at(draft, "budget"), {**first, "amount": amount}).status_code == 302

    draft.refresh_from_db()
    assert draft.cost_cents == 25_000


def test_page_that_was_open_for_a_week_wipes_nothing(
    browser: Client, call: Call, organizer: User, draft: Application
) -> None:
    old = typed(browser, draft, "project", title="Vecchio")
    browser.post(at(draft, "project"), typed(browser, draft, "project", title="Nuovo"))

    answer = browser.post(at(draft, "project"), old)
    nothing = browser.post(at(draft, "project"), {})

    assert answer.status_code == nothing.status_code == 409
    draft.refresh_from_db()
    assert draft.title == "Nuovo"


def test_start_without_a_body_of_ones_own(call: Call, stranger: User, organizer: User) -> None:
    theirs = make_organization(user=organizer)
    make_organization(user=stranger)

    browser_of(stranger).post(
        reverse("calls:apply", args=[call.slug]), {"organization": theirs.pk, "title": "Furto"}
    )

    assert not Application.objects.exists()
    assert start_application(call=call, organization=theirs, title="Mio", by=organizer, now=timezone.now()).pk
