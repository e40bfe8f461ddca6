"""Uploads in pieces, for the page's script: begin, ask how much has arrived, add, finish, give up."""

import json
import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from calls import services
from calls.documents import words_of
from calls.forms import UploadForm
from calls.models import Application, Attachment, PartnerLetter, Upload
from calls.views.step import may_act_upon, readable_by, with_opening
from civicfund.methods import takes_also
from civicfund.papers import Unusable
from civicfund.rates import SENDING, at_most

#: The most one piece may have: what a request may bring into memory.
PIECE_BYTES = 1024 * 1024


#: What keeps a file from being taken.
REFUSED = (
    Unusable,
    services.TooManyDocuments,
    services.ApplicationClosed,
    services.LetterNotAsked,
    services.TooManyLetters,
    services.PartnerRemoved,
    services.MayOnlyRead,
)


def for_writers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only people who may write the application in; say in JSON why others are not, and what went wrong."""

    @wraps(view)
    def guard(request: HttpRequest, public_id: uuid.UUID, **names: uuid.UUID) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"signed_out": True}, status=401)
        application = get_object_or_404(readable_by(request.user), public_id=public_id)
        if not may_act_upon(request.user, application):
            return JsonResponse({}, status=403)
        try:
            return view(request, with_opening(application), **names)
        except services.WrongOffset as wrong:
            return JsonResponse({"offset": wrong.received_bytes}, status=409)
        except REFUSED as refusal:
            return JsonResponse({"words": words_of(refusal)}, status=422)

    # As Django's own decorator marks what is for people who have signed in.
    guard.login_url = None  # type: ignore[attr-defined]
    return guard


@never_cache
@require_POST
@at_most("UPLOAD_LIMITS", on=SENDING)
@for_writers
def upload_begin(request: HttpRequest, application: Application) -> HttpResponse:
    """Begin an upload, or find the one that was interrupted."""
    try:
        told = json.loads(request.body)
    except ValueError:
        told = {}
    form = UploadForm(told if isinstance(told, dict) else {}, application=application)
    if not form.is_valid():
        return JsonResponse(
            {"words": " ".join(words for found in form.errors.values() for words in found)}, status=422
        )
    upload = services.begin_upload(
        application=application, by=request.user, now=timezone.now(), **form.cleaned_data
    )
    address = reverse("calls:upload", args=[application.public_id, upload.public_id])
    return JsonResponse(
        {"address": address, "offset": upload.received_bytes, "piece": PIECE_BYTES}, status=201
    )


@takes_also("PUT", "DELETE")
@never_cache
@require_http_methods(["GET", "PUT", "POST", "DELETE"])
@for_writers
def upload(request: HttpRequest, application: Application, upload_id: uuid.UUID) -> HttpResponse:
    """Say how much has arrived, take the next piece (PUT), keep the whole (POST), or give it up (DELETE)."""
    letters = PartnerLetter.objects.filter(partner__application=application, public_id=upload_id)
    if Attachment.objects.filter(application=application, public_id=upload_id).exists() or letters.exists():
        return JsonResponse({"kept": True})
    found = get_object_or_404(
        Upload.objects.select_related("application", "requirement", "partner").exclude(begun_by=None),
        public_id=upload_id,
        application=application,
    )
    return take_piece(request, found, request.user)


def take_piece(request: HttpRequest, found: Upload, by: User | None) -> HttpResponse:
    """Do with an upload what a request asks for."""
    if request.method == "PUT":
        piece = request.body
        whole = len(piece) == int(request.headers.get("Content-Length") or 0)
        offset = request.headers.get("Upload-Offset", "")
        if not whole or not offset.isdecimal():
            raise services.WrongOffset(found.received_bytes)
        found = services.append_piece(upload=found, offset=int(offset), piece=piece, now=timezone.now())
    elif request.method == "POST":
        services.finish_upload(upload=found, by=by, now=timezone.now())
        return JsonResponse({"kept": True}, status=201)
    elif request.method == "DELETE":
        services.drop_upload(upload=found)
        return JsonResponse({})
    return JsonResponse({"offset": found.received_bytes})
