"""The frame every step of an application stands in: the list of steps, the way on, and who may write."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import Organization, User
from calls import services
from calls.models import Application, StepKey
from calls.openable import is_written, open_labels
from calls.steps import step_states

#: The parts each step writes.
WRITTEN = {
    StepKey.PROJECT: ("saved_steps", "support_requests"),
    StepKey.PLACE: ("saved_steps",),
    StepKey.TIMELINE: ("saved_steps", "activities"),
    StepKey.BUDGET: ("saved_steps", "budget_lines"),
    StepKey.DECLARATIONS: ("saved_steps", "declarations"),
}


def readable_by(user: User) -> QuerySet[Application]:
    """Return the applications of the bodies a person acts for, and those an officer writes for a body just now."""
    written = services.open_to(user, timezone.now())
    if not written:
        return Application.objects.of(user)
    return Application.objects.filter(Q(organization__in=Organization.objects.of(user)) | Q(pk__in=written))


def may_act_upon(user: User, application: Application) -> bool:
    """Say whether a person acts upon an application, whatever its state: as one of its body, or as an officer for it."""
    if writes_for(user, application):
        return True
    return services.desk_writing_of(application=application, by=user, now=timezone.now()) is not None


def writes_for(user: User, application: Application) -> bool:
    """Say whether a person writes in the name of the body that applies; `own_application` has asked already."""
    known: bool | None = getattr(application, "is_writable", None)
    if known is None:
        return Application.objects.writable_by(user).filter(pk=application.pk).exists()
    return known


def may_write(user: User, application: Application, key: str = StepKey.CHECK) -> bool:
    """Say whether a person may change a step: it is of a draft or open again, and the person does not merely read."""
    return is_written(application, key) and may_act_upon(user, application)


def own_application(request: HttpRequest, public_id: uuid.UUID) -> Application:
    """Return an application the person acts for, with its parts, or answer 404."""
    user: User = request.user  # type: ignore[assignment]
    applications = readable_by(user).with_right_of(user).with_story().with_parts()  # type: ignore[attr-defined]
    return with_opening(get_object_or_404(applications, public_id=public_id))


def written_application(request: HttpRequest, earlier: Application, key: str) -> Application:
    """Return an application after one of its steps was saved, or answer 404 to who may no longer read it.

    The row itself and what the step writes are read again; the other parts are those of the reading before.
    """
    if earlier.opening is not None:
        return own_application(request, earlier.public_id)
    user: User = request.user  # type: ignore[assignment]
    rows = readable_by(user).with_right_of(user).with_story()  # type: ignore[attr-defined]
    application: Application = get_object_or_404(rows.with_written(*WRITTEN[key]), pk=earlier.pk)
    if application.call.version != earlier.call.version or application.status != earlier.status:
        # An amendment has come into force, or somebody has handed the application in.
        return own_application(request, earlier.public_id)
    application.take_parts(earlier)
    return application


def with_opening(application: Application) -> Application:
    """Return an application with what of it is open to its body now."""
    if application.status == Application.Status.SUBMITTED:
        openings = application.openings.open_at(timezone.now()).with_draft()
        application.opening = openings.select_related("application__call", "application__author").first()
    return application


def writable_application(request: HttpRequest, public_id: uuid.UUID) -> Application:
    """Return an application the person may act upon, whatever its state; refuse those who only read."""
    application = own_application(request, public_id)
    if not may_act_upon(request.user, application):
        raise PermissionDenied
    return application


def readable_application(request: HttpRequest, public_id: uuid.UUID) -> Application:
    """Return an application the person may read: a member of the body, or an officer; or answer 404."""
    rows = Application.objects.all()
    if not (request.user.is_staff and request.user.has_perm("calls.view_application")):
        rows = readable_by(request.user)  # type: ignore[assignment]
    return get_object_or_404(rows.with_story(), public_id=public_id)


def step_page(
    request: HttpRequest,
    application: Application,
    key: str,
    context: dict[str, Any] | None = None,
    template: str = "calls/step.html",
) -> HttpResponse:
    """Show a step inside the frame. The template extends `calls/step.html` and fills its blocks."""
    if not is_written(application, key):
        application.opening = None
    states = step_states(application)
    here = next(number for number, state in enumerate(states) if state.key == key)
    frame = {
        "application": application,
        "call": application.call,
        "steps": states,
        "step": states[here],
        "previous_step": states[here - 1] if here else None,
        "next_step": states[here + 1] if here + 1 < len(states) else None,
        "may_write": may_write(request.user, application, key),
        "writing": services.desk_writing_of(application=application, by=request.user, now=timezone.now()),
        "opening": application.opening,
        "opened": open_labels(application.opening, key) if application.opening else [],
    }
    return render(request, template, {**frame, **(context or {})})
