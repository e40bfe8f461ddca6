"""Writing, handing in and withdrawing applications."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone, translation

from accounts.models import Mail, Membership, Organization, OrgKind, User
from calls.models import Application, Call
from calls.services import (
    ApplicationClosed,
    ApplicationRefused,
    start_application,
    submit_application,
    withdraw_application,
)
from calls.services.application_faults import application_faults
from tests.factories import (
    make_application,
    make_call,
    make_draft_application,
    make_draft_call,
    make_organization,
)

ROME = ZoneInfo("Europe/Rome")
OPENS = datetime(2027, 3, 1, 9, 0, tzinfo=ROME)
CLOSES = datetime(2027, 4, 1, 0, 0, tzinfo=ROME)
NEXT = datetime(2027, 9, 1, 12, 30, tzinfo=ROME)
SECOND = timedelta(seconds=1)
Status = Application.Status


@pytest.fixture
def organization(organizer: User) -> Organization:
    """Return an association of the organizer."""
    return make_organization(user=organizer)


@pytest.fixture
def seasonal(officer: User) -> Call:
    """Return a call with two windows in 2027."""
    windows = [
        {"opens_at": OPENS, "closes_at": CLOSES},
        {"opens_at": NEXT, "closes_at": NEXT + timedelta(days=30)},
    ]
    return make_call(officer=officer, now=OPENS - timedelta(days=20), sessions=windows)


def refusal_of(application: Application, now: datetime | None = None) -> list[str]:
    """Return the English reasons why an application cannot be handed in."""
    with translation.override("en"), pytest.raises(ApplicationRefused) as refusal:
        submit_application(application=application, by=application.author, now=now or timezone.now())
    application.refresh_from_db()
    assert application.status == Status.DRAFT
    assert application.protocol_number is None
    assert not Mail.objects.exists()
    return refusal.value.faults


def test_start_application_needs_no_more_than_a_title(
    call: Call, organization: Organization, organizer: User
) -> None:
    now = timezone.now()

    application = start_application(
        call=call, organization=organization, title="Un forno", by=organizer, now=now
    )

    assert (application.status, application.author) == (Status.DRAFT, organizer)
    assert application.created_at == application.updated_at == now
    assert (application.session, application.cost_cents) == (None, 0)
    steps = {fault.step for fault in application_faults(application, call)}
    assert steps == {"project", "place", "timeline", "budget", "declarations"}


@pytest.mark.parametrize("instant", [OPENS, CLOSES - SECOND, CLOSES.astimezone(UTC) - SECOND])
def test_submit_application_inside_the_window(
    seasonal: Call, organization: Organization, instant: datetime
) -> None:
    draft = make_draft_application(call=seasonal, organization=organization)

    application = submit_application(application=draft, by=draft.author, now=instant)

    assert application.status == Status.SUBMITTED
    assert application.submitted_at == instant
    assert application.session == seasonal.sessions.first()


@pytest.mark.parametrize(
    ("instant", "told"),
    [
        (OPENS - SECOND, "1 March 2027, 09:00"),
        (CLOSES, "1 September 2027, 12:30"),
        (NEXT - SECOND, "1 September 2027, 12:30"),
    ],
)
def test_submit_application_outside_the_window_names_the_next_one(
    seasonal: Call, organization: Organization, instant: datetime, told: str
) -> None:
    draft = make_draft_application(call=seasonal, organization=organization)

    faults = refusal_of(draft, instant)

    assert len(faults) == 1
    assert told in faults[0]


def test_submit_application_after_the_last_window(seasonal: Call, organization: Organization) -> None:
    draft = make_draft_application(call=seasonal, organization=organization)

    faults = refusal_of(draft, NEXT + timedelta(days=30, seconds=1))

    ended = "The time for applying ended on 1 October 2027, 12:30:00; this reached us on 1 October 2027, 12:30:01."
    assert faults == [f"{ended} Applications to this call are closed."]


def test_submit_application_to_a_call_that_is_still_a_draft(organization: Organization) -> None:
    draft = make_draft_application(call=make_draft_call(), organization=organization)

    assert len(refusal_of(draft)) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"cost_cents": 99_999}, "between €1,000 and €100,000"),
        ({"cost_cents": 10_000_001}, "between €1,000 and €100,000"),
        ({"duration_months": 0}, "from 1 to 12 months"),
        ({"duration_months": 13}, "from 1 to 12 months"),
    ],
)
def test_submit_application_outside_the_limits(
    call: Call, organization: Organization, changes: dict, told: str
) -> None:
    faults = refusal_of(make_draft_application(call=call, organization=organization, **changes))

    assert len(faults) == 1
    assert told in faults[0]


@pytest.mark.parametrize(
    "changes", [{"cost_cents": 100_000}, {"cost_cents": 10_000_000}, {"duration_months": 12}]
)
def test_submit_application_at_the_limits(call: Call, organization: Organization, changes: dict) -> None:
    assert make_application(call=call, organization=organization, **changes).status == Status.SUBMITTED


def test_submit_application_below_the_least_cost_of_a_call_without_ceiling(
    officer: User, organization: Organization
) -> None:
    call = make_call(officer=officer, cost_max_cents=None)

    faults = refusal_of(make_draft_application(call=call, organization=organization, cost_cents=99_999))

    assert faults == ["The project has to cost at least €1,000."]


def test_submit_application_of_a_body_of_another_kind(officer: User, organizer: User) -> None:
    call = make_call(officer=officer, eligible_kinds=[OrgKind.APS])
    firm = make_organization(user=organizer, kind=OrgKind.MSME)

    faults = refusal_of(make_draft_application(call=call, organization=firm))

    assert len(faults) == 1
    assert "enterprise" in faults[0]


def test_submit_application_in_an_excluded_borough(officer: User, organization: Organization) -> None:
    call = make_call(officer=officer, excluded_boroughs=[1])

    assert (
        "Municipio 1"
        in refusal_of(make_draft_application(call=call, organization=organization, borough=1))[0]
    )
    assert make_application(call=call, organization=organization, borough=2).status == Status.SUBMITTED


def test_submit_application_with_a_theme_of_another_call(
    officer: User, call: Call, organization: Organization
) -> None:
    other = make_call(officer=officer).themes.get()

    faults = refusal_of(make_draft_application(call=call, organization=organization, theme=other))

    assert len(faults) == 1
    assert "theme" in faults[0]


def test_submit_application_tells_all_faults_at_once(seasonal: Call, organization: Organization) -> None:
    draft = make_draft_application(call=seasonal, organization=organization, cost_cents=1, duration_months=99)

    assert len(refusal_of(draft, CLOSES)) == 3


def test_submit_application_twice(call: Call, organization: Organization) -> None:
    application = make_application(call=call, organization=organization)
    first = (application.protocol_number, application.submitted_at)

    with pytest.raises(ApplicationClosed):
        submit_application(application=application, by=application.author, now=timezone.now())

    application.refresh_from_db()
    assert (application.protocol_number, application.submitted_at) == first


def test_submit_application_once_per_window(seasonal: Call, organization: Organization) -> None:
    make_application(call=seasonal, organization=organization, now=OPENS)
    second = make_draft_application(call=seasonal, organization=organization)

    with pytest.raises(ApplicationRefused) as refusal:
        submit_application(application=second, by=second.author, now=CLOSES - SECOND)
    assert len(refusal.value.faults) == 1

    later = submit_application(application=second, by=second.author, now=NEXT)
    assert later.session == seasonal.sessions.last()


def test_submit_application_again_after_a_withdrawal(call: Call, organization: Organization) -> None:
    first = make_application(call=call, organization=organization)
    withdraw_application(application=first, by=first.author, now=timezone.now())

    second = make_application(call=call, organization=organization)

    assert second.status == Status.SUBMITTED
    assert second.protocol_number.endswith("-0002")


def test_submit_application_numbers_are_consecutive_in_each_call(officer: User, organizer: User) -> None:
    numbers: dict[int, list[str]] = {}
    for call in (make_call(officer=officer), make_call(officer=officer)):
        for _ in range(3):
            application = make_application(call=call, organization=make_organization(user=organizer))
            numbers.setdefault(call.pk, []).append(application.protocol_number)

    assert [[number[-4:] for number in row] for row in numbers.values()] == [["0001", "0002", "0003"]] * 2
    assert len({number for row in numbers.values() for number in row}) == 6


def test_submit_application_is_filed_under_the_year_of_the_city(
    officer: User, organization: Organization
) -> None:
    last_instant = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    call = make_call(officer=officer, now=last_instant)

    application = make_application(call=call, organization=organization, now=last_instant)

    assert application.protocol_number.startswith("2027-")


def test_submit_application_writes_to_each_member_once(
    call: Call, organization: Organization, donor: User
) -> None:
    User.objects.filter(pk=donor.pk).update(language="en")
    Membership.objects.create(organization=organization, user=donor, created_at=timezone.now())
    draft = make_draft_application(call=call, organization=organization, cost_cents=2_000_050)

    submit_application(application=draft, by=donor, now=timezone.now())

    mails = {mail.recipient: mail.body for mail in Mail.objects.all()}
    assert set(mails) == {"organizer@example.org", "donor@example.org"}
    assert "20.000,50" in mails["organizer@example.org"]
    assert "€20,000.50" in mails["donor@example.org"]


def test_submit_application_is_undone_when_the_mail_cannot_be_written(
    call: Call, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft_application(call=call, organization=organization)

    def refuse(**_: object) -> None:
        raise RuntimeError("no mail")

    monkeypatch.setattr("calls.services.submission.queue_mail_to_members", refuse)

    with pytest.raises(RuntimeError), transaction.atomic():
        submit_application(application=draft, by=draft.author, now=timezone.now())

    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
