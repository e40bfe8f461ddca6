"""A request of the office: asked, repeated, answered, lapsed, called off, or overtaken by its body."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Application
from calls.services import (
    GRACE,
    ApplicationClosed,
    MayOnlyRead,
    NothingOpened,
    OpeningOver,
    OpeningStands,
    ReasonMissing,
    save_opened_step,
    withdraw_application,
)
from tests.vetting.asking import ask, make_checked_call, make_submitted
from vetting import services, tasks
from vetting.models import EligibilityCheck, IntegrationRequest
from vetting.services import MOST_DAYS

NOW = timezone.now()
SECOND = timedelta(seconds=1)


@pytest.fixture
def application(officer: User, organizer: User) -> Application:
    """Return an application that waits for its formal check."""
    made = make_submitted(make_checked_call(officer), organizer)
    services.begin_check(application=made, now=NOW)
    Mail.objects.all().delete()
    return made


def written(request: IntegrationRequest, now: Any = NOW) -> None:
    """Write what is open."""
    save_opened_step(
        opening=request.opening,
        key="place",
        values={"beneficiaries": "Trecento persone."},
        texts={"beneficiaries": ["Trecento persone."]},
        by=request.application.author,
        now=now,
    )


def answered(request: IntegrationRequest, now: Any = NOW) -> Any:
    """Write and hand in."""
    written(request, min(now, NOW))
    return services.answer_request(request=request, by=request.application.author, now=now)


def call_off(request: IntegrationRequest, reason: str = "Non serve più.") -> IntegrationRequest:
    """Take the request back."""
    return services.call_off_request(request=request, by=request.asked_by, reason=reason, now=NOW)


def keys() -> list[str]:
    """Return which mails were written."""
    return sorted(key.split(":")[0] for key in Mail.objects.values_list("key", flat=True))


def test_ask_gives_whole_days_and_writes_to_the_body(application: Application, officer: User) -> None:
    request = ask(application, officer, now=NOW)

    there = timezone.localtime(request.due_at)
    assert (there.hour, there.minute) == (0, 0)
    assert there.date() == timezone.localtime(NOW).date() + timedelta(days=11)
    assert request.remind_at == request.due_at - timedelta(days=2)
    mail = Mail.objects.get()
    assert "Manca il consenso." in mail.body and "entro le 23:59 di" in mail.body
    assert application.events.latest("pk").reason == "Manca il consenso."
    assert not EligibilityCheck.objects.waiting().exists()
    assert EligibilityCheck.objects.asked().count() == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": " \n"}, ReasonMissing),
        ({"days": 0}, services.DaysOutOfRange),
        ({"days": MOST_DAYS + 1}, services.DaysOutOfRange),
        ({"fields": [], "documents": []}, NothingOpened),
    ],
)
def test_ask_refuses(
    application: Application, officer: User, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        ask(application, officer, **changes)

    assert not IntegrationRequest.objects.exists()
    assert keys() == []


def test_ask_once_at_a_time_and_again_afterwards(application: Application, officer: User) -> None:
    first = ask(application, officer)
    with pytest.raises(OpeningStands):
        ask(application, officer)

    call_off(first)

    assert ask(application, officer).state == "asked"


def test_answer_tells_everybody_and_gives_the_office_its_days_back(
    application: Application, officer: User
) -> None:
    request, due_at = ask(application, officer, now=NOW), EligibilityCheck.objects.get().due_at

    version = answered(request, now=NOW + timedelta(days=3))

    request.refresh_from_db()
    check = EligibilityCheck.objects.get()
    assert (request.state, request.answered_at) == ("answered", NOW + timedelta(days=3))
    assert (check.version, check.due_at) == (version, due_at + timedelta(days=3))
    assert keys() == ["integration_answered", "integration_asked"]
    assert list(EligibilityCheck.objects.came_back()) == [check]


def test_only_who_writes_for_the_body_answers(application: Application, officer: User) -> None:
    request = ask(application, officer, now=NOW)
    written(request)

    with pytest.raises(MayOnlyRead):
        services.answer_request(request=request, by=officer, now=NOW)

    request.refresh_from_db()
    assert request.state == "asked"


@pytest.mark.parametrize(("after", "state"), [(GRACE - SECOND, "asked"), (GRACE, "lapsed")])
def test_silence_lapses_once_no_upload_can_still_arrive(
    application: Application, officer: User, after: timedelta, state: str
) -> None:
    request = ask(application, officer)

    services.lapse_request(request=request, now=request.due_at + after)
    services.lapse_request(request=request, now=request.due_at + after)

    request.refresh_from_db()
    assert request.state == state
    assert keys().count("integration_lapsed") == (state == "lapsed")


Late = Callable[[IntegrationRequest], Any]


@pytest.mark.parametrize(
    ("end", "attempt", "error"),
    [
        (answered, call_off, services.RequestEnded),
        (call_off, answered, OpeningOver),
        (call_off, call_off, services.RequestEnded),
        (lambda request: request, lambda request: call_off(request, " "), ReasonMissing),
        (
            lambda request: services.lapse_request(request=request, now=request.due_at + GRACE),
            answered,
            OpeningOver,
        ),
    ],
)
def test_a_request_ends_once(
    application: Application, officer: User, end: Late, attempt: Late, error: type[Exception]
) -> None:
    request = ask(application, officer)
    end(request)
    state = IntegrationRequest.objects.get().state

    with pytest.raises(error):
        attempt(IntegrationRequest.objects.get())

    assert IntegrationRequest.objects.get().state == state


def test_lapse_leaves_an_answered_request_alone(application: Application, officer: User) -> None:
    request = ask(application, officer)
    answered(request)

    services.lapse_request(request=request, now=request.due_at + GRACE)

    assert IntegrationRequest.objects.get().state == "answered"


def test_call_off_tells_the_body_why(application: Application, officer: User) -> None:
    request = ask(application, officer)
    written(request)

    call_off(request)

    assert "Non serve più." in Mail.objects.get(key__startswith="integration_called_off").body
    assert application.events.latest("pk").what == "called_off"
    application.refresh_from_db()
    assert application.beneficiaries != "Trecento persone."


def test_whoever_withdraws_owes_no_answer(application: Application, officer: User, organizer: User) -> None:
    request = ask(application, officer)
    withdraw_application(application=application, by=organizer, now=NOW)
    Mail.objects.all().delete()

    tasks.close_requests()

    request.refresh_from_db()
    assert (request.state, keys()) == ("overtaken", [])
    with pytest.raises(ApplicationClosed):
        ask(application, officer)


@pytest.mark.parametrize(
    ("days", "before", "reminded"),
    [(10, timedelta(days=2), 1), (10, timedelta(days=2, seconds=1), 0), (2, timedelta(hours=1), 0)],
)
def test_body_is_reminded_two_days_before_and_once(
    application: Application, officer: User, days: int, before: timedelta, reminded: int
) -> None:
    request = ask(application, officer, days=days)
    at = request.due_at - before

    for _run in range(2):
        for due in IntegrationRequest.objects.to_remind(at):
            services.remind_request(request=due, now=at)

    assert keys().count("integration_reminder") == reminded


def test_nobody_is_reminded_of_what_is_answered(application: Application, officer: User) -> None:
    request = ask(application, officer)
    answered(request)

    services.remind_request(request=request, now=request.due_at - SECOND)

    assert "integration_reminder" not in keys()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("integration_has_reason", {"reason": ""}),
        ("integration_lasts_a_day", {"days": 0}),
        ("integration_answered_at_matches_state", {"answered_at": NOW}),
        ("integration_answered_at_matches_state", {"state": "answered", "remind_at": None}),
        ("integration_lapsed_at_matches_state", {"lapsed_at": NOW}),
        ("integration_overtaken_at_matches_state", {"overtaken_at": NOW}),
        ("integration_called_off_matches_state", {"called_off_at": NOW}),
        ("integration_called_off_matches_state", {"called_off_reason": "Sì."}),
        ("integration_reminded_while_asked", {"state": "lapsed", "lapsed_at": NOW}),
    ],
)
def test_request_constraints(
    application: Application, officer: User, constraint: str, changes: dict[str, Any]
) -> None:
    ask(application, officer)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        IntegrationRequest.objects.update(**changes)


def test_request_asked_once(application: Application, officer: User) -> None:
    request = ask(application, officer)
    other = make_submitted(application.call, officer)
    second = ask(other, officer)

    with pytest.raises(IntegrityError, match="integration_asked_once"), transaction.atomic():
        IntegrationRequest.objects.filter(pk=second.pk).update(application=request.application)
