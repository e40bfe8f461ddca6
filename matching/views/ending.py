from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import Organization
from campaigns.models import Campaign
from campaigns.services import WITHDRAWABLE, WrongState
from campaigns.templatetags.gate import figures
from matching import services
from matching.forms import ReducedProjectForm, WithdrawalForm
from matching.models import Withdrawal


@login_required
@never_cache
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell an owner what withdrawing the campaign brings with it now, and do it when that was read."""
    campaign = _owned_campaign(request, slug)
    if campaign.status not in WITHDRAWABLE or hasattr(campaign, "withdrawal"):
        messages.error(request, _("This campaign cannot be withdrawn any more."))
        return redirect("campaigns:campaign_manage", slug)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            asked = services.withdraw_campaign(
                campaign=campaign, reason=reason, by=request.user, now=timezone.now()
            )
        except WrongState:
            messages.error(request, _("This campaign cannot be withdrawn any more."))
        else:
            messages.success(request, _withdrawal_words(asked))
        return redirect("campaigns:campaign_manage", slug)
    context = {
        "campaign": campaign,
        "form": form,
        "gate": figures(campaign),
        "stage": services.stage_of(campaign, getattr(campaign, "grant", None)),
        **_what_goes_back(campaign),
    }
    return render(request, "matching/withdraw.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def reduced_project(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask an owner whether a reduced project will be done with what was given below the threshold."""
    campaign = _owned_campaign(request, slug)
    if campaign.status != Campaign.Status.KEEPING or campaign.kept_at:
        messages.info(request, _("There is nothing to answer about a reduced project now."))
        return redirect("campaigns:campaign_manage", slug)
    gives_back = "give_back" in request.POST
    form = ReducedProjectForm(request.POST if request.method == "POST" and not gives_back else None)
    if gives_back or form.is_valid():
        answer = {"campaign": campaign, "by": request.user, "now": timezone.now()}
        try:
            if gives_back:
                services.give_up_reduced_project(**answer)
                messages.success(request, _("Every gift goes back to the people who gave."))
            else:
                services.confirm_reduced_project(project=form.cleaned_data["project"], **answer)
                messages.success(request, _("Confirmed: your donors have been written to."))
        except WrongState:
            messages.error(request, _("The time to answer is over."))
        return redirect("campaigns:campaign_manage", slug)
    context = {
        "campaign": campaign,
        "form": form,
        "gate": figures(campaign),
    }
    return render(request, "matching/reduced_project.html", context, status=422 if form.errors else 200)


def _what_goes_back(campaign: Campaign) -> dict[str, int]:
    """Return how many people get their gifts back from the site, and the cents that go back there and outside it."""
    paid = campaign.donations.settled()
    cents = sum(gift.kept_cents for gift in paid.only("counted_cents", "uncounted_cents"))
    outside = campaign.offline_donations.verified().aggregate(total=Sum("verified_cents", default=0))["total"]
    people = paid.values("email_key").distinct().count()
    return {"donors": people, "back_cents": cents, "outside_cents": outside}


def _owned_campaign(request: HttpRequest, slug: str) -> Campaign:
    """Return a campaign of a body the person answers for, or answer 404."""
    owned = Organization.objects.owned_by(request.user)
    return get_object_or_404(
        Campaign.objects.filter(application__organization__in=owned).with_story(), slug=slug
    )


def _withdrawal_words(withdrawal: Withdrawal) -> str:
    """Return what has happened to a withdrawal, in words."""
    if withdrawal.state == Withdrawal.State.DONE:
        return _("The campaign is withdrawn.")
    return _("Your wish to withdraw is with the officers: you get an e-mail when they have answered.")
