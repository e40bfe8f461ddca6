import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from calls.models import Stop
from campaigns.models import Campaign
from campaigns.templatetags.gate import figures, promise_figures
from donations import services
from donations.forms import SUGGESTED_CENTS, DonationForm
from donations.models import Donation
from donations.stripe_answers import StripeBusy, StripeRefused, StripeUnavailable
from donations.views.gift import gift_context, gift_of, gift_page

logger = logging.getLogger(__name__)

DEFAULT_CENTS = 2000


@never_cache
def donate(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a gift: the row first, then Stripe's page."""
    campaign = get_object_or_404(Campaign.objects.public().with_story(), slug=slug)
    if not campaign.is_open(timezone.now()):
        messages.error(request, _("This campaign takes no gifts now."))
        return redirect(campaign)
    if Stop.objects.holding(Stop.What.GIFTS).filter(call=campaign.call).exists():
        return redirect(campaign)
    form = DonationForm(
        request.POST or None, campaign=campaign, language=get_language() or "it", initial=_initial(request)
    )
    if request.method == "POST" and form.is_valid():
        answer = _start(request, campaign, form)
        if answer:
            return answer
    context = {
        "campaign": campaign,
        "form": form,
        "gate": figures(campaign),
        "promises": [promise_figures(campaign, cents) for cents in SUGGESTED_CENTS],
        "fee_sentence": _("You pay nothing on top: the payment fees are not taken from your gift."),
    }
    return render(request, "donations/donate.html", context, status=422 if form.errors else 200)


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
    return gift_page(request, donation)


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
        messages.error(request, _paused_words(paused))
        return redirect(donation.campaign)
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


@login_required
@never_cache
def my_donations(request: HttpRequest) -> HttpResponse:
    """Show the gifts a person made while signed in."""
    donations = Donation.objects.filter(donor=request.user).with_campaign()
    return render(request, "donations/my_donations.html", {"donations": donations})


def _start(request: HttpRequest, campaign: Campaign, form: DonationForm) -> HttpResponse | None:
    """Write the gift and open its payment page; None when the form has to say what went wrong."""
    data = form.cleaned_data
    try:
        donation = services.start_donation(
            campaign=campaign,
            amount_cents=data["amount_cents"],
            email=data["email"],
            name=data["name"],
            show_name=data["show_name"],
            message=data["message"],
            tax_code=data.get("tax_code", ""),
            public_id=data["form_token"],
            donor=request.user if request.user.is_authenticated else None,
            language=(get_language() or "it")[:2],
            now=timezone.now(),
        )
        if donation.status not in (Donation.Status.CREATED, Donation.Status.OPEN):
            return redirect("donations:donation_status", donation.access_token)
        return redirect(services.open_checkout(donation=donation, now=timezone.now()))
    except services.GiftsPaused as paused:
        messages.error(request, _paused_words(paused))
        return redirect(campaign)
    except services.CampaignNotOpen:
        messages.error(request, _("This campaign takes no gifts now."))
        return redirect(campaign)
    except StripeBusy:
        form.add_error(None, _("Your payment page is being prepared: wait a moment, then press once more."))
        return None
    except (services.PaymentsNotReady, StripeUnavailable, StripeRefused) as error:
        logger.warning("no payment page for campaign %s: %s", campaign.slug, error)
        form.renew_token()
        form.add_error(
            None, _("The payment service does not answer. Nothing was charged: try again in a minute.")
        )
        return None


def _paused_words(paused: services.GiftsPaused) -> str:
    """Say that the city takes no gifts for the moment, and why."""
    return _("The city has paused the gifts for this call: nothing was charged. %(reason)s") % {
        "reason": paused.public_reason
    }


def _initial(request: HttpRequest) -> dict[str, object]:
    """Fill in what is known: the person's address, and the gift of a payment page that was left."""
    initial: dict[str, object] = {"amount_choice": str(DEFAULT_CENTS)}
    if request.user.is_authenticated:
        initial |= {"email": request.user.email, "name": request.user.full_name}
    left = Donation.objects.by_token(request.GET.get("ripresa", "")).first()
    if left:
        known = str(left.amount_cents) if left.amount_cents in SUGGESTED_CENTS else "other"
        initial |= {
            "email": left.email,
            "name": left.name,
            "message": left.message,
            "show_name": left.show_name,
        }
        initial |= {
            "amount_choice": known,
            "amount_other": f"{left.amount_cents // 100},{left.amount_cents % 100:02d}",
        }
    return initial
