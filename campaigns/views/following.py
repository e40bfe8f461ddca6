from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from calls.models.call import BOROUGHS
from campaigns import services
from campaigns.follow_form import FollowForm
from campaigns.models import Campaign, Follow


def follow_campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the address to which news of a campaign, or only its result, is written; after it, of one that goes on."""
    campaign = get_object_or_404(Campaign.objects.public().with_story(), slug=slug)
    if campaign.settled_at and campaign.status != Campaign.Status.SUCCEEDED:
        messages.info(request, _("The outcome of this campaign is known already: you read it here."))
        return redirect(campaign)
    form = FollowForm(request.POST or None, initial=_initial(request))
    if campaign.settled_at:
        del form.fields["wish"]
    return _ask(request, form, campaign=campaign)


def follow_borough(request: HttpRequest, borough: int) -> HttpResponse:
    """Ask for the address to which new campaigns of a borough are written."""
    if borough not in dict(BOROUGHS):
        raise Http404
    form = FollowForm(request.POST or None, initial=_initial(request))
    del form.fields["wish"]
    return _ask(request, form, borough=borough)


def _ask(
    request: HttpRequest, form: FollowForm, campaign: Campaign | None = None, borough: int | None = None
) -> HttpResponse:
    """Show the form, and after it the same answer whoever the address belongs to."""
    what = campaign.title if campaign else str(dict(BOROUGHS)[borough or 0])
    context = {"form": form, "campaign": campaign, "borough": borough, "what": what}
    if request.method != "POST" or not form.is_valid():
        return render(request, "campaigns/follow_form.html", context, status=422 if form.errors else 200)
    data = form.cleaned_data
    if not data["website"]:
        try:
            services.ask_to_follow(
                email=data["email"],
                language=(get_language() or "it")[:2],
                now=timezone.now(),
                campaign=campaign,
                borough=borough,
                wish=data.get("wish") or Follow.Wish.NEWS,
            )
        except services.TooManyAsked:
            form.add_error(
                "email", _("This address has been asked to confirm many times today: try again tomorrow.")
            )
            return render(request, "campaigns/follow_form.html", context, status=429)
    return render(request, "campaigns/follow_sent.html", {**context, "email": data["email"]})


def _initial(request: HttpRequest) -> dict[str, str]:
    """Fill in what is known."""
    known = {"wish": Follow.Wish.RESULT if request.GET.get("solo") == "risultato" else Follow.Wish.NEWS}
    return known | ({"email": request.user.email} if request.user.is_authenticated else {})


@never_cache
def follow_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm by a press on a page, or change what is heard: programs that look into mails only open links."""
    follow = Follow.objects.by_token(token).select_related("campaign").first()
    if follow is None:
        return render(request, "campaigns/follow_over.html", status=410)
    now, asked = timezone.now(), request.POST.get("wish", "")
    if request.method == "POST" and asked in Follow.Wish:
        follow = services.choose_wish(follow=follow, wish=asked, now=now)
    elif request.method == "POST":
        follow = services.confirm_follow(follow=follow, now=now)
    is_confirmed = follow.status == Follow.Status.CONFIRMED
    return render(request, "campaigns/follow_confirm.html", {"follow": follow, "is_confirmed": is_confirmed})


# A mail program that unsubscribes for its reader sends a POST of its own (RFC 8058), without cookies: the link is the proof.
@csrf_exempt  # nosemgrep: door-without-csrf
@never_cache
def follow_end(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails: at once for a mail program, by a press for a person."""
    follow = Follow.objects.by_token(token).select_related("campaign").first()
    if follow and request.method == "POST":
        services.end_follow(follow=follow)
        follow = None
    return render(request, "campaigns/follow_end.html", {"follow": follow})
