"""Reading an application once more, handing it in, taking it back, and its receipts, as a person meets them."""

import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization, User
from calls.models import Application, Call
from calls.services import save_step
from tests.factories import make_application, make_call, make_draft_application, make_organization
from tests.pages import browser_of, words_of

Status = Application.Status
DAY = timedelta(days=1)


@pytest.fixture
def organization(organizer: User) -> Organization:
    """Return an association of the organizer."""
    return make_organization(user=organizer)


@pytest.fixture
def member(client: Client, organizer: User, organization: Organization) -> Client:
    """Return the organizer's browser."""
    client.force_login(organizer)
    return client


@pytest.fixture
def draft(call: Call, organization: Organization) -> Application:
    """Return an application that could be handed in."""
    return make_draft_application(call=call, organization=organization)


def address(name: str, application: Application, *more: int) -> str:
    """Return the address of a page about an application."""
    return reverse(f"calls:{name}", args=[application.public_id, *more])


def hand_in(browser: Client, application: Application):
    """Open the page, and press its button."""
    page = browser.get(address("step_check", application))
    return browser.post(address("step_check", application), {"read": page.context["read"]}, follow=True)


def test_application_submit_shows_everything_once_more(member: Client, draft: Application) -> None:
    page = member.get(address("step_check", draft))

    words = words_of(page)
    for told in (draft.title, draft.summary, draft.campaign_text, "Municipio 2", "20.000\u00a0€", "6 mesi"):
        assert told in words
    assert page.context["fault_count"] == 0
    assert 'name="read"' in page.content.decode()


def test_application_submit_gives_the_protocol_number(member: Client, draft: Application) -> None:
    answer = hand_in(member, draft)

    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    page = answer.content.decode()
    assert draft.protocol_number in page
    assert address("application_receipt", draft, 1) in page


def test_application_submit_with_faults_names_them_by_step_with_links(
    member: Client, officer: User, organization: Organization
) -> None:
    call = make_call(officer=officer, excluded_boroughs=[1])
    draft = make_draft_application(call=call, organization=organization, borough=1, duration_months=13)

    for answer in (
        member.get(address("step_check", draft)),
        member.post(address("step_check", draft), {"read": "x"}),
    ):
        groups = [
            (group["step"], [link for _words, link in group["faults"]])
            for group in answer.context["fault_groups"]
        ]
        assert [step for step, _links in groups] == ["place", "timeline"]
        assert groups[0][1][0].endswith("#id_borough")
        assert groups[1][1][0].endswith("#id_duration_months")
        page = answer.content.decode()
        assert "Municipio 1" in page
        assert 'name="read"' not in page
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_application_submit_of_what_somebody_has_changed_meanwhile(
    member: Client, draft: Application, organizer: User
) -> None:
    read = member.get(address("step_check", draft)).context["read"]
    save_step(application=draft, key="project", values={"title": "Altro"}, by=organizer, now=timezone.now())

    answer = member.post(address("step_check", draft), {"read": read}, follow=True)

    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    assert answer.context["application"].title == "Altro"
    assert len(list(answer.context["messages"])) == 1


def test_application_take_back_and_hand_in_again(member: Client, draft: Application) -> None:
    hand_in(member, draft)

    shown = member.get(draft.get_absolute_url())
    member.post(address("application_take_back", draft))
    draft.refresh_from_db()
    taken = draft.status
    hand_in(member, draft)

    draft.refresh_from_db()
    assert address("application_take_back", draft) in shown.content.decode()
    assert (taken, draft.status) == (Status.DRAFT, Status.SUBMITTED)
    assert draft.protocol_number.endswith("-0002")
    page = words_of(member.get(draft.get_absolute_url()))
    assert all(version.protocol_number in page for version in draft.versions.all())


def test_application_take_back_is_neither_offered_nor_done_after_the_window(
    member: Client, draft: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(member, draft)
    late = timezone.now() + 60 * DAY
    monkeypatch.setattr(timezone, "now", lambda: late)
    member.force_login(draft.author)

    page = member.get(draft.get_absolute_url()).content.decode()
    answer = member.post(address("application_take_back", draft), follow=True)

    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    assert address("application_take_back", draft) not in page
    assert len(list(answer.context["messages"])) == 1


def test_application_version_shows_what_differs_from_the_one_before(
    member: Client, draft: Application, organizer: User
) -> None:
    hand_in(member, draft)
    member.post(address("application_take_back", draft))
    save_step(
        application=draft, key="project", values={"title": "Due forni"}, by=organizer, now=timezone.now()
    )
    hand_in(member, draft)

    first = words_of(member.get(address("application_version", draft, 1)))
    second = member.get(address("application_version", draft, 2))

    assert "Un forno di quartiere" in first
    assert "<del>Un forno di quartiere</del>" in second.content.decode()
    assert "<ins>Due forni</ins>" in second.content.decode()
    assert [difference.label for difference in second.context["differences"]] == ["Titolo"]


def test_application_receipt_and_what_its_fingerprint_was_taken_from(
    member: Client, draft: Application
) -> None:
    hand_in(member, draft)
    version = draft.versions.get()

    pdf = member.get(address("application_receipt", draft, 1))
    deposit = member.get(address("application_deposit", draft, 1))

    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert hashlib.sha256(deposit.content).hexdigest() == version.digest


@pytest.mark.parametrize("name", ["application_version", "application_receipt", "application_deposit"])
def test_versions_are_read_by_the_body_and_by_officers_alone(
    draft: Application, organizer: User, officer: User, stranger: User, evaluator: User, name: str
) -> None:
    hand_in(browser_of(organizer), draft)
    page = address(name, draft, 1)

    answers = {
        who: browser_of(person).get(page).status_code
        for who, person in {
            "member": organizer,
            "officer": officer,
            "stranger": stranger,
            "without the right": evaluator,
            "nobody": None,
        }.items()
    }

    assert answers == {
        "member": 200,
        "officer": 200,
        "stranger": 404,
        "without the right": 404,
        "nobody": 302,
    }
    assert browser_of(organizer).get(address(name, draft, 2)).status_code == 404


def test_application_page_tells_its_story(member: Client, call: Call, organization: Organization) -> None:
    application = make_application(call=call, organization=organization)

    story = member.get(application.get_absolute_url()).context["story"]

    assert [(moment.title, moment.is_next) for moment in story[:2]] == [
        ("Iniziata", False),
        ("Presentata", False),
    ]
    assert story[1].version.protocol_number == application.protocol_number
    assert story[-1].is_next
