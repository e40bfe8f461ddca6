"""Which step an application may take from which state."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import User
from calls.models import Application, Call
from calls.services import (
    ApplicationClosed,
    mark_admitted,
    mark_inadmissible,
    mark_not_selected,
    mark_reserve,
    save_step,
    submit_application,
    take_back_application,
    withdraw_application,
)
from tests.factories import make_application, make_draft_application, make_organization

Status = Application.Status
Step = Callable[[Application], Application]


def application_in(status: str, call: Call, user: User) -> Application:
    """Return an application that came to a state by the services."""
    organization = make_organization(user=user)
    if status == Status.DRAFT:
        return make_draft_application(call=call, organization=organization)
    application = make_application(call=call, organization=organization)
    steps: dict[str, Step] = {
        Status.SUBMITTED: lambda application: application,
        Status.ADMITTED: lambda application: mark_admitted(application=application),
        Status.INADMISSIBLE: lambda application: mark_inadmissible(application=application),
        Status.RESERVE: lambda application: mark_reserve(application=application),
        Status.NOT_SELECTED: lambda application: mark_not_selected(application=application),
        Status.WITHDRAWN: lambda application: withdraw_application(
            application=application, by=application.author, now=timezone.now()
        ),
    }
    return steps[status](application)


def save(application: Application) -> Application:
    """Change an application's title."""
    save_step(
        application=application,
        key="project",
        values={"title": "Un altro titolo"},
        by=application.author,
        now=timezone.now(),
    )
    return application


STEPS: dict[str, tuple[Step, set[str]]] = {
    "save": (save, {Status.DRAFT}),
    "submit": (
        lambda application: submit_application(
            application=application, by=application.author, now=timezone.now()
        ),
        {Status.DRAFT},
    ),
    "withdraw": (
        lambda application: withdraw_application(
            application=application, by=application.author, now=timezone.now()
        ),
        {Status.DRAFT, Status.SUBMITTED, Status.RESERVE},
    ),
    "take back": (
        lambda application: take_back_application(
            application=application, by=application.author, now=timezone.now()
        ),
        {Status.SUBMITTED},
    ),
    "admit": (
        lambda application: mark_admitted(application=application),
        {Status.SUBMITTED, Status.RESERVE},
    ),
    "leave out": (
        lambda application: mark_not_selected(application=application),
        {Status.SUBMITTED, Status.RESERVE},
    ),
    "let wait": (lambda application: mark_reserve(application=application), {Status.SUBMITTED}),
    "exclude": (lambda application: mark_inadmissible(application=application), {Status.SUBMITTED}),
}


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("step", list(STEPS))
def test_step_is_taken_only_from_its_states(call: Call, organizer: User, step: str, status: str) -> None:
    application = application_in(status, call, organizer)
    take, allowed = STEPS[step]

    if status in allowed:
        assert take(application).pk == application.pk
    else:
        with pytest.raises(ApplicationClosed):
            take(application)
        application.refresh_from_db()
        assert application.status == status
        assert application.title == "Un forno di quartiere"


def test_withdraw_application_keeps_its_protocol_number(call: Call, organizer: User) -> None:
    application = application_in(Status.SUBMITTED, call, organizer)
    now = timezone.now()

    withdrawn = withdraw_application(application=application, by=application.author, now=now)

    assert withdrawn.withdrawn_at == now
    assert withdrawn.protocol_number == application.protocol_number
