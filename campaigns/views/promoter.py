from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organization
from campaigns import services
from campaigns.forms import AnswerForm, CampaignForm
from campaigns.models import Campaign, Remark
from campaigns.views.people import count_people, with_waiting
from civicfund.rates import SENDING, at_most


@login_required
@require_safe
def my_campaigns(request: HttpRequest) -> HttpResponse:
    """Show the campaigns of the bodies a person acts for."""
    campaigns = with_waiting(Campaign.objects.of(request.user)).with_story()
    return render(request, "campaigns/my_campaigns.html", {"campaigns": campaigns})


@login_required
@at_most("UPLOAD_LIMITS", on=SENDING)
def campaign_manage(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the page of a campaign, and see what is left to do before it opens."""
    campaign = _own_campaign(request, slug)
    may_write = Campaign.objects.writable_by(request.user).filter(pk=campaign.pk).exists()
    if request.method == "POST" and not may_write:
        raise PermissionDenied
    editable = may_write and campaign.status in Campaign.EDITABLE
    remarks = _standing_remarks(campaign)
    form = None
    if editable:
        form = CampaignForm(request.POST or None, request.FILES or None, instance=campaign, remarks=remarks)
    if request.method == "POST" and form and form.is_valid():
        try:
            services.edit_campaign(campaign=campaign, now=timezone.now(), **form.changed())
        except services.WrongState:
            messages.error(request, _("The page is with the officers and cannot be changed now."))
        else:
            messages.success(request, _("The page is saved."))
        return redirect("campaigns:campaign_manage", slug)
    checklist = _checklist(campaign)
    is_owner = Organization.objects.owned_by(request.user).filter(pk=campaign.organization.pk).exists()
    context = {
        "campaign": campaign,
        "form": form,
        "checklist": checklist,
        "remarks": remarks,
        "can_submit": editable and all(item["done"] for item in checklist),
        "donors": count_people(campaign),
        "is_owner": is_owner,
        "may_write": may_write,
        "waiting_questions": campaign.questions.waiting().count(),
        "may_withdraw": is_owner and campaign.status in services.WITHDRAWABLE,
    }
    return render(request, "campaigns/campaign_manage.html", context)


@login_required
@require_POST
def campaign_submit(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand the page to the officers."""
    campaign = _own_campaign(request, slug)
    if not Campaign.objects.writable_by(request.user).filter(pk=campaign.pk).exists():
        raise PermissionDenied
    try:
        services.submit_campaign(campaign=campaign, now=timezone.now())
    except services.CampaignIncomplete:
        messages.error(request, _("Add a picture, its description and the story first."))
    except services.RemarksOpen:
        messages.error(request, _("Answer each remark first: change the page, or say why it stays as it is."))
    except services.WrongState:
        messages.info(request, _("The page is with the officers already."))
    else:
        messages.success(request, _("Submitted: the officers read it and answer by mail."))
    return redirect("campaigns:campaign_manage", slug)


@login_required
@require_POST
def remark_answer(request: HttpRequest, slug: str, remark: int) -> HttpResponse:
    """Answer a remark in words."""
    campaign = _own_campaign(request, slug)
    if not Campaign.objects.writable_by(request.user).filter(pk=campaign.pk).exists():
        raise PermissionDenied
    row = get_object_or_404(Remark.objects.of(campaign).select_related("given_back__campaign"), pk=remark)
    form = AnswerForm(request.POST)
    try:
        if not form.is_valid():
            raise services.RemarksMissing
        services.answer_remark(remark=row, answer=form.cleaned_data["answer"], now=timezone.now())
    except services.RemarksMissing:
        messages.error(request, _("Write in a few words what you did about the remark."))
    except services.RemarkGone:
        messages.info(request, _("This remark needs no answer any more."))
    except services.WrongState:
        messages.info(request, _("The page is with the officers already."))
    else:
        messages.success(request, _("Your answer is kept: the officers read it with the page."))
    return redirect("campaigns:campaign_manage", slug)


def _standing_remarks(campaign: Campaign) -> list[Remark]:
    """Return what the officers have remarked on a page and not settled yet."""
    return list(Remark.objects.of(campaign).standing().select_related("given_back__returned_by"))


def _own_campaign(request: HttpRequest, slug: str) -> Campaign:
    """Return a campaign of a body the person acts for, or answer 404."""
    return get_object_or_404(Campaign.objects.of(request.user).with_story(), slug=slug)


def _checklist(campaign: Campaign) -> list[dict[str, Any]]:
    """Return what a campaign needs before the officers can approve it."""
    organization = campaign.organization
    account = getattr(organization, "connected_account", None)
    ready = account is not None and account.is_ready
    through_platform = campaign.payment_flow == Campaign.PaymentFlow.SEPARATE
    unanswered = Remark.objects.of(campaign).open().count()
    answers = [
        {"label": _("Each remark of the officers is answered"), "done": not unanswered, "url": "#remarks"}
    ]
    return [
        *(answers if campaign.returns.exists() else []),
        {"label": _("The story is written"), "done": bool(campaign.story.strip()), "url": "#id_story"},
        {
            "label": _("There is a picture, with a description"),
            "done": bool(campaign.image and campaign.image_alt),
            "url": "#id_image",
        },
        {
            "label": _("The organization can receive gifts (Stripe)"),
            "done": ready or through_platform,
            "url": reverse("donations:connect_account", args=[organization.public_id]),
        },
    ]
