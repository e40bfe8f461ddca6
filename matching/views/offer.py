from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import Organization
from campaigns.models import Campaign
from matching import services
from matching.forms import DECLINE, GAP, OfferAnswerForm
from matching.models import GrantOffer


@never_cache
@login_required
def grant_offer(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a promoter the part of the grant that is offered, and take the answer of those who answer for the body."""
    campaign = get_object_or_404(Campaign.objects.of(request.user).with_story(), slug=slug)
    offer = GrantOffer.objects.filter(grant__campaign=campaign).select_related("grant", "answered_by").first()
    now = timezone.now()
    is_open = offer is not None and offer.status == GrantOffer.Status.OPEN and now < offer.expires_at
    may_answer = Organization.objects.owned_by(request.user).filter(pk=campaign.organization.pk).exists()
    form = None
    if is_open and may_answer:
        form = OfferAnswerForm(request.POST or None, covers=services.covers_of(campaign, now))
    if request.method == "POST" and not may_answer:
        raise PermissionDenied
    if request.method == "POST" and offer and (form is None or form.is_valid()):
        if form:
            _answer(request, offer, form)
        else:
            messages.error(request, _("This offer can no longer be answered."))
        return redirect("matching:grant_offer", slug)
    context = {
        "campaign": campaign,
        "offer": offer,
        "form": form,
        "waits_for_owner": is_open and not may_answer,
        "missing_cents": offer.grant.due_cents - offer.amount_cents if offer else 0,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "matching/grant_offer.html", context, status=status)


def _answer(request: HttpRequest, offer: GrantOffer, form: OfferAnswerForm) -> None:
    """Hand the answer to its service and say what has happened."""
    answer, words = form.cleaned_data["answer"], form.cleaned_data["words"]
    told = {"offer": offer, "words": words, "by": request.user, "now": timezone.now()}
    try:
        if answer in (DECLINE, GAP):
            services.decline_offer(**told, leaves_gap=answer == GAP)
            messages.success(request, _("Noted: the part is the fund's again, and you keep your place."))
        else:
            services.accept_offer(**told, cover=GrantOffer.Cover(answer))
            messages.success(request, _("Accepted: the city has added the part to your campaign."))
    except services.ReleasesStopped:
        messages.error(request, _("The city has stopped all grants of this call for now: try again later."))
    except (services.OfferOver, services.CoverMissing):
        messages.error(request, _("This offer can no longer be answered."))
