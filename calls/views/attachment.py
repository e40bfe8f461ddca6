"""The documents of an application: the step, plain uploads, and the way out of the private storage."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from calls import services
from calls.documents import document_slots, words_of
from calls.forms import AttachmentForm
from calls.models import Application, Attachment, StepKey
from calls.openable import is_written
from calls.views.step import may_act_upon, may_write, own_application, readable_by, step_page
from civicfund.papers import Unusable, give_out
from civicfund.rates import SENDING, at_most


@login_required
@never_cache
@at_most("UPLOAD_LIMITS", on=SENDING)
def step_documents(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the documents the call asks for, and keep one that is sent with a plain form."""
    application = own_application(request, public_id)
    if not is_written(application, StepKey.DOCUMENTS):
        messages.info(request, _("A submitted application can no longer be changed."))
        return redirect(application)
    if request.method != "POST":
        return _show(request, application, None)
    if not may_write(request.user, application, StepKey.DOCUMENTS):
        raise PermissionDenied
    form = AttachmentForm(request.POST, request.FILES, application=application)
    if form.is_valid():
        _keep(request, application, form)
    if form.errors:
        return _show(request, application, form)
    here = reverse("calls:step_documents", args=[application.public_id])
    return redirect(f"{here}#document-{form.cleaned_data['requirement'].pk}")


@login_required
@never_cache
@require_safe
def document(request: HttpRequest, public_id: uuid.UUID, document_id: uuid.UUID) -> FileResponse:
    """Give a document out to the members of its body and to officers who may see applications; to others 404."""
    found = Attachment.objects.filter(application__public_id=public_id)
    if not (request.user.is_staff and request.user.has_perm("calls.view_application")):
        found = found.filter(application__in=readable_by(request.user))
    attachment = get_object_or_404(found, public_id=document_id)
    return give_out(attachment.file, name=attachment.name, kind=attachment.kind)


@login_required
@require_POST
def document_remove(request: HttpRequest, public_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Take a document away from a draft."""
    attachment = _own_attachment(request, public_id, document_id)
    try:
        services.remove_attachment(attachment=attachment, by=request.user, now=timezone.now())
    except services.ApplicationClosed:
        messages.error(request, _("A submitted application can no longer be changed."))
    else:
        messages.success(
            request, _("“%(name)s” is taken away. You can put it back.") % {"name": attachment.name}
        )
    return redirect("calls:step_documents", public_id)


@login_required
@require_POST
def document_restore(request: HttpRequest, public_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Put a document back."""
    attachment = _own_attachment(request, public_id, document_id)
    try:
        services.restore_attachment(attachment=attachment, by=request.user, now=timezone.now())
    except (services.ApplicationClosed, services.TooManyDocuments, services.MayOnlyRead) as refusal:
        messages.error(request, words_of(refusal))
    else:
        messages.success(request, _("“%(name)s” is there again.") % {"name": attachment.name})
    return redirect("calls:step_documents", public_id)


@login_required
@require_POST
def upload_drop(request: HttpRequest, public_id: uuid.UUID, upload_id: uuid.UUID) -> HttpResponse:
    """Give up an upload that has stopped."""
    application = own_application(request, public_id)
    if not may_write(request.user, application, StepKey.DOCUMENTS):
        raise PermissionDenied
    upload = get_object_or_404(application.uploads, public_id=upload_id)
    services.drop_upload(upload=upload)
    messages.success(request, _("“%(name)s” is given up.") % {"name": upload.name})
    return redirect("calls:step_documents", public_id)


def _own_attachment(request: HttpRequest, public_id: uuid.UUID, document_id: uuid.UUID) -> Attachment:
    """Return a document the person may write; readers are refused, strangers find nothing."""
    application = own_application(request, public_id)
    attachment = get_object_or_404(application.attachments, public_id=document_id)
    if not may_act_upon(request.user, application):
        raise PermissionDenied
    return attachment


def _keep(request: HttpRequest, application: Application, form: AttachmentForm) -> None:
    """Keep the file of a form, or write beside it why it cannot be taken."""
    upload = form.cleaned_data["file"]
    try:
        services.keep_attachment(
            application=application,
            requirement=form.cleaned_data["requirement"],
            pieces=upload.chunks(),
            name=upload.name,
            by=request.user,
            now=timezone.now(),
            replaces=form.cleaned_data["replaces"],
        )
    except (Unusable, services.TooManyDocuments, services.ApplicationClosed, services.MayOnlyRead) as refusal:
        form.add_error("file", words_of(refusal))
    else:
        messages.success(request, _("“%(name)s” has arrived and is kept.") % {"name": upload.name})


def _show(request: HttpRequest, application: Application, form: AttachmentForm | None) -> HttpResponse:
    """Show the step, with what is wrong beside the document it was sent for."""
    slots = document_slots(application, request.user, form)
    context = {"slots": slots, "largest_mb": settings.DOCUMENT_LARGEST_MB}
    answer = step_page(request, application, StepKey.DOCUMENTS, context, "calls/documents.html")
    answer.status_code = 422 if form else 200
    return answer
