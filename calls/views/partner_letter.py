"""Signed letters of mandate: uploaded whole or in pieces by the lead partner or by the partner's link, and given out."""

import json
import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from calls import services
from calls.documents import words_of
from calls.forms import LetterForm, LetterUploadForm
from calls.models import Application, Partner, PartnerLetter, StepKey, Upload
from calls.views.partner import partners_of
from calls.views.step import may_write, own_application
from calls.views.upload import PIECE_BYTES, REFUSED, for_writers, take_piece
from civicfund.methods import takes_also
from civicfund.papers import give_out
from civicfund.rates import SENDING, at_most


def for_link_holders(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only who holds a partner's link in; say in JSON why others are not, and what went wrong."""

    @wraps(view)
    def guard(request: HttpRequest, token: str, **names: uuid.UUID) -> HttpResponse:
        partner = services.partner_of(token=token, now=timezone.now())
        if partner is None:
            return JsonResponse({"words": _("This link opens nothing any more.")}, status=422)
        try:
            return view(request, token, partner, **names)
        except services.WrongOffset as wrong:
            return JsonResponse({"offset": wrong.received_bytes}, status=409)
        except REFUSED as refusal:
            return JsonResponse({"words": words_of(refusal)}, status=422)

    return guard


@login_required
@require_POST
@at_most("UPLOAD_LIMITS", on=SENDING)
def partner_letter_keep(request: HttpRequest, public_id: uuid.UUID, partner_id: uuid.UUID) -> HttpResponse:
    """Keep a letter the lead partner sends with a plain form."""
    application = own_application(request, public_id)
    partner = get_object_or_404(partners_of(application).with_application(), public_id=partner_id)
    if may_write(request.user, application, StepKey.PARTNERS):
        keep_sent(request, partner, request.user)
    else:
        messages.error(request, _("A submitted application can no longer be changed."))
    step = reverse("calls:step_partners", args=[application.public_id])
    return redirect(f"{step}#id_partner_{partner.public_id}")


def keep_sent(request: HttpRequest, partner: Partner, by: User | None) -> None:
    """Keep the letter of a plain form, and say what came of it."""
    form = LetterForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(words for found in form.errors.values() for words in found))
        return
    upload = form.cleaned_data["file"]
    try:
        services.keep_letter(
            partner=partner, pieces=upload.chunks(), name=upload.name, by=by, now=timezone.now()
        )
    except REFUSED as refusal:
        messages.error(request, f"{upload.name}: {words_of(refusal)}")
    else:
        messages.success(request, _("“%(name)s” has arrived and is kept.") % {"name": upload.name})


@never_cache
@require_POST
@at_most("UPLOAD_LIMITS", on=SENDING)
def partner_own_letter_keep(request: HttpRequest, token: str) -> HttpResponse:
    """Keep a letter the partner sends by its link with a plain form."""
    partner = services.partner_of(token=token, now=timezone.now())
    if partner:
        keep_sent(request, partner, None)
    return redirect("calls:partner_answer", token)


@never_cache
@require_POST
@at_most("UPLOAD_LIMITS", on=SENDING)
@for_writers
def partner_letter_begin(
    request: HttpRequest, application: Application, partner_id: uuid.UUID
) -> HttpResponse:
    """Begin the upload of a letter by the lead partner; its pieces go the way of every document's."""
    partner = get_object_or_404(partners_of(application).with_application(), public_id=partner_id)
    return _begin(request, partner, request.user, ("calls:upload", application.public_id))


@never_cache
@require_POST
@at_most("UPLOAD_LIMITS", on=SENDING)
@for_link_holders
def partner_own_letter_begin(request: HttpRequest, token: str, partner: Partner) -> HttpResponse:
    """Begin the upload of a letter by the partner's link."""
    return _begin(request, partner, None, ("calls:partner_own_upload", token))


@takes_also("PUT", "DELETE")
@never_cache
@require_http_methods(["GET", "PUT", "POST", "DELETE"])
@for_link_holders
def partner_own_upload(
    request: HttpRequest, token: str, partner: Partner, upload_id: uuid.UUID
) -> HttpResponse:
    """Say how much of a letter has arrived, take the next piece, keep the whole, or give it up."""
    if partner.letters.filter(public_id=upload_id).exists():
        return JsonResponse({"kept": True})
    uploads = Upload.objects.select_related("application", "requirement", "partner")
    found = get_object_or_404(uploads, public_id=upload_id, partner=partner, begun_by=None)
    return take_piece(request, found, None)


@never_cache
@login_required
@require_safe
def partner_letter(
    request: HttpRequest, public_id: uuid.UUID, partner_id: uuid.UUID, letter_id: uuid.UUID
) -> FileResponse:
    """Give a letter out to the members of the lead partner and to officers who may see applications; to others 404."""
    # A partner that is written anew shows the letter about the words it was handed in with.
    found = PartnerLetter.objects.filter(
        Q(partner__public_id=partner_id) | Q(partner__successors__public_id=partner_id),
        partner__application__public_id=public_id,
    )
    if not (request.user.is_staff and request.user.has_perm("calls.view_application")):
        own_application(request, public_id)
    return _given(get_object_or_404(found, public_id=letter_id))


@never_cache
@require_safe
def partner_own_letter(request: HttpRequest, token: str) -> HttpResponse:
    """Give a partner the letter that is kept for it."""
    partner = services.partner_of(token=token, now=timezone.now())
    if partner is None or partner.letter is None:
        return redirect("calls:partner_answer", token)
    return _given(partner.letter)


def _given(letter: PartnerLetter) -> FileResponse:
    return give_out(letter.file, name=letter.name, kind=letter.kind)


def _begin(
    request: HttpRequest, partner: Partner, by: User | None, place: tuple[str, object]
) -> HttpResponse:
    """Begin the upload a page has told about, and say where its pieces go."""
    try:
        told = json.loads(request.body)
    except ValueError:
        told = {}
    form = LetterUploadForm(told if isinstance(told, dict) else {})
    if not form.is_valid():
        return JsonResponse(
            {"words": " ".join(words for found in form.errors.values() for words in found)}, status=422
        )
    upload = services.begin_letter_upload(partner=partner, by=by, now=timezone.now(), **form.cleaned_data)
    name, where = place
    address = reverse(name, args=[where, upload.public_id])
    return JsonResponse(
        {"address": address, "offset": upload.received_bytes, "piece": PIECE_BYTES}, status=201
    )
