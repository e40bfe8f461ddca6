import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civicfund.page_cache import show_anew
from donations import services
from donations.models import Donation
from donations.stripe_answers import StripeRefused, StripeUnavailable
from donations.views.donate import paused_words, resting_words
from donations.views.gift import gift_context, gift_of, gift_page

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def donation_status(request: HttpRequest, token: str) -> HttpResponse:
    """Tell a donor where the gift stands: from our row, brought up to date by Stripe, never from the address."""
    donation = gift_of(token)
    if donation.status == Donation.Status.OPEN and "sid" in request.GET:
        try:
            services.sync_payment(donation=donation, now=timezone.now())
        except (StripeUnavailable, StripeRefused) as error:
            logger.warning("gift %s: %s", donation.public_id, error)
        donation = gift_of(token)
    return show_anew(gift_page(request, donation))


@never_cache
@require_safe
def donation_state(request: HttpRequest, token: str) -> HttpResponse:
    """Return the part of the status page that follows the truth."""
    return render(request, "donations/_donation_state.html", gift_context(gift_of(token)))


@never_cache
@require_POST
def donation_pay(request: HttpRequest, token: str) -> HttpResponse:
    """Lead back to Stripe's page of a gift that is not paid yet."""
    donation = gift_of(token)
    if donation.status not in (Donation.Status.CREATED, Donation.Status.OPEN):
        return redirect("donations:donation_status", token)
    try:
        return redirect(services.open_checkout(donation=donation, now=timezone.now()))
    except services.GiftsPaused as paused:
        messages.error(request, paused_words(paused))
        return redirect(donation.campaign)
    except services.GiftsResting as resting:
        messages.error(request, resting_words(resting.until))
        return redirect("donations:donation_status", token)
    except services.CampaignNotOpen:
        messages.error(request, _("This campaign takes no gifts now."))
        return redirect(donation.campaign)
    except (StripeUnavailable, StripeRefused):
        messages.error(request, _("The payment page does not open: nothing was charged, start again."))
        return redirect("donations:donate", donation.campaign.slug)


@never_cache
@require_POST
def donation_leave(request: HttpRequest, token: str) -> HttpResponse:
    """Give a gift back whose donor uses the right to leave a project that has changed."""
    donation = gift_of(token)
    try:
        services.take_back_gift(donation=donation, now=timezone.now())
    except services.NotRefundable:
        messages.error(request, _("This gift cannot be taken back here any more."))
    return redirect("donations:donation_status", token)
