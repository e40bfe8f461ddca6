"""What citizens ask about a campaign, and what its promoter answers."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import services
from campaigns.models import Campaign, Question
from campaigns.rules import may_ask
from campaigns.voice_forms import QuestionForm

PAGE_SIZE = 20


@require_safe
def campaign_questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what was asked about a campaign and answered, the newest first."""
    campaign = get_object_or_404(Campaign.objects.public().with_story(), slug=slug)
    answered = campaign.questions.answered().prefetch_related("earlier_texts")
    page = Paginator(answered, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"campaign": campaign, "page": page, "may_ask": may_ask(status=campaign.status)}
    return render(request, "campaigns/question_list.html", context)


def ask_promoter(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a promoter about a campaign; the answer to the form is the same whoever the address belongs to."""
    campaign = get_object_or_404(Campaign.objects.public().with_story(), slug=slug)
    if not may_ask(status=campaign.status):
        messages.info(request, _("Nobody can ask about this project now."))
        return redirect(campaign)
    person = request.user if request.user.is_authenticated else None
    initial = {"email": person.email} if person else {}
    form = QuestionForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        is_odd = data.pop("website")
        try:
            question = None if is_odd else _ask(campaign, person, data)
        except services.QuestionsOver:
            messages.info(request, _("Nobody can ask about this project now."))
            return redirect(campaign)
        except services.TooManyQuestions:
            form.add_error(
                None, _("Many questions are being asked here or from this address: try again later.")
            )
            status = 429
        else:
            is_sent = question is not None and question.status != Question.Status.ASKED
            context = {"campaign": campaign, "email": data["email"], "is_sent": is_sent}
            return render(request, "campaigns/question_sent.html", context)
    elif form.errors:
        status = 422
    return render(request, "campaigns/question_ask.html", {"campaign": campaign, "form": form}, status=status)


def _ask(campaign: Campaign, person, data: dict[str, str]) -> Question:
    """Put the question a form holds."""
    language = (get_language() or "it")[:2]
    return services.ask_question(
        campaign=campaign, author=person, language=language, now=timezone.now(), **data
    )


@never_cache
def question_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a question by a press on a page: programs that look into mails only open links."""
    question = Question.objects.by_token(token).select_related("campaign").first()
    if question is None:
        return render(request, "campaigns/question_over.html", status=410)
    if request.method == "POST":
        question = services.confirm_question(question=question, now=timezone.now())
    is_confirmed = question.status != Question.Status.ASKED
    context = {"inquiry": question, "campaign": question.campaign, "is_confirmed": is_confirmed}
    return render(request, "campaigns/question_confirm.html", context)
