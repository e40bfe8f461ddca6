from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from campaigns.models import Campaign
from matching import services
from matching.forms import NewBodyForm

UNFIT = gettext_lazy(
    "This body cannot take your place: the call has to admit its kind, and it needs a tax code of its own with 11 digits."
)


@login_required
@never_cache
def new_body(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a group of citizens name the body it has set up, and tell what waits for it."""
    campaign = get_object_or_404(Campaign.objects.of(request.user).with_story(), slug=slug)
    if not services.awaits_body(campaign):
        messages.info(request, _("The promoter of this campaign is a body already."))
        return redirect("campaigns:campaign_manage", slug)
    records = list(campaign.incorporations.select_related("body"))
    form = NewBodyForm(request.POST or None, user=request.user, kinds=campaign.call.eligible_kinds)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_body(campaign=campaign, by=request.user, now=timezone.now(), **form.cleaned_data)
        except services.BodyUnfit:
            form.add_error("body", UNFIT)
        except services.NotYours:
            form.add_error("body", _("An owner of both the group and the body records it."))
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
