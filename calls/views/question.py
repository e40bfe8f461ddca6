"""Pages on which people ask about a call and read what was answered to everybody."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from calls import services
from calls.forms import QuestionForm
from calls.models import Call, CallQuestion
from calls.views.call import KEPT_SECONDS
from civicfund.templatetags.clock import moment

PAGE_SIZE = 20
#: Answers in the feed.
FED = 50
REFUSALS = {
    services.TextMissing: gettext_lazy("Write your question."),
    services.AddressNotConfirmed: gettext_lazy(
        "Confirm your e-mail address first, with the link in the mail we sent you: the answer goes there."
    ),
}


@require_safe
def call_questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what was asked about a call and what was answered, the newest first, and a reader's own questions."""
    call = get_object_or_404(Call.objects.published(), slug=slug)
    page = Paginator(call.answers.prefetch_related("corrections"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    own: Any = []
    if request.user.is_authenticated:
        own = call.questions.of(request.user).exclude(status=CallQuestion.Status.ANSWERED)
    context = {
        "call": call,
        "page": page,
        "own": own,
        "takes_questions": call.takes_questions_at(timezone.now()),
    }
    return render(request, "calls/call_questions.html", context)


@require_safe
def call_answer(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Lead to an answer, on whichever page of the list it stands by now."""
    call = get_object_or_404(Call.objects.published(), slug=slug)
    answer = get_object_or_404(call.answers, number=number)
    page = call.answers.filter(number__gt=number).count() // PAGE_SIZE + 1
    return redirect(f"{reverse('calls:call_questions', args=[slug])}?page={page}#{answer.anchor}")


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
def call_answers_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the newest answers to a feed reader; a correction moves its answer's date."""
    call = get_object_or_404(Call.objects.published(), slug=slug)
    feed = Atom1Feed(
        title=_("Questions and answers: %(call)s") % {"call": call},
        link=f"{settings.SITE_URL}{reverse('calls:call_questions', args=[slug])}",
        description=call.summary,
        feed_url=f"{settings.SITE_URL}{request.path}",
        language=get_language(),
    )
    for answer in call.answers.prefetch_related("corrections")[:FED]:
        texts = [answer.text, *(correction.text for correction in answer.corrections.all())]
        dates = [answer.published_at, *(correction.published_at for correction in answer.corrections.all())]
        address = f"{settings.SITE_URL}{reverse('calls:call_answer', args=[slug, answer.number])}"
        feed.add_item(
            title=answer.question,
            link=address,
            description="\n\n".join(texts),
            unique_id=address,
            pubdate=answer.published_at,
            updateddate=dates[-1],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


@login_required
def ask_question(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask about a call while it takes questions."""
    call = get_object_or_404(Call.objects.published(), slug=slug)
    now = timezone.now()
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_question(call=call, author=request.user, now=now, **form.cleaned_data)
        except tuple(REFUSALS) as error:
            form.add_error("text", REFUSALS[type(error)])
        except services.TooManyQuestions as error:
            words = _("You have asked a lot in a short time: send this one again after %(when)s.")
            form.add_error("text", words % {"when": moment(error.until)})
        except services.QuestionsClosed:
            form.add_error("text", _("Questions are over: write to %(mail)s.") % {"mail": call.contact_email})
        else:
            messages.success(
                request, _("Your question is with the office. The answer comes by mail and on this page.")
            )
            return redirect("calls:call_questions", slug)
    elif request.method != "POST" and not call.takes_questions_at(now):
        messages.info(request, _("This call takes no questions now."))
        return redirect("calls:call_questions", slug)
    return render(request, "calls/question_form.html", {"form": form, "call": call})
