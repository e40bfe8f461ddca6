from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import services
from campaigns.models import Campaign
from campaigns.problem_form import ProblemForm


def report_problem(request: HttpRequest, slug: str) -> HttpResponse:
    """Take what a reader finds wrong with a campaign."""
    campaign = get_object_or_404(Campaign.objects.public().with_story(), slug=slug)
    form = ProblemForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        is_odd = data.pop("website")
        try:
            if not is_odd:
                services.report_problem(campaign=campaign, now=timezone.now(), **data)
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
    return render(request, "campaigns/problem_form.html", {"campaign": campaign, "form": form}, status=status)
