import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from civicfund.papers import Unusable, give_out
from civicfund.rates import SENDING, at_most
from matching import services
from matching.forms import NewBodyForm
from matching.models import IncorporationProof

UNFIT = gettext_lazy(
    "This body cannot take your place: the call has to admit its kind, and it needs a tax code of its own with 11 digits."
)


@login_required
@never_cache
@at_most("UPLOAD_LIMITS", on=SENDING)
def new_body(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a group of citizens name the body it has set up, and tell what waits for it."""
    campaign = get_object_or_404(Campaign.objects.of(request.user).with_story(), slug=slug)
    if not services.awaits_body(campaign):
        messages.info(request, _("The promoter of this campaign is a body already."))
        return redirect("campaigns:campaign_manage", slug)
    records = list(campaign.incorporations.select_related("body", "proof_file"))
    form = _form(request, campaign)
    if request.method == "POST" and _keeps_file(request, campaign, form):
        try:
            services.record_body(
                campaign=campaign,
                by=request.user,
                now=timezone.now(),
                body=form.cleaned_data["body"],
                proof=form.cleaned_data["proof"],
                proof_file=form.kept,
            )
        except services.BodyUnfit:
            form.add_error("body", UNFIT)
        except services.NotYours:
            form.add_error("body", _("An owner of both the group and the body records it."))
        except services.ProofUnusable:
            form.add_error("upload", _("This file has served already: choose it again."))
        except (services.BodyWaits, services.NotAGroup):
            messages.info(request, _("The body is recorded already: an officer looks at it."))
            return redirect("matching:new_body", slug)
        else:
            messages.success(request, _("Recorded: an officer looks at it and answers by mail."))
            return redirect("matching:new_body", slug)
    context = {
        "campaign": campaign,
        "form": form,
        "records": records,
        "waits": any(record.state == record.State.RECORDED for record in records),
        "due_at": services.body_due_at(campaign),
    }
    return render(request, "matching/new_body.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, campaign: Campaign) -> NewBodyForm:
    """Return the form as it was sent, with the file that has arrived with an earlier try of it."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    mine = IncorporationProof.objects.unused().filter(campaign=campaign, kept_by=request.user)
    try:
        kept = mine.filter(public_id=uuid.UUID(request.POST.get("kept", ""))).first()
    except ValueError:
        kept = None
    return NewBodyForm(*sent, user=request.user, kinds=campaign.call.eligible_kinds, kept=kept)


def _keeps_file(request: HttpRequest, campaign: Campaign, form: NewBodyForm) -> bool:
    """Keep a file that has arrived, whatever is wrong elsewhere, and say whether nothing is."""
    is_complete = form.is_valid()
    upload = form.cleaned_data.get("upload")
    if upload:
        try:
            form.kept = services.keep_body_proof(
                campaign=campaign, upload=upload, by=request.user, now=timezone.now()
            )
        except Unusable as refusal:
            form.add_error("upload", str(refusal))
            return False
    return is_complete


@login_required
@never_cache
@require_safe
def new_body_proof(request: HttpRequest, slug: str, proof: uuid.UUID) -> FileResponse:
    """Give a proof out to the members of the promoter and to officers who may see it; to others 404."""
    found = IncorporationProof.objects.filter(campaign__slug=slug)
    if not (request.user.is_staff and request.user.has_perm("matching.view_incorporation")):
        found = found.filter(campaign__in=Campaign.objects.of(request.user))
    kept = get_object_or_404(found, public_id=proof)
    return give_out(kept.file, name=kept.name, kind=kept.kind)
