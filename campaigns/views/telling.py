"""Where a promoter's members write updates and answer questions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns import services
from campaigns.models import Campaign, CampaignUpdate, Question
from campaigns.rules import may_ask, may_tell
from campaigns.voice_forms import AnswerForm, UpdateForm
from civicfund.rates import SENDING, at_most


def own_campaign(request: HttpRequest, slug: str) -> tuple[Campaign, bool]:
    """Return a campaign of a body the person acts for, and whether the person may write; or answer 404."""
    campaign = get_object_or_404(Campaign.objects.of(request.user).with_story(), slug=slug)
    return campaign, Campaign.objects.writable_by(request.user).filter(pk=campaign.pk).exists()


def writable_campaign(request: HttpRequest, slug: str) -> Campaign:
    """Return a campaign the person may write about, or answer 404 or 403."""
    campaign, may_write = own_campaign(request, slug)
    if not may_write:
        raise PermissionDenied
    return campaign


@login_required
def my_updates(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the updates of a campaign, the drafts first."""
    campaign, may_write = own_campaign(request, slug)
    tells = may_tell(status=campaign.status, settled_at=campaign.settled_at, now=timezone.now())
    context = {
        "campaign": campaign,
        "drafts": campaign.updates.filter(status=CampaignUpdate.Status.DRAFT),
        "published": campaign.updates.published(),
        "may_write": may_write,
        "may_tell": tells,
        "followers": campaign.follows.confirmed().filter(wish="news").count(),
    }
    return render(request, "campaigns/my_updates.html", context)


@login_required
@at_most("UPLOAD_LIMITS", on=SENDING)
def update_write(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a new update: kept as a draft, or published at once."""
    campaign = writable_campaign(request, slug)
    form = UpdateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            update = services.write_update(campaign=campaign, by=request.user, now=now, **form.cleaned_data)
        except services.UpdatesOver:
            messages.error(request, _("Nothing can be told about this campaign now."))
            return redirect("campaigns:my_updates", slug)
        return _kept(request, campaign, update)
    context = {"campaign": campaign, "form": form, "update": None}
    return render(request, "campaigns/update_form.html", context, status=422 if form.errors else 200)


@login_required
@at_most("UPLOAD_LIMITS", on=SENDING)
def update_edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change an update, publish it or throw it away."""
    campaign = writable_campaign(request, slug)
    update = get_object_or_404(campaign.updates, number=number)
    if "discard" in request.POST:
        return _discard(request, campaign, update)
    form = UpdateForm(request.POST or None, request.FILES or None, update=update)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        update = services.edit_update(update=update, by=request.user, now=now, **form.cleaned_data)
        return _kept(request, campaign, update)
    context = {"campaign": campaign, "form": form, "update": update}
    return render(request, "campaigns/update_form.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, campaign: Campaign, update: CampaignUpdate) -> HttpResponse:
    """Publish what was just written if that was the button, and say what has happened."""
    if "publish" not in request.POST:
        messages.success(request, _("The update is saved."))
        return redirect("campaigns:update_edit", campaign.slug, update.number)
    try:
        services.publish_update(update=update, now=timezone.now())
    except services.UpdatesOver:
        messages.error(request, _("Nothing can be told about this campaign now: the draft is kept."))
    else:
        messages.success(
            request, _("Published. Followers get it by mail in half an hour: correct it until then.")
        )
    return redirect("campaigns:my_updates", campaign.slug)


def _discard(request: HttpRequest, campaign: Campaign, update: CampaignUpdate) -> HttpResponse:
    """Throw a draft away."""
    try:
        services.discard_update(update=update)
    except services.UpdatePublished:
        messages.error(request, _("It is published already: correct it instead."))
    else:
        messages.success(request, _("The draft is thrown away."))
    return redirect("campaigns:my_updates", campaign.slug)


@login_required
@require_safe
def my_questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what waits for the promoter's answer, the oldest first, and what was answered."""
    campaign, may_write = own_campaign(request, slug)
    context = {
        "campaign": campaign,
        "waiting": campaign.questions.waiting(),
        "answered": campaign.questions.answered(),
        "may_write": may_write,
        "may_answer": may_write and may_ask(status=campaign.status),
    }
    return render(request, "campaigns/my_questions.html", context)


@login_required
def question_answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Answer a question in public, or put an answer right."""
    campaign = writable_campaign(request, slug)
    question = get_object_or_404(campaign.questions.confirmed(), pk=pk)
    form = AnswerForm(request.POST or None, initial={"text": question.answer})
    if request.method == "POST" and form.is_valid():
        is_answered = question.status == Question.Status.ANSWERED
        service = services.correct_answer if is_answered else services.answer_question
        try:
            service(question=question, by=request.user, now=timezone.now(), **form.cleaned_data)
        except services.NotWaiting:
            messages.error(request, _("This question waits no longer: somebody was faster, or it is hidden."))
        except services.QuestionsOver:
            messages.error(request, _("Nobody can answer about this campaign now."))
        else:
            messages.success(request, _("Your answer is on the page of the project."))
        return redirect("campaigns:my_questions", slug)
    context = {"campaign": campaign, "form": form, "inquiry": question}
    return render(request, "campaigns/question_answer.html", context, status=422 if form.errors else 200)
