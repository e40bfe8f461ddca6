"""Pictures, video and documents beside a campaign's story: as citizens see them, and as a promoter keeps them."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import services
from campaigns.gallery_forms import DocumentForm, PictureForm, VideoForm
from campaigns.models import Campaign, GalleryItem
from campaigns.rules import may_show
from campaigns.videos import player_of
from campaigns.views.public import visible
from campaigns.views.telling import own_campaign, writable_campaign
from civicfund.papers import give_out
from civicfund.rates import SENDING, at_most

Kind = GalleryItem.Kind
#: The button of each form, with the form and what writes it down.
WAYS: dict[str, tuple[type[forms.Form], Callable[..., GalleryItem]]] = {
    "picture": (PictureForm, services.show_picture),
    "video": (VideoForm, services.show_video),
    "document": (DocumentForm, services.show_document),
}
REFUSALS = {
    services.GalleryFull: gettext_lazy("There is no room for more of these: take one away first."),
    services.GalleryClosed: gettext_lazy("Nothing can be added to this campaign now."),
    services.VideoUnknown: gettext_lazy("Videos of this address are not shown here."),
}


def _shown(request: HttpRequest, slug: str, kind: str, pk: int) -> GalleryItem:
    """Return something a reader of the campaign's page may see, or answer 404."""
    campaign = get_object_or_404(visible(request).with_story(), slug=slug)
    item = get_object_or_404(campaign.gallery.kept().unhidden(), kind=kind, pk=pk)
    item.campaign = campaign
    return item


@require_safe
@never_cache
def campaign_document(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give a document out as a download."""
    item = _shown(request, slug, Kind.DOCUMENT, pk)
    return give_out(item.file, name=item.file_name, kind="pdf")


@require_safe
def gallery_picture(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show a picture as large as it is, with the way to the ones beside it."""
    item = _shown(request, slug, Kind.PICTURE, pk)
    shown = list(item.campaign.gallery.kept().unhidden().filter(kind=Kind.PICTURE))
    place = shown.index(item)
    context = {
        "campaign": item.campaign,
        "item": item,
        "number": place + 1,
        "most": len(shown),
        "before": shown[place - 1] if place else None,
        "after": shown[place + 1] if place + 1 < len(shown) else None,
    }
    return render(request, "campaigns/picture.html", context)


@require_safe
def campaign_video(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say who plays a video and what its host learns, before anything is asked of it."""
    item = _shown(request, slug, Kind.VIDEO, pk)
    player = player_of(item.address, settings.VIDEO_HOSTS)
    return render(
        request, "campaigns/video.html", {"campaign": item.campaign, "item": item, "player": player}
    )


@require_safe
@csp_update({"frame-src": [f"https://{host}" for host in settings.VIDEO_HOSTS]})
def campaign_video_play(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Play a video in its host's frame: the only page of the site on which another site's page is shown."""
    item = _shown(request, slug, Kind.VIDEO, pk)
    player = player_of(item.address, settings.VIDEO_HOSTS)
    if player is None:
        raise Http404
    context = {"campaign": item.campaign, "item": item, "player": player, "is_playing": True}
    answer = render(request, "campaigns/video.html", context)
    # Players refuse pages that do not say where they stand; the host learns the site, not the page.
    answer["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return answer


@login_required
@at_most("UPLOAD_LIMITS", on=SENDING)
def my_gallery(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what stands beside a campaign's story, and add to it."""
    campaign, may_write = own_campaign(request, slug)
    asked = request.POST.get("add", "")
    bound = {name: form(request.POST, request.FILES) for name, (form, _way) in WAYS.items() if name == asked}
    if request.method == "POST":
        campaign = writable_campaign(request, slug)
        if asked in bound and bound[asked].is_valid() and _added(request, campaign, asked, bound[asked]):
            return redirect("campaigns:my_gallery", slug)
    kept = list(campaign.gallery.kept())
    opens = may_write and may_show(status=campaign.status)
    rooms = [
        {
            "kind": kind,
            "kept": (items := [item for item in kept if item.kind == kind]),
            "most": GalleryItem.MOST[kind],
            "form": (bound.get(kind) or WAYS[kind][0]())
            if opens and len(items) < GalleryItem.MOST[kind]
            else None,
        }
        for kind in Kind
    ]
    context = {
        "campaign": campaign,
        "rooms": rooms,
        "form": bound.get(asked),
        "may_write": may_write,
        "may_show": opens,
    }
    return render(request, "campaigns/my_gallery.html", context, status=422 if bound else 200)


def _added(request: HttpRequest, campaign: Campaign, asked: str, form: Any) -> bool:
    """Write down what a form holds; say beside it what stands in the way."""
    _form, way = WAYS[asked]
    try:
        way(campaign=campaign, by=request.user, now=timezone.now(), **form.cleaned_data)
    except services.DocumentUnusable as refusal:
        form.add_error("upload", str(refusal) or _("This is no PDF: save it as PDF and upload that."))
    except tuple(REFUSALS) as refusal:
        form.add_error(None, REFUSALS[type(refusal)])
    else:
        messages.success(request, _("It is on the page."))
        return True
    return False


@login_required
def gallery_take_away(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take something from the page."""
    campaign = writable_campaign(request, slug)
    item = get_object_or_404(campaign.gallery.kept(), pk=pk)
    if request.method == "POST":
        services.take_away(item=item, now=timezone.now())
        messages.success(request, _("It is no longer on the page."))
    return redirect("campaigns:my_gallery", slug)
