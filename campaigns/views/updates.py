"""What a promoter tells of a campaign, as citizens read it."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from civicfund.templatetags.markdown import markdown

PAGE_SIZE = 10
FEED_SIZE = 20


def _public(slug: str) -> Campaign:
    """Return a campaign everybody may see, or answer 404."""
    return get_object_or_404(Campaign.objects.public().with_story(), slug=slug)


@require_safe
def campaign_updates(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all that a promoter has told of a campaign, the newest first."""
    campaign = _public(slug)
    page = Paginator(campaign.updates.published(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "campaigns/update_list.html", {"campaign": campaign, "page": page})


@require_safe
def campaign_update(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one update, with what it said before it was corrected; of a hidden one only the reason."""
    campaign = _public(slug)
    update = get_object_or_404(campaign.updates.published(), number=number)
    update.campaign = campaign
    context = {"campaign": campaign, "update": update, "earlier_texts": update.earlier_texts.all()}
    return render(request, "campaigns/update_detail.html", context, status=410 if update.is_hidden else 200)


@require_safe
def updates_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the newest updates of a campaign to a feed reader; hidden ones are left out."""
    campaign = _public(slug)
    feed = Atom1Feed(
        title=_("Updates: %(campaign)s") % {"campaign": campaign.title},
        link=f"{settings.SITE_URL}{reverse('campaigns:campaign_updates', args=[slug])}",
        description=campaign.summary,
        feed_url=f"{settings.SITE_URL}{request.path}",
        language=get_language(),
        author_name=campaign.organization.legal_name,
    )
    for update in campaign.updates.published().unhidden()[:FEED_SIZE]:
        address = f"{settings.SITE_URL}{reverse('campaigns:campaign_update', args=[slug, update.number])}"
        feed.add_item(
            title=update.title,
            link=address,
            unique_id=address,
            description=markdown(update.text),
            pubdate=update.published_at,
            updateddate=update.corrected_at or update.published_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
