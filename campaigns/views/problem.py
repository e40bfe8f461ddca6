from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import services
from campaigns.models import Campaign, Moderated
from campaigns.problem_form import ProblemForm


def report_problem(request: HttpRequest, slug: str) -> HttpResponse:
    """Take what a reader finds wrong with a campaign, or with one thing on its page."""
    campaign = get_object_or_404(Campaign.objects.public().with_story(), slug=slug)
    about = _about(request, campaign)
    form = ProblemForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        is_odd = data.pop("website")
        try:
            if not is_odd:
                services.report_problem(campaign=campaign, about=about, now=timezone.now(), **data)
        except services.TooManyProblems:
            form.add_error(
                None, _("Many problems are being reported here: the officers are looking. Try later.")
            )
            status = 429
        else:
            messages.success(request, _("Thank you: an officer reads it and looks into it."))
            return redirect(campaign)
    elif form.errors:
        status = 422
    thing = next((one for one in about.values() if one.is_read), None)
    context = {"campaign": campaign, "form": form, "thing": thing}
    return render(request, "campaigns/problem_form.html", context, status=status)


def _about(request: HttpRequest, campaign: Campaign) -> dict[str, Moderated]:
    """Return the one thing of the campaign's page that the address names, by what a problem calls it."""
    things = {
        "update": campaign.updates.published().filter(number=_number(request, "aggiornamento")).first(),
        "question": campaign.questions.confirmed().filter(pk=_number(request, "domanda")).first(),
    }
    things["item"] = campaign.gallery.kept().filter(pk=_number(request, "figura")).first()
    return dict([(name, thing) for name, thing in things.items() if thing][:1])


def _number(request: HttpRequest, name: str) -> int:
    """Return the number an address gives to a word; 0, which nothing has, for anything else."""
    typed = request.GET.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0
