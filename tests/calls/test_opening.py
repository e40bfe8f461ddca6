"""What is open of an application that was handed in, and what is written there until it is handed in too."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Membership, User
from calls import services
from calls.models import Application, Attachment, Call, Opening
from calls.rules import end_of_day
from demo.applying import line
from tests.factories import make_application, make_call, make_organization, make_user
from tests.papers import make_pdf

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2027, 4, 1, 9, 0, tzinfo=ROME)
DUE = datetime(2027, 4, 12, 0, 0, tzinfo=ROME)
SECOND = timedelta(seconds=1)


@pytest.fixture
def call(officer: User) -> Call:
    """Return a call that asks for one document and takes another."""
    window = {"opens_at": NOW - timedelta(days=20), "closes_at": NOW - timedelta(days=1)}
    documents = [{"name": "Statuto", "required": False}, {"name": "Consenso", "required": False}]
    return make_call(officer=officer, now=NOW - timedelta(days=30), sessions=[window], documents=documents)


@pytest.fixture
def application(call: Call, organizer: User) -> Application:
    """Return an application that was handed in, after the window has closed."""
    body = make_organization(user=organizer)
    return make_application(call=call, organization=body, now=NOW - timedelta(days=3))


def consent(application: Application) -> Any:
    """Return the document that is open."""
    return application.call.document_requirements.get(name="Consenso")


def opened(application: Application, **changes: Any) -> Opening:
    """Open the summary, the budget and the consent."""
    fields = {"fields": ["summary", "budget_lines"], "documents": [consent(application)], "due_at": DUE}
    return services.open_application(application=application, now=NOW, **{**fields, **changes})


def write(opening: Opening, now: datetime = NOW, key: str = "project", **changes: Any) -> Any:
    """Write another summary."""
    given: dict[str, Any] = {"values": {"summary": "Più corto."}, "texts": {"summary": ["Più corto."]}}
    by = opening.application.author
    return services.save_opened_step(opening=opening, key=key, by=by, now=now, **{**given, **changes})


def keep(application: Application, name: str = "Consenso", now: datetime = NOW, **changes: Any) -> Attachment:
    """Bring a document."""
    return services.keep_attachment(
        application=application,
        requirement=application.call.document_requirements.get(name=name),
        pieces=[make_pdf(mark=f"{name}{now}{changes}".encode())],
        name=f"{name}.pdf",
        by=application.author,
        now=now,
        **changes,
    )


def hand_in(opening: Opening, now: datetime = NOW, **changes: Any) -> Any:
    """Hand the answer in."""
    return services.hand_in_answer(opening=opening, by=opening.application.author, now=now, **changes)


def test_answer_changes_only_what_is_open_and_only_when_it_is_handed_in(application: Application) -> None:
    opening = opened(application)
    write(opening)
    lines = [line("works", "Il forno", 1_500_000)]
    write(opening, key="budget", values={"rows": lines}, texts={})
    kept = keep(application)

    application.refresh_from_db()
    assert (application.summary, application.cost_cents) == ("Pane e un cortile aperto.", 2_000_000)
    assert list(application.attachments.current()) == []
    foreseen = services.foresee_answer(opening=Opening.objects.with_draft().get())
    application.refresh_from_db()
    assert (foreseen.content["summary"], application.summary) == ("Più corto.", "Pane e un cortile aperto.")

    version = hand_in(opening, read=foreseen.digest)

    application.refresh_from_db()
    opening.refresh_from_db()
    assert (application.summary, application.cost_cents) == ("Più corto.", 1_500_000)
    assert list(application.attachments.current()) == [kept]
    assert (version.number, version.kind, version.digest) == (2, "answer", foreseen.digest)
    assert (opening.answer, opening.closed_at) == (version, NOW)
    first = application.versions.get(number=1)
    assert (first.content["summary"], first.is_whole) == ("Pane e un cortile aperto.", True)
    assert application.protocol_number == first.protocol_number != version.protocol_number


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("project", {"title": "Altro"}),
        ("project", {"summary": "Sì.", "title": "Altro"}),
        ("place", {"place": "Altrove"}),
        ("budget", {"rows": [], "cofinancing": "Altri"}),
        ("documents", {}),
        ("partners", {}),
    ],
)
def test_nothing_that_is_closed_can_be_written(
    application: Application, key: str, values: dict[str, Any]
) -> None:
    opening = opened(application)

    with pytest.raises(services.NotOpened):
        write(opening, key=key, values=values)

    assert not opening.steps.exists()


def late(opening: Opening) -> Any:
    """Write in the second in which the time is over."""
    return write(opening, now=DUE)


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        (late, services.OpeningOver),
        (lambda opening: hand_in(opening, now=DUE), services.OpeningOver),
        (lambda opening: keep(opening.application, now=DUE), services.ApplicationClosed),
        (lambda opening: keep(opening.application, "Statuto"), services.ApplicationClosed),
        (lambda opening: hand_in(opening), services.NothingAnswered),
        (
            lambda opening: (write(opening), hand_in(opening, read="altro")),
            services.ApplicationChanged,
        ),
        (
            lambda opening: (write(opening, values={"summary": ""}), hand_in(opening)),
            services.ApplicationRefused,
        ),
        (
            lambda opening: (write(opening, key="budget", values={"rows": []}), hand_in(opening)),
            services.ApplicationRefused,
        ),
        (
            lambda opening: (write(opening, unfinished={"summary": ["x"]}), hand_in(opening)),
            services.ApplicationRefused,
        ),
        (lambda opening: (write(opening, version=0), write(opening, version=0)), services.StaleStep),
        (lambda opening: opened(opening.application), services.OpeningStands),
        (lambda opening: services.mark_admitted(application=opening.application), services.ApplicationClosed),
        (
            lambda opening: (services.close_opening(opening=opening, now=NOW), write(opening)),
            services.OpeningOver,
        ),
        (
            lambda opening: (
                services.withdraw_application(
                    application=opening.application, by=opening.application.author, now=NOW
                ),
                write(opening),
            ),
            services.OpeningOver,
        ),
    ],
)
def test_what_is_refused_changes_nothing(
    application: Application, attempt: Callable[[Opening], Any], error: type[Exception]
) -> None:
    opening = opened(application)

    with pytest.raises(error):
        attempt(opening)

    application.refresh_from_db()
    assert application.summary == "Pane e un cortile aperto."
    assert application.versions.count() == 1


def test_the_last_second_counts(application: Application) -> None:
    opening = opened(application)

    write(opening, now=DUE - SECOND)

    assert hand_in(opening, now=DUE - SECOND).number == 2


@pytest.mark.parametrize(
    ("begun", "asked", "counts"), [(-60, 60, True), (-60, 899, True), (-60, 900, False), (0, 60, False)]
)
def test_upload_begun_in_time_counts_for_a_quarter_of_an_hour(
    application: Application, begun: int, asked: int, counts: bool
) -> None:
    opening = opened(application)

    def attempt() -> Any:
        keep(application, now=DUE + 30 * SECOND, begun_at=DUE + begun * SECOND)
        return hand_in(opening, now=DUE + asked * SECOND)

    if counts:
        assert [file["name"] for file in attempt().files] == ["Consenso.pdf"]
    else:
        with pytest.raises(services.ApplicationClosed):
            attempt()


def test_a_document_is_replaced_with_the_answer_and_not_before(call: Call, organizer: User) -> None:
    draft_body = make_organization(user=organizer)
    application = make_application(call=call, organization=draft_body, now=NOW - timedelta(days=3))
    services.take_back_application(application=application, by=organizer, now=NOW - timedelta(days=2))
    application.refresh_from_db()
    old = keep(application, now=NOW - timedelta(days=2))
    statute = keep(application, "Statuto", now=NOW - timedelta(days=2))
    services.submit_application(application=application, by=organizer, now=NOW - timedelta(days=2))
    opening = opened(application)

    with pytest.raises(services.ApplicationClosed):
        keep(application, replaces=statute)
    new = keep(application, replaces=old)
    old.refresh_from_db()
    assert old.is_current and not new.is_current
    services.restore_attachment(attachment=old, by=organizer, now=NOW)
    services.remove_attachment(attachment=old, by=organizer, now=NOW)
    hand_in(opening)

    assert set(application.attachments.current()) == {new, statute}


def test_silence_leaves_nothing_behind(application: Application) -> None:
    opening = opened(application)
    write(opening)
    kept = keep(application)

    services.close_opening(opening=opening, now=DUE)

    kept.refresh_from_db()
    assert not kept.is_current
    again = opened(application, due_at=DUE + timedelta(days=9))
    assert list(application.attachments.carried_in(again)) == []


def test_readers_of_a_body_write_nothing(application: Application) -> None:
    reader = make_user("lettrice")
    Membership.objects.create(
        organization=application.organization, user=reader, role=Membership.Role.READER, created_at=NOW
    )

    with pytest.raises(services.MayOnlyRead):
        services.save_opened_step(
            opening=opened(application), key="project", values={}, texts={}, by=reader, now=NOW
        )


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"fields": [], "documents": []}, services.NothingOpened),
        ({"fields": ["office"]}, services.NotOpened),
        ({"fields": ["cost_cents"]}, services.NotOpened),
    ],
)
def test_open_application_refuses(
    application: Application, fields: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        opened(application, **fields)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("opening_due_after_it_began", {"due_at": NOW}),
        ("opening_closed_by_its_answer", {"answer": True}),
    ],
)
def test_opening_constraints(application: Application, constraint: str, changes: dict[str, Any]) -> None:
    opening = opened(application)
    changes = {
        name: application.versions.get() if value is True else value for name, value in changes.items()
    }

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Opening.objects.filter(pk=opening.pk).update(**changes)


def test_opening_stands_once(application: Application) -> None:
    opened(application)

    with pytest.raises(IntegrityError, match="opening_stands_once"), transaction.atomic():
        Opening.objects.create(application=application, opened_at=NOW, due_at=DUE)


def test_opening_step_once(application: Application) -> None:
    saved = write(opened(application))

    saved.pk = None
    with pytest.raises(IntegrityError, match="opening_step_once"), transaction.atomic():
        saved.save(force_insert=True)


@pytest.mark.parametrize(
    ("now", "days", "end"),
    [
        (datetime(2027, 4, 1, 9, tzinfo=ROME), 10, datetime(2027, 4, 12, tzinfo=ROME)),
        # Just after midnight, and over the night in which the clocks go back.
        (datetime(2026, 10, 24, 0, 1, tzinfo=ROME), 1, datetime(2026, 10, 26, tzinfo=ROME)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=ROME), 0, datetime(2027, 1, 1, tzinfo=ROME)),
    ],
)
def test_end_of_day(now: datetime, days: int, end: datetime) -> None:
    assert end_of_day(now, days, ROME) == end
