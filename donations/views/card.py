from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Campaign
from donations import services
from donations.models import Dedication


@never_cache
@require_safe
def gift_card(request: HttpRequest, token: str) -> HttpResponse:
    """Show a person the gift that somebody made for them, without its amount unless the giver wants it told."""
    card = _card_of(token)
    if card is None:
        return _over(request)
    context = {
        "card": card,
        "donation": card.donation,
        "campaign": Campaign.objects.with_story().get(pk=card.donation.campaign_id),
        "is_back": card.donation.status not in (card.donation.Status.SETTLED, card.donation.Status.DISPUTED),
    }
    return render(request, "donations/gift_card.html", context)


@never_cache
@require_POST
def gift_card_forget(request: HttpRequest, token: str) -> HttpResponse:
    """Erase the name and the address of the person a gift was for, because that person wants it."""
    card = _card_of(token)
    if card is not None:
        services.forget_recipient(dedication=card, now=timezone.now())
    return render(request, "donations/gift_card_over.html", {"is_asked": card is not None})


def _card_of(token: str) -> Dedication | None:
    """Return the card that a signed link names, once it has been sent and until its recipient is forgotten."""
    cards = Dedication.objects.by_token(token).known().filter(told_at__isnull=False)
    return cards.select_related("donation").first()


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "donations/gift_card_over.html", {"is_asked": False}, status=410)
