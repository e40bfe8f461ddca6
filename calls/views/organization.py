"""The data of the body itself, where the office has asked for them: they are changed in the body's own record."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Organization
from calls.models import Application, StepKey
from calls.openable import is_written
from calls.views.step import own_application, step_page


@login_required
@require_safe
def step_organization(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show what the body's record says, and lead its owners to where they change it."""
    application = own_application(request, public_id)
    if application.status == Application.Status.DRAFT or not is_written(application, StepKey.ORGANIZATION):
        messages.info(request, _("Nobody asks for the data of your organization now."))
        return redirect(application)
    organization = application.organization
    context = {
        "organization": organization,
        "statute": organization.papers.statutes().first(),
        "is_owner": Organization.objects.owned_by(request.user).filter(pk=organization.pk).exists(),
    }
    return step_page(request, application, StepKey.ORGANIZATION, context, "calls/step_organization.html")
