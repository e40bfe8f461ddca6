"""The frame every step of an application stands in: the list of steps, the way on, and who may write."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import User
from calls.models import Application
from calls.steps import step_states


def may_write(user: User, application: Application) -> bool:
    """Say whether a person may change an application: it is a draft, and the person does not merely read."""
    return application.status == Application.Status.DRAFT and writes_for(user, application)


def writes_for(user: User, application: Application) -> bool:
    """Say whether a person writes in the name of the body that applies; `own_application` has asked already."""
    known: bool | None = getattr(application, "is_writable", None)
    if known is None:
        return Application.objects.writable_by(user).filter(pk=application.pk).exists()
    return known


def own_application(request: HttpRequest, public_id: uuid.UUID) -> Application:
    """Return an application of a body the person acts for, with its parts, or answer 404."""
    applications = Application.objects.of(request.user).with_right_of(request.user).with_story().with_parts()
    return get_object_or_404(applications, public_id=public_id)


def writable_application(request: HttpRequest, public_id: uuid.UUID) -> Application:
    """Return an application the person may act upon, whatever its state; refuse those who only read."""
    application = own_application(request, public_id)
    if not writes_for(request.user, application):
        raise PermissionDenied
    return application


def readable_application(request: HttpRequest, public_id: uuid.UUID) -> Application:
    """Return an application the person may read: a member of the body, or an officer; or answer 404."""
    rows = Application.objects.with_story()
    if not (request.user.is_staff and request.user.has_perm("calls.view_application")):
        rows = rows.of(request.user)
    return get_object_or_404(rows, public_id=public_id)


def step_page(
    request: HttpRequest,
    application: Application,
    key: str,
    context: dict[str, Any] | None = None,
    template: str = "calls/step.html",
) -> HttpResponse:
    """Show a step inside the frame. The template extends `calls/step.html` and fills its blocks."""
    states = step_states(application)
    here = next(number for number, state in enumerate(states) if state.key == key)
    frame = {
        "application": application,
        "call": application.call,
        "steps": states,
        "step": states[here],
        "previous_step": states[here - 1] if here else None,
        "next_step": states[here + 1] if here + 1 < len(states) else None,
        "may_write": may_write(request.user, application),
    }
    return render(request, template, {**frame, **(context or {})})
