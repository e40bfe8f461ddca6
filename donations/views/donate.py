import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from calls.models import Stop
from campaigns.models import Campaign
from campaigns.templatetags.gate import figures, promise_figures
from civicfund.page_cache import show_anew
from civicfund.templatetags.clock import moment
from civicfund.visitor import address_of, network_of
from donations import proof, services
from donations.forms import DEDICATED, SUGGESTED_CENTS, DonationForm
from donations.models import Dedication, Donation
from donations.stripe_answers import StripeBusy, StripeRefused, StripeUnavailable

logger = logging.getLogger(__name__)

DEFAULT_CENTS = 2000
TOO_MANY, RESTING = 429, 503


@dataclass(frozen=True)
class Obstacle:
    """What keeps a gift from starting now: the way past it, the answer's status, and until when it stands."""

    #: "puzzle" and "link" are ways past it, "wait" is none.
    way: str
    words: str
    status: int = TOO_MANY
    until: datetime | None = None


@never_cache
def donate(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a gift: the row first, then Stripe's page."""
    campaigns = Campaign.objects.public()
    # A gift that is sent mostly leads on to Stripe, and what a page would show is not needed.
    campaigns = campaigns.for_a_gift() if request.method == "POST" else campaigns.with_story()
    campaign = get_object_or_404(campaigns, slug=slug)
    now = timezone.now()
    if not campaign.is_open(now):
        messages.error(request, _("This campaign takes no gifts now."))
        return redirect(campaign)
    if Stop.objects.holding(Stop.What.GIFTS).filter(call=campaign.call).exists():
        return redirect(campaign)
    form = DonationForm(
        request.POST or None,
        campaign=campaign,
        language=get_language() or "it",
        now=now,
        initial=_initial(request, campaign, now),
    )
    obstacle = None
    if request.method == "GET":
        _warn(request, campaign, form, now)
    if request.method == "POST" and form.is_valid():
        answer = _start(request, campaign, form)
        if isinstance(answer, HttpResponse):
            return show_anew(answer)
        obstacle = answer
    if request.method == "POST":
        campaign = Campaign.objects.with_story().get(pk=campaign.pk)
    return _page(request, campaign, form, obstacle, now)


def _page(
    request: HttpRequest, campaign: Campaign, form: DonationForm, obstacle: Obstacle | None, now: datetime
) -> HttpResponse:
    """Show the form, and what stands in the way of what was sent."""
    context = {
        "campaign": campaign,
        "form": form,
        "obstacle": obstacle,
        "gate": figures(campaign),
        "promises": [promise_figures(campaign, cents) for cents in SUGGESTED_CENTS],
        "fee_sentence": _("You pay nothing on top: the payment fees are not taken from your gift."),
    }
    status = obstacle.status if obstacle else 422 if form.errors else 200
    response = render(request, "donations/donate.html", context, status=status)
    if obstacle and obstacle.until:
        response["Retry-After"] = max(1, int((obstacle.until - now).total_seconds()))
    return response


def _warn(request: HttpRequest, campaign: Campaign, form: DonationForm, now: datetime) -> None:
    """Say before anything is typed that a link has served already, or that the campaign's gifts rest."""
    if "invito" in request.GET and "invitation" not in form.initial:
        messages.warning(request, _("This link has served already or is too old: write your gift again."))
    try:
        services.refuse_while_paused(campaign, now)
    except services.GiftsResting as resting:
        messages.warning(request, resting_words(resting.until))


def _start(request: HttpRequest, campaign: Campaign, form: DonationForm) -> HttpResponse | Obstacle | None:
    """Write the gift and open its payment page; otherwise return what stands in the way, or None when the form says it."""
    try:
        donation = services.attempt_gift(
            visitor=_visitor(request, form), campaign=campaign, now=timezone.now(), **_asked(request, form)
        )
        if donation.status not in (Donation.Status.CREATED, Donation.Status.OPEN):
            return redirect("donations:donation_status", donation.access_token)
        return redirect(services.open_checkout(donation=donation, now=timezone.now()))
    except services.ProofNeeded as needed:
        return _ask_for_proof(request, campaign, form, needed)
    except services.TooManyGifts as many:
        return Obstacle("wait", _wait_words(many.until), until=many.until)
    except services.GiftsResting as resting:
        return Obstacle("wait", resting_words(resting.until), RESTING, resting.until)
    except services.GiftsPaused as paused:
        messages.error(request, paused_words(paused))
        return redirect(campaign)
    except services.CampaignNotOpen:
        messages.error(request, _("This campaign takes no gifts now."))
        return redirect(campaign)
    except StripeBusy:
        form.add_error(None, _("Your payment page is being prepared: wait a moment, then press once more."))
        return None
    except OperationalError as error:
        # Another transaction has held the campaign for too long: its worker was cut off, or very many give at once.
        logger.warning("gift for campaign %s could not be written: %s", campaign.slug, error)
        form.add_error(
            None,
            _("Very many things happen here at this moment. Nothing was charged: try again in a minute."),
        )
        return None
    except (services.PaymentsNotReady, StripeUnavailable, StripeRefused) as error:
        logger.warning("no payment page for campaign %s: %s", campaign.slug, error)
        form.renew_token()
        form.add_error(
            None, _("The payment service does not answer. Nothing was charged: try again in a minute.")
        )
        return None


def _asked(request: HttpRequest, form: DonationForm) -> dict[str, Any]:
    """Return the gift a form asks for, as the service wants to be told."""
    data = form.cleaned_data
    return {
        "amount_cents": data["amount_cents"],
        "email": data["email"],
        "name": data["name"],
        "show_name": data["show_name"],
        "message": data["message"],
        "tax_code": data.get("tax_code", ""),
        "source": data["source"],
        "wants_news": data["wants_news"],
        "public_id": data["form_token"],
        "donor": request.user if request.user.is_authenticated else None,
        "language": (get_language() or "it")[:2],
        "wish": _wish(data),
    }


def _wish(data: dict[str, Any]) -> services.Wish | None:
    """Return for whom a gift is, if it is for somebody else."""
    if not data["dedicated_email"]:
        return None
    return services.Wish(
        name=data["dedicated_name"],
        email=data["dedicated_email"],
        greeting=data["dedicated_greeting"],
        shows_amount=data["dedicated_amount"],
    )


def _visitor(request: HttpRequest, form: DonationForm) -> services.Visitor:
    """Return who sends the form, as far as the limits want to know."""
    data = form.cleaned_data
    return services.Visitor(
        network=network_of(address_of(request)),
        puzzle=data["puzzle"],
        solution=data["solution"],
        invitation=data["invitation"],
        is_odd=bool(data["website"]),
    )


def _ask_for_proof(
    request: HttpRequest, campaign: Campaign, form: DonationForm, needed: services.ProofNeeded
) -> HttpResponse | Obstacle:
    """Mail the link when it was asked for; otherwise offer what shows that a person is there."""
    if "by_mail" in request.POST:
        try:
            services.invite_donor(
                visitor=_visitor(request, form),
                campaign=campaign,
                email=form.cleaned_data["email"],
                typed=form.typed(),
                language=(get_language() or "it")[:2],
                now=timezone.now(),
            )
        except services.TooManyGifts as many:
            return Obstacle("wait", _wait_words(many.until), until=many.until)
        context = {"campaign": campaign, "email": form.cleaned_data["email"]}
        return render(request, "donations/link_sent.html", context)
    if needed.by_puzzle:
        form.ask_for_proof(proof.new_puzzle(settings.GIFT_PUZZLE_BITS, timezone.now()))
        return Obstacle("puzzle", _("Many payments are being started from your network or for this project."))
    form.ask_for_proof("")
    return Obstacle("link", _("Very many payments are being started from your network or for this project."))


def paused_words(paused: services.GiftsPaused) -> str:
    """Say that the city takes no gifts for the moment, and why."""
    return _("The city has paused the gifts for this call: nothing was charged. %(reason)s") % {
        "reason": paused.public_reason
    }


def resting_words(until: datetime) -> str:
    """Say that a campaign takes no new payments for some minutes, and why."""
    return _(
        "Too many cards were refused for this project in a short time, so it takes no new payments until %(when)s."
        " Nothing was charged."
    ) % {"when": moment(until)}


def _wait_words(until: datetime) -> str:
    """Say how long nothing more can be started."""
    return _(
        "Too many payments were started with this address or on the whole site. You can go on from %(when)s on."
        " Nothing was charged."
    ) % {"when": moment(until)}


def _initial(request: HttpRequest, campaign: Campaign, now: datetime) -> dict[str, object]:
    """Fill in what is known: the person's address, the gift of a payment page that was left, or what a mailed link is for.

    A payment page that is still open is found again by the form it came from, so that an unchanged gift has one page.
    """
    initial: dict[str, object] = {"amount_choice": str(DEFAULT_CENTS), "source": request.GET.get("da", "")}
    if request.user.is_authenticated:
        initial |= {"email": request.user.email, "name": request.user.full_name}
    invited = services.invitation_of(token=request.GET.get("invito", ""), campaign=campaign, now=now)
    if invited:
        return initial | invited.typed | {"email": invited.email, "invitation": request.GET["invito"]}
    left = Donation.objects.by_token(request.GET.get("ripresa", "")).first()
    if left:
        known = str(left.amount_cents) if left.amount_cents in SUGGESTED_CENTS else "other"
        initial |= {
            "email": left.email,
            "name": left.name,
            "message": left.message,
            "show_name": left.show_name,
            "wants_news": left.wants_news,
            "amount_choice": known,
            "amount_other": f"{left.amount_cents // 100},{left.amount_cents % 100:02d}",
        }
        initial |= _dedicated(left)
        if left.status == Donation.Status.OPEN and left.campaign_id == campaign.pk:
            initial |= {"form_token": left.public_id, "tax_code": left.tax_code}
    return initial


def _dedicated(left: Donation) -> dict[str, object]:
    """Return for whom the gift of a payment page that was left is."""
    card = Dedication.objects.known().filter(donation=left).first()
    if card is None:
        return {}
    told = (card.name, card.email, card.greeting, card.shows_amount)
    return dict(zip(DEDICATED, told, strict=True))
