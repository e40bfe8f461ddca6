"""Handing in as it goes wrong: two tabs, the back button, the last second, one second late, the nights the clocks change."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, Organization, User
from calls.models import Application, ApplicationVersion, Call
from calls.services import (
    ApplicationClosed,
    ApplicationRefused,
    digest_of,
    submit_application,
    take_back_application,
)
from tests.factories import (
    make_application,
    make_call,
    make_draft_application,
    make_organization,
    make_user,
)
from tests.pages import browser_of, words_of
from tests.threads import at_once

ROME = ZoneInfo("Europe/Rome")
SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
Status = Application.Status


@pytest.fixture
def organization(organizer: User) -> Organization:
    """Return an association of the organizer."""
    return make_organization(user=organizer)


def closing(officer: User, closes_at: datetime) -> Call:
    """Publish a call whose only window closes at an instant."""
    windows = [{"opens_at": closes_at - timedelta(days=9), "closes_at": closes_at}]
    return make_call(officer=officer, now=closes_at - timedelta(days=10), sessions=windows)


def page_of(application: Application) -> str:
    """Return the address where an application is handed in."""
    return reverse("calls:step_check", args=[application.public_id])


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return a function that sets the clock of every edge."""

    def turn(instant: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: instant)

    return turn


def test_two_tabs_hand_in_once(call: Call, organization: Organization, organizer: User) -> None:
    draft = make_draft_application(call=call, organization=organization)
    browser = browser_of(organizer)
    first, second = (browser.get(page_of(draft)).context["read"] for _tab in range(2))

    browser.post(page_of(draft), {"read": first})
    answer = browser.post(page_of(draft), {"read": second}, follow=True)

    assert ApplicationVersion.objects.count() == 1
    assert Mail.objects.filter(key__startswith="application_submitted").count() == 1
    assert answer.redirect_chain[-1][0] == draft.get_absolute_url()
    assert "0001" in words_of(answer)


def test_back_button_after_handing_in_leads_to_the_application(
    call: Call, organization: Organization, organizer: User
) -> None:
    draft = make_draft_application(call=call, organization=organization)
    browser = browser_of(organizer)
    shown = browser.get(page_of(draft))
    browser.post(page_of(draft), {"read": shown.context["read"]})

    again = browser.get(page_of(draft))

    # The browser asks again instead of showing what it remembers, and there is nothing to press.
    assert "no-store" in shown["Cache-Control"]
    assert again["Location"] == draft.get_absolute_url()


@pytest.mark.parametrize("read", [None, "", "0" * 64, "🥖", "x" * 100_000])
def test_button_pressed_by_hand_made_requests_needs_what_was_read(
    call: Call, organization: Organization, organizer: User, read: str | None
) -> None:
    draft = make_draft_application(call=call, organization=organization)

    answer = browser_of(organizer).post(page_of(draft), {} if read is None else {"read": read})

    draft.refresh_from_db()
    assert answer["Location"] == page_of(draft)
    assert draft.status == Status.DRAFT


def test_button_without_the_sites_own_form(call: Call, organization: Organization, organizer: User) -> None:
    draft = make_draft_application(call=call, organization=organization)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(organizer)

    answer = browser.post(page_of(draft), {"read": digest_of(draft)})

    draft.refresh_from_db()
    assert answer.status_code == 403
    assert draft.status == Status.DRAFT


def test_session_lost_before_the_button_keeps_the_draft(call: Call, organization: Organization) -> None:
    draft = make_draft_application(call=call, organization=organization)

    answer = Client().post(page_of(draft), {"read": digest_of(draft)})

    assert answer["Location"].endswith(f"?next={page_of(draft)}")
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_last_second_counts_and_one_second_late_keeps_everything(
    officer: User, organization: Organization, organizer: User, at: Callable[[datetime], None]
) -> None:
    closes_at = datetime(2027, 4, 1, 0, 0, tzinfo=ROME)
    call = closing(officer, closes_at)
    draft = make_draft_application(call=call, organization=organization)
    at(closes_at - SECOND)
    browser = browser_of(organizer)
    read = browser.get(page_of(draft)).context["read"]

    at(closes_at + SECOND)
    late = browser.post(page_of(draft), {"read": read})

    words = words_of(late)
    draft.refresh_from_db()
    assert late.status_code == 200
    assert draft.status == Status.DRAFT
    assert "1 aprile 2027, 00:00:00" in words
    assert "1 aprile 2027, 00:00:01" in words
    assert draft.campaign_text in words
    assert 'name="read"' not in late.content.decode()

    at(closes_at - SECOND)
    browser.post(page_of(draft), {"read": read})
    draft.refresh_from_db()
    assert draft.submitted_at == closes_at - SECOND


#: Instants of closing that clocks make hard: the hour that comes twice, and the one that does not come.
NIGHTS = {
    "summer ends, first 02:30": (
        datetime(2027, 10, 31, 2, 30, fold=0, tzinfo=ROME),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    ),
    "summer ends, second 02:30": (
        datetime(2027, 10, 31, 2, 30, fold=1, tzinfo=ROME),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    ),
    "summer begins, 03:00": (
        datetime(2027, 3, 28, 3, 0, tzinfo=ROME),
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
    ),
    "midnight before summer ends": (
        datetime(2027, 10, 31, 0, 0, tzinfo=ROME),
        datetime(2027, 10, 30, 22, 0, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize("night", list(NIGHTS))
def test_window_that_closes_in_a_night_the_clocks_change(
    officer: User, organization: Organization, night: str
) -> None:
    closes_at, exactly = NIGHTS[night]
    draft = make_draft_application(call=closing(officer, closes_at), organization=organization)

    for late in (exactly, exactly + MICROSECOND, exactly + timedelta(minutes=59)):
        with pytest.raises(ApplicationRefused):
            submit_application(application=draft, by=draft.author, now=late)
    application = submit_application(application=draft, by=draft.author, now=exactly - MICROSECOND)

    assert application.submitted_at == exactly - MICROSECOND


def test_protocol_number_is_filed_under_the_year_of_the_city(
    officer: User, organization: Organization
) -> None:
    closes_at = datetime(2028, 1, 1, 0, 0, tzinfo=ROME)
    draft = make_draft_application(call=closing(officer, closes_at), organization=organization)

    application = submit_application(application=draft, by=draft.author, now=closes_at - SECOND)

    assert application.protocol_number.startswith("2027-")


def test_taking_back_makes_room_for_another_application_and_not_for_two(
    call: Call, organization: Organization
) -> None:
    first, now = make_application(call=call, organization=organization), timezone.now()
    take_back_application(application=first, by=first.author, now=now)
    make_application(call=call, organization=organization)

    with pytest.raises(ApplicationRefused) as refusal:
        submit_application(application=first, by=first.author, now=now)

    assert [fault.step for fault in refusal.value.shortcomings] == ["window"]


def outcome_of(job: Callable[[], Application]) -> str:
    """Return the protocol number a try has brought, or what has refused it."""
    try:
        return str(job().protocol_number)
    except (ApplicationClosed, ApplicationRefused) as error:
        return type(error).__name__


@pytest.mark.usefixtures("real_transactions")
def test_many_bodies_at_once_get_numbers_without_gap_or_double(call: Call) -> None:
    people = [make_user(f"persona{number}") for number in range(6)]
    drafts = [make_draft_application(call=call, organization=make_organization(user=who)) for who in people]
    now = timezone.now()

    numbers = at_once(
        *(
            lambda draft=draft: outcome_of(
                lambda: submit_application(application=draft, by=draft.author, now=now)
            )
            for draft in drafts
        )
    )

    assert sorted(int(number[-4:]) for number in numbers) == [1, 2, 3, 4, 5, 6]
    assert sorted(ApplicationVersion.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.usefixtures("real_transactions")
def test_one_application_handed_in_at_once_by_many_is_filed_once(call: Call, organizer: User) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    now = timezone.now()

    outcomes = at_once(
        *[lambda: outcome_of(lambda: submit_application(application=draft, by=organizer, now=now))] * 5
    )

    assert sorted(outcomes)[1:] == ["ApplicationClosed"] * 4
    assert re.fullmatch(r"\d{4}-\d+-0001", sorted(outcomes)[0])
    assert ApplicationVersion.objects.count() == 1


@pytest.mark.usefixtures("real_transactions")
def test_two_applications_of_one_body_at_once_leave_one_in_the_window(call: Call, organizer: User) -> None:
    organization = make_organization(user=organizer)
    drafts = [make_draft_application(call=call, organization=organization) for _draft in range(4)]
    now = timezone.now()

    outcomes = at_once(
        *(
            lambda draft=draft: outcome_of(
                lambda: submit_application(application=draft, by=organizer, now=now)
            )
            for draft in drafts
        )
    )

    assert sorted(outcomes)[1:] == ["ApplicationRefused"] * 3
    assert Application.objects.filter(status=Status.SUBMITTED).count() == 1
