"""Pages on which a body reads its application once more, hands it in, takes it back, and keeps its receipts."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from calls import services
from calls.content import content_of, files_of, told
from calls.models import Application, ApplicationVersion, StepKey
from calls.protocol_pdf import check_address, protocol_pdf
from calls.steps import STEPS
from calls.version_differences import differences_between
from calls.views.step import own_application, readable_application, step_page, writable_application
from civicfund.rates import at_most


@never_cache
@login_required
def application_submit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show what is missing and the whole application once more, and hand it in."""
    now = timezone.now()
    if request.method != "POST":
        application = own_application(request, public_id)
        if application.status != Application.Status.DRAFT:
            return redirect(application)
        return _submission_page(
            request, application, services.shortcomings_of(application=application, now=now)
        )
    application = writable_application(request, public_id)
    try:
        application = services.submit_application(
            application=application, by=request.user, now=now, read=request.POST.get("read", "")
        )
    except services.ApplicationRefused as refusal:
        return _submission_page(request, application, refusal.shortcomings)
    except services.ApplicationChanged:
        messages.warning(
            request,
            _(
                "The application has changed since you opened this page. Read it again: nothing was handed in."
            ),
        )
        return redirect("calls:step_check", public_id=public_id)
    except services.ApplicationClosed:
        messages.info(request, _("This application was submitted before."))
    else:
        messages.success(
            request,
            _("Submitted. Your protocol number is %(number)s.") % {"number": application.protocol_number},
        )
    return redirect(application)


@login_required
@require_POST
def application_take_back(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Make a submitted application a draft again."""
    application = writable_application(request, public_id)
    try:
        services.take_back_application(application=application, by=request.user, now=timezone.now())
    except services.WindowOver:
        messages.error(
            request, _("The time for applying is over: the application stays as you handed it in.")
        )
    except services.ApplicationClosed:
        messages.error(request, _("This application cannot be changed now."))
    else:
        messages.success(
            request,
            _(
                "The application is a draft again. It only counts once you hand it in again before the deadline."
            ),
        )
    return redirect(application)


@login_required
@require_POST
def application_withdraw(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Withdraw an application for good, which nobody does for a body: not an officer who writes for it."""
    application = writable_application(request, public_id)
    if not Application.objects.writable_by(request.user).filter(pk=application.pk).exists():
        raise PermissionDenied
    try:
        services.withdraw_application(application=application, by=request.user, now=timezone.now())
    except services.ApplicationClosed:
        messages.error(request, _("A decided application can no longer be withdrawn."))
    else:
        messages.success(request, _("The application is withdrawn."))
    return redirect(application)


@never_cache
@login_required
@require_safe
def application_version(request: HttpRequest, public_id: uuid.UUID, number: int) -> HttpResponse:
    """Show what was handed in as one version, and what it says otherwise than the version before."""
    version = _version(request, public_id, number)
    before = version.application.versions.filter(number=number - 1).first()
    context = {
        "application": version.application,
        "version": version,
        "before": before,
        "differences": differences_between(before, version) if before else [],
        "said": list(_grouped(version.content)),
        "check_address": check_address(version),
    }
    return render(request, "calls/application_version.html", context)


@never_cache
@login_required
@require_safe
@at_most("EXPORT_LIMITS")
def application_receipt(request: HttpRequest, public_id: uuid.UUID, number: int) -> HttpResponse:
    """Give the protocol receipt of a version as PDF, in the reader's language."""
    version = _version(request, public_id, number)
    pdf = protocol_pdf(version, language="en" if (get_language() or "it").startswith("en") else "it")
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="protocollo-{version.protocol_number}.pdf"'
    return answer


@never_cache
@login_required
@require_safe
def application_deposit(request: HttpRequest, public_id: uuid.UUID, number: int) -> HttpResponse:
    """Give exactly the bytes whose SHA-256 stands on the receipt of a version."""
    version = _version(request, public_id, number)
    answer = HttpResponse(version.text, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="protocollo-{version.protocol_number}.json"'
    return answer


def _version(request: HttpRequest, public_id: uuid.UUID, number: int) -> ApplicationVersion:
    """Return a version of an application the person may read, or answer 404."""
    application = readable_application(request, public_id)
    versions = application.versions.select_related("application", "call", "session", "filed_by")
    return get_object_or_404(versions, number=number)


def _submission_page(
    request: HttpRequest, application: Application, found: list[services.Shortcoming]
) -> HttpResponse:
    """Show the faults step by step with their links, the application to read, and the button."""
    content, files = content_of(application), files_of(application)
    context = {
        "session": application.call.session_open_at(timezone.now()),
        "window_faults": [fault.words for fault in found if fault.step == services.WINDOW],
        "fault_groups": list(_fault_groups(application, found)),
        "fault_count": len(found),
        "said": list(_grouped(content)),
        "files": files,
        "read": services.digest_of_deposit(content, files),
    }
    return step_page(request, application, StepKey.CHECK, context, "calls/application_submission.html")


def _fault_groups(application: Application, found: list[services.Shortcoming]) -> Iterator[dict[str, Any]]:
    """Yield the faults of each step, each with the address of the field that puts it right."""
    for step in STEPS:
        faults = [fault for fault in found if fault.step == step.key]
        if faults:
            page = reverse(step.url_name, args=[application.public_id])
            links = [(fault.words, f"{page}#id_{fault.field}" if fault.field else page) for fault in faults]
            yield {"step": step.key, "title": step.title, "faults": links}


def _grouped(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the parts of a content by step."""
    parts = list(told(content))
    for step in STEPS:
        own = [part for part in parts if part.step == step.key]
        if own:
            yield {"step": step.key, "title": step.title, "parts": own}
