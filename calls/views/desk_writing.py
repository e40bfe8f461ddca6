"""What an officer who writes for a body does on its pages: say that the work is done."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from calls import services
from calls.views.step import own_application


@login_required
@require_POST
def desk_writing_end(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """End an officer's time of writing for a body, and lead back to the desk."""
    application, now = own_application(request, public_id), timezone.now()
    writing = services.desk_writing_of(application=application, by=request.user, now=now)
    if writing is None:
        return redirect(application)
    services.end_desk_writing(writing=writing, now=now)
    messages.success(request, _("Done: you write for this organization no more."))
    return redirect(reverse("admin:calls_draft_changelist"))
