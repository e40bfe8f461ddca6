"""Writing the steps of an application, alone, with others, and with a session that ends."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Membership, Organization, User
from benchmarks.sending import values_of
from calls.models import Activity, Application, Call, Presence
from calls.services import MayOnlyRead, save_step, start_application, submit_application
from demo.applying import line, ticks_of
from tests.calls.partnering import make_partner
from tests.factories import make_draft_application, make_organization, make_user
from tests.pages import browser_of, words_of

HTMX = {"HX-Request": "true"}
STEPS = ["project", "place", "timeline", "budget", "partners", "documents", "declarations", "check"]


@pytest.fixture
def organization(organizer: User) -> Organization:
    """Return an association of the organizer."""
    return make_organization(user=organizer)


@pytest.fixture
def draft(call: Call, organization: Organization, organizer: User) -> Application:
    """Return an application of which nothing but the title is written."""
    return start_application(
        call=call, organization=organization, title="Un forno", by=organizer, now=timezone.now()
    )


@pytest.fixture
def anna(organization: Organization) -> User:
    """Return a second member of the association."""
    person = make_user("anna")
    Membership.objects.create(
        organization=organization, user=person, role=Membership.Role.EDITOR, created_at=timezone.now()
    )
    return person


def at(draft: Application, key: str) -> str:
    """Return the address of a step."""
    return reverse(f"calls:step_{key}", args=[draft.public_id])


def page_of(browser: Client, draft: Application, key: str) -> dict[str, str]:
    """Open a step and return what its page sends along."""
    context = browser.get(at(draft, key)).context
    return {"page": str(context["page"]), "version": str(context["saved"].version if context["saved"] else 0)}


def project(draft: Application, **changes: Any) -> dict[str, Any]:
    """Return what a person types into the first step."""
    theme = draft.call.themes.get().pk
    fields = {"organization": draft.organization_id, "title": "Un forno", "theme": theme}
    return {**fields, "summary": "Pane.", "campaign_text": "Apriamo.", **changes}


def budget(*amounts: str, **changes: Any) -> dict[str, Any]:
    """Return what a person types into the budget."""
    number = len(amounts)
    return {
        "category": ["goods"] * number,
        "description": [f"Spesa {place}" for place in range(1, number + 1)],
        "amount": list(amounts),
        "eligible": [""] * number,
        "cofinancing": "",
        **changes,
    }


def test_apply_begins_with_a_title(organizer: User, call: Call, organization: Organization) -> None:
    answer = browser_of(organizer).post(
        reverse("calls:apply", args=[call.slug]), {"organization": organization.pk, "title": "Un forno"}
    )

    application = Application.objects.get()
    assert answer["Location"] == at(application, "project")
    assert (application.title, application.status, application.cost_cents) == ("Un forno", "draft", 0)


@pytest.mark.parametrize("key", STEPS)
def test_step_of_an_empty_and_of_a_complete_draft(
    draft: Application, call: Call, organization: Organization, organizer: User, key: str
) -> None:
    whole = make_draft_application(call=call, organization=organization)
    browser = browser_of(organizer)

    for application in (draft, whole):
        answer = browser.get(at(application, key))
        page = answer.content.decode()
        assert answer.status_code == 200
        assert page.count("<h1") == 1
        assert 'aria-current="step"' in page
        assert " style=" not in page
        assert "None" not in words_of(answer)
        for state in answer.context["steps"]:
            assert f'href="{state.url}"' in page
            assert escape(state.words) in page


def test_each_step_saves_by_itself(draft: Application, organizer: User) -> None:
    browser = browser_of(organizer)
    typed: dict[str, dict[str, Any]] = {
        "project": project(draft, title="Due forni"),
        "place": {"borough": "2", "place": "Via Padova", "beneficiaries": "Tutti", "team": "Noi"},
        "timeline": {
            "duration_months": "6",
            "title": ["Lavori", "Festa"],
            "first_month": ["1", "6"],
            "months": ["5", "1"],
        },
        "budget": budget("10.000", "5.000,50"),
        "declarations": ticks_of(draft),
    }
    for key, fields in typed.items():
        answer = browser.post(at(draft, key), {**fields, "go": "next", **page_of(browser, draft, key)})
        assert answer.status_code == 302, key
        assert answer["Location"] == browser.get(at(draft, key)).context["next_step"].url

    draft = Application.objects.with_parts().get(pk=draft.pk)
    assert (draft.title, draft.borough, draft.cost_cents) == ("Due forni", 2, 1_500_050)
    assert [activity.last_month for activity in draft.activities.all()] == [5, 6]
    assert {made.made_by for made in draft.declarations.all()} == {organizer}
    assert submit_application(application=draft, by=organizer, now=timezone.now()).protocol_number


def test_autosave_keeps_what_cannot_be_read(draft: Application, organizer: User) -> None:
    browser = browser_of(organizer)

    answer = browser.post(
        at(draft, "budget"),
        {**budget("10.000", "ventimila"), **page_of(browser, draft, "budget")},
        headers=HTMX,
    )

    draft.refresh_from_db()
    told = answer.content.decode()
    assert draft.cost_cents == 1_000_000
    assert 'id="step-version" value="1" data-hx-swap-oob="true"' in told
    assert "10.000\u00a0€" in told
    again = browser.get(at(draft, "budget"))
    assert 'value="ventimila"' in again.content.decode()
    assert 'aria-invalid="true"' in again.content.decode()
    assert [fault.field for fault in again.context["step"].faults if not fault.field] == [""]


def test_open_page_may_save_again_and_again(draft: Application, organizer: User) -> None:
    browser = browser_of(organizer)
    known = page_of(browser, draft, "project")

    for title in ("Uno", "Due", "Tre"):
        answer = browser.post(at(draft, "project"), {**project(draft, title=title), **known}, headers=HTMX)
        assert answer.status_code == 200

    draft.refresh_from_db()
    assert draft.title == "Tre"


def test_stale_page_overwrites_nothing_and_shows_both_texts(
    draft: Application, organizer: User, anna: User
) -> None:
    mine, hers = browser_of(organizer), browser_of(anna)
    known, hers_known = page_of(mine, draft, "project"), page_of(hers, draft, "project")
    hers.post(at(draft, "project"), {**project(draft, title="Di Anna", summary="Sua."), **hers_known})

    answer = mine.post(at(draft, "project"), {**project(draft, title="Mio"), **known})

    draft.refresh_from_db()
    assert answer.status_code == 409
    assert (draft.title, draft.summary) == ("Di Anna", "Sua.")
    assert {one.name: (one.mine, one.theirs) for one in answer.context["differences"]} == {
        "title": (["Mio"], ["Di Anna"]),
        "summary": (["Pane."], ["Sua."]),
    }
    assert "Anna" in words_of(answer)
    # Both are there again when the person comes back later, and are put together field by field.
    later = mine.get(at(draft, "project"))
    assert len(later.context["differences"]) == 2
    known = {"page": str(later.context["page"]), "version": str(later.context["saved"].version)}
    choice = {"keep_title": "mine", "keep_summary": "theirs"}
    mine.post(at(draft, "project"), {**project(draft, title="Mio"), **known, **choice})
    draft.refresh_from_db()
    assert (draft.title, draft.summary) == ("Mio", "Sua.")
    assert mine.get(at(draft, "project")).context["differences"] == []


def test_stale_autosave_keeps_the_text_aside(draft: Application, organizer: User, anna: User) -> None:
    mine, hers = browser_of(organizer), browser_of(anna)
    known = page_of(mine, draft, "budget")
    hers.post(at(draft, "budget"), {**budget("100"), **page_of(hers, draft, "budget")})

    answer = mine.post(at(draft, "budget"), {**budget("200", "300"), **known}, headers=HTMX)

    assert "Anna" in answer.content.decode()
    assert [row.amount_cents for row in draft.budget_lines.all()] == [10_000]
    shown = mine.get(at(draft, "budget"))
    assert [one.name for one in shown.context["differences"]] == ["rows"]
    assert 'value="300"' in shown.content.decode()


def test_stale_page_with_the_same_text_has_nothing_to_decide(draft: Application, organizer: User) -> None:
    browser = browser_of(organizer)
    known = page_of(browser, draft, "project")
    typed = project(draft, campaign_text="Prima riga.\r\n\r\nSeconda.")

    first = browser.post(at(draft, "project"), {**typed, **known})
    twice = browser.post(at(draft, "project"), {**typed, "page": "another", "version": known["version"]})

    assert first.status_code == twice.status_code == 302
    assert not Presence.objects.exclude(overtaken={}).exists()


def test_page_says_who_else_is_here(draft: Application, organizer: User, anna: User) -> None:
    browser_of(anna).get(at(draft, "place"))

    page = browser_of(organizer).get(at(draft, "place"))
    asked = browser_of(organizer).get(at(draft, "place"), headers=HTMX)
    elsewhere = browser_of(organizer).get(at(draft, "project"))

    assert "Anna" in words_of(page)
    assert "Anna" in words_of(asked)
    assert "<h1" not in asked.content.decode()
    assert "Anna" not in words_of(elsewhere)


def test_what_was_typed_is_there_again_after_the_login(draft: Application, organizer: User) -> None:
    browser = Client()
    typed = {**project(draft, title="Scritto di notte"), "version": "0", "page": "x"}

    sent = browser.post(at(draft, "project"), typed)
    browser.force_login(organizer)
    back = browser.get(at(draft, "project"))

    assert sent["Location"] == f"{reverse('account_login')}?next={at(draft, 'project')}"
    assert 'value="Scritto di notte"' in back.content.decode()
    assert back.context["differences"] == []
    draft.refresh_from_db()
    assert draft.title == "Un forno"
    assert 'value="Un forno"' in browser.get(at(draft, "project")).content.decode()


def test_autosave_of_somebody_signed_out_says_so(draft: Application) -> None:
    answer = Client().post(at(draft, "project"), project(draft), headers=HTMX)

    assert answer.status_code == 200
    assert "uscit" in words_of(answer)


def test_rows_are_added_moved_and_removed_without_javascript(draft: Application, organizer: User) -> None:
    browser = browser_of(organizer)

    def press(order: str, *amounts: str) -> HttpResponse:
        known = page_of(browser, draft, "budget")
        return browser.post(at(draft, "budget"), {**budget(*amounts), **known, "rows": order})

    added = press("add", "1")
    assert len(browser.get(added["Location"]).context["form"].rows) == 1
    assert "new-row" in browser.get(added["Location"]).content.decode()
    press("down:1", "1", "2", "3")
    assert [row.amount_cents for row in draft.budget_lines.all()] == [200, 100, 300]
    press("remove:1", "2", "1", "3")
    assert [row.amount_cents for row in draft.budget_lines.all()] == [100, 300]
    press("fee", "20.000")
    assert [row.category for row in draft.budget_lines.all()] == ["goods", "fees"]


def test_steps_of_others_and_of_submitted_applications(
    draft: Application, call: Call, organizer: User, stranger: User
) -> None:
    handed_in = make_draft_application(call=call, organization=make_organization(user=organizer))
    submit_application(application=handed_in, by=organizer, now=timezone.now())
    browser = browser_of(organizer)

    for key in STEPS:
        assert browser_of(stranger).get(at(draft, key)).status_code == 404
        answer = browser.get(at(handed_in, key))
        if key == "partners":
            # Its letters of mandate are still wanted afterwards.
            assert answer.status_code == 200
            assert "Salva e invita" not in answer.content.decode()
        else:
            assert answer["Location"] == handed_in.get_absolute_url()
    browser.post(at(handed_in, "project"), project(handed_in, title="Altro"))
    handed_in.refresh_from_db()
    assert handed_in.title == "Un forno di quartiere"


def test_reader_sees_and_does_not_write(draft: Application, anna: User, call: Call) -> None:
    Membership.objects.filter(user=anna).update(role=Membership.Role.READER)
    browser = browser_of(anna)

    for key in ("project", "place", "timeline", "budget", "declarations"):
        page = browser.get(at(draft, key)).content.decode().split("<main")[1].split("<footer")[0]
        assert 'type="submit"' not in page
        assert "hx-post" not in page
        assert " disabled" in page
        assert browser.post(at(draft, key), project(draft, title="Altro")).status_code == 403
    for name in ("step_check", "application_take_back", "application_withdraw"):
        assert browser.post(reverse(f"calls:{name}", args=[draft.public_id])).status_code == 403
    with pytest.raises(MayOnlyRead):
        save_step(application=draft, key="project", values={"title": "Altro"}, by=anna, now=timezone.now())
    assert (
        "action="
        not in browser.get(draft.get_absolute_url()).content.decode().split("<main")[1].split("<footer")[0]
    )
    draft.refresh_from_db()
    assert (draft.title, draft.status) == ("Un forno", "draft")
    assert not Presence.objects.filter(user=anna).exists()


def questions(browser: Client, draft: Application, key: str) -> tuple[int, int]:
    """Return how many questions the database is asked when a step is opened, and when its open page saves it."""
    browser.get(at(draft, key))
    with CaptureQueriesContext(connection) as opening:
        typed = values_of(browser.get(at(draft, key)).content.decode(), "step-form")
    opened = len(opening)
    if not typed:
        return opened, 0
    with CaptureQueriesContext(connection) as saving:
        answer = browser.post(at(draft, key), typed, headers=HTMX)
    assert b"step-version" in answer.content, answer.content
    return opened, len(saving)


@pytest.mark.parametrize("key", STEPS)
def test_step_of_a_large_application_asks_few_questions(
    call: Call, organization: Organization, organizer: User, key: str
) -> None:
    draft = make_draft_application(call=call, organization=organization)
    make_partner(draft, 1)
    browser = browser_of(organizer)
    few = questions(browser, draft, key)
    lines = [line("goods", f"Spesa {number}", 10_000) for number in range(40)]
    activities = [{"title": f"Lavoro {number}", "first_month": 1, "months": 2} for number in range(20)]
    known: dict[str, Any] = {"application": draft, "by": organizer, "now": timezone.now()}
    save_step(key="budget", values={"rows": lines}, **known)
    save_step(key="timeline", values={"duration_months": 10, "rows": activities}, **known)
    for number in range(2, 6):
        make_partner(draft, number)

    many = questions(browser, draft, key)

    assert Activity.objects.count() == 20
    assert all(after <= before for before, after in zip(few, many, strict=True))
    assert max(many) < 30


def test_autosave_after_somebody_else_has_submitted(
    call: Call, organization: Organization, organizer: User, anna: User
) -> None:
    draft = make_draft_application(call=call, organization=organization)
    browser = browser_of(organizer)
    known = page_of(browser, draft, "project")
    submit_application(application=draft, by=anna, now=timezone.now())

    answer = browser.post(at(draft, "project"), {**project(draft, title="Tardi"), **known}, headers=HTMX)
    asked = browser.get(at(draft, "project"), headers=HTMX)

    for told in (answer, asked):
        assert told.status_code == 200
        assert "<h1" not in told.content.decode()
    draft.refresh_from_db()
    assert draft.title == "Un forno di quartiere"
    assert Presence.objects.get(user=organizer).overtaken["title"] == ["Tardi"]
