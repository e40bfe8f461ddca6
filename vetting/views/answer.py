"""The page on which a body reads what it has written for the office, and hands the answer in."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from calls.models import Application, ApplicationVersion, Opening, StepKey
from calls.openable import openable_parts
from calls.services import (
    ApplicationChanged,
    ApplicationRefused,
    Foreseen,
    NothingAnswered,
    OpeningOver,
    foresee_answer,
    takes_answer_at,
)
from calls.version_differences import differences_between
from calls.views.step import own_application, step_page, writes_for
from vetting import services
from vetting.models import IntegrationRequest


@never_cache
@login_required
def answer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show what the answer changes and what is still missing, and hand it in."""
    application = own_application(request, public_id)
    asked = _asked_of(application)
    if asked is None or not takes_answer_at(asked.opening, timezone.now()):
        messages.info(
            request, _("There is nothing to answer now: the application stays as you handed it in.")
        )
        return redirect(application)
    if request.method == "POST":
        if not writes_for(request.user, application):
            raise PermissionDenied
        return _hand_in(request, application, asked)
    return _page(request, application, asked)


def _asked_of(application: Application) -> IntegrationRequest | None:
    """Return the request that waits for an answer, with what has been written so far."""
    openings = (
        Opening.objects.standing().with_draft().select_related("application__call", "application__author")
    )
    opening = openings.filter(application=application).first()
    if opening is None:
        return None
    # A document that was on its way may be handed in a little later than anything is written.
    application.opening = opening
    return (
        application.integration_requests.select_related("opening__application")
        .filter(opening=opening)
        .first()
    )


def _hand_in(request: HttpRequest, application: Application, asked: IntegrationRequest) -> HttpResponse:
    """Hand the answer in, or say why not."""
    try:
        version = services.answer_request(
            request=asked, by=request.user, now=timezone.now(), read=request.POST.get("read", "")
        )
    except ApplicationRefused:
        return _page(request, application, asked, status=422)
    except NothingAnswered:
        messages.warning(
            request, _("Nothing is changed yet: change what the office asks for, then hand it in.")
        )
        return redirect("calls:application_edit", application.public_id)
    except ApplicationChanged:
        messages.warning(
            request,
            _("The answer has changed since you opened this page. Read it again: nothing was handed in."),
        )
        return redirect("vetting:answer", application.public_id)
    except OpeningOver:
        messages.error(request, _("The time for the answer is over: nothing can be changed any more."))
    else:
        messages.success(
            request,
            _("Handed in. The protocol number of your answer is %(number)s.")
            % {"number": version.protocol_number},
        )
    return redirect(application)


def _page(
    request: HttpRequest, application: Application, asked: IntegrationRequest, status: int = 200
) -> HttpResponse:
    """Show the answer as it is now beside what was handed in."""
    before, foreseen = application.versions.latest("number"), foresee_answer(opening=application.opening)
    context: dict[str, Any] = {
        "asked": asked,
        "differences": differences_between(before, foreseen),
        "untouched": _untouched(application, before, foreseen),
        "faults": foreseen.faults,
        "read": foreseen.digest,
        "now": timezone.now(),
    }
    page = step_page(request, application, StepKey.CHECK, context, "vetting/answer.html")
    page.status_code = status
    return page


def _untouched(application: Application, before: ApplicationVersion, foreseen: Foreseen) -> list[str]:
    """Return the names of what is open and still as it was."""
    opening = application.opening
    names = [
        str(part.label)
        for part in openable_parts(application.call)
        if part.key in opening.fields and before.content.get(part.key) == foreseen.content.get(part.key)
    ]
    for asked in opening.documents.all():
        then, after = (
            sorted(file["sha256"] for file in files if file["requirement"] == asked.name)
            for files in (before.files, foreseen.files)
        )
        if then == after:
            names.append(asked.name)
    return names
