"""Pages on which a body writes its application and follows it."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Organization
from calls import services
from calls.forms import ApplicationForm
from calls.models import Application, Call


@login_required
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a new application; a person without a body registers one first."""
    call = get_object_or_404(Call.objects.published(), slug=slug)
    if not call.session_open_at(timezone.now()):
        messages.error(request, _("Applications to this call are not open now."))
        return redirect(call)
    if not Organization.objects.of(request.user).exists():
        messages.info(request, _("First tell us for which organization you apply."))
        return redirect(f"{reverse('accounts:organization_create')}?{urlencode({'next': request.path})}")
    return _edit(request, call, None)


@login_required
def application_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Change a draft."""
    application = _own_application(request, public_id)
    if application.status != Application.Status.DRAFT:
        messages.info(request, _("A submitted application can no longer be changed."))
        return redirect(application)
    return _edit(request, application.call, application)


@login_required
def application_list(request: HttpRequest) -> HttpResponse:
    """Show the applications of the bodies a person acts for."""
    applications = Application.objects.of(request.user).with_story()
    accepting = Call.objects.accepting(timezone.now())
    return render(
        request, "calls/application_list.html", {"applications": applications, "accepting": accepting}
    )


@login_required
def application_detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one application, where it stands and what comes next."""
    application = _own_application(request, public_id)
    return render(
        request,
        "calls/application_detail.html",
        {"application": application, "preview": application.promise},
    )


@login_required
@require_POST
def application_submit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Hand an application in."""
    application = _own_application(request, public_id)
    try:
        application = services.submit_application(
            application=application, by=request.user, now=timezone.now()
        )
    except services.ApplicationRefused as refusal:
        for fault in refusal.faults:
            messages.error(request, fault)
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
def application_withdraw(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take an application back."""
    application = _own_application(request, public_id)
    try:
        services.withdraw_application(application=application, now=timezone.now())
    except services.ApplicationClosed:
        messages.error(request, _("A decided application can no longer be withdrawn."))
    else:
        messages.success(request, _("The application is withdrawn."))
    return redirect(application)


def _own_application(request: HttpRequest, public_id: uuid.UUID) -> Application:
    """Return an application of a body the person acts for, or answer 404."""
    return get_object_or_404(Application.objects.of(request.user).with_story(), public_id=public_id)


def _edit(request: HttpRequest, call: Call, application: Application | None) -> HttpResponse:
    """Show the form, and save what it brings as a draft."""
    form = ApplicationForm(request.POST or None, instance=application, call=call, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            application = services.save_application(
                call=call,
                application=application,
                author=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except services.ApplicationClosed:
            messages.error(request, _("A submitted application can no longer be changed."))
            return redirect("calls:application_list")
        messages.success(request, _("Saved. Read it once more, then submit it."))
        return redirect(application)
    context = {"form": form, "call": call, "application": application}
    return render(request, "calls/application_form.html", context)
