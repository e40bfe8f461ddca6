"""Pages on which a body writes its application and follows it."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Organization
from calls import services
from calls.drawings import gantt
from calls.forms import StartForm
from calls.models import Application, Call, Opening
from calls.steps import step_states
from calls.story import story_of
from calls.views.step import may_act_upon, may_write, own_application


@login_required
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin an application; a person without a body registers one first."""
    call = get_object_or_404(Call.objects.published(), slug=slug)
    if not call.session_open_at(timezone.now()):
        messages.error(request, _("Applications to this call are not open now."))
        return redirect(call)
    if not Organization.objects.writable_by(request.user).exists():
        messages.info(request, _("First tell us for which organization you apply."))
        return redirect(f"{reverse('accounts:organization_create')}?{urlencode({'next': request.path})}")
    form = StartForm(request.POST or None, call=call, user=request.user)
    if request.method == "POST" and form.is_valid():
        application = services.start_application(
            call=call, by=request.user, now=timezone.now(), **form.cleaned_data
        )
        return redirect("calls:step_project", application.public_id)
    return render(request, "calls/application_start.html", {"form": form, "call": call})


@login_required
def application_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Lead to the first step of a draft that is not complete."""
    application = own_application(request, public_id)
    if application.status != Application.Status.DRAFT and application.opening is None:
        messages.info(request, _("A submitted application can no longer be changed."))
        return redirect(application)
    return redirect(next(state.url for state in step_states(application) if state.state != "complete"))


@login_required
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    """Show the applications of the bodies a person acts for."""
    now = timezone.now()
    standing = Prefetch("openings", Opening.objects.standing(), to_attr="standing_openings")
    applications = Application.objects.of(request.user).with_story().prefetch_related(standing)
    accepting = Call.objects.accepting(now)
    return render(
        request,
        "calls/application_list.html",
        {"applications": applications, "accepting": accepting, "now": now},
    )


@login_required
@require_safe
def application_detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one application, where it stands and what comes next."""
    application, now = own_application(request, public_id), timezone.now()
    context = {
        "application": application,
        "now": now,
        "preview": application.promise,
        "chart": gantt(application.activities.all(), application.duration_months or 1),
        "steps": step_states(application) if application.status == Application.Status.DRAFT else [],
        "may_write": application.status == Application.Status.DRAFT and may_write(request.user, application),
        "may_act": may_act_upon(request.user, application),
        "writing": services.desk_writing_of(application=application, by=request.user, now=now),
        "may_take_back": application.may_be_taken_back(now),
        "story": story_of(application, now),
        "opening": application.openings.standing().first(),
        "versions": application.versions.order_by("-number"),
    }
    return render(request, "calls/application_detail.html", context)
