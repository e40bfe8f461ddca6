"""All gifts of one person: of an account, or of an address by a link that was mailed to it."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from civicfund.visitor import address_of, network_of
from donations import services
from donations.models import Donation
from donations.models.own import address_of_link
from donations.wish_forms import FindGiftsForm
from donations.years import years_of


@login_required
@never_cache
@require_safe
def my_donations(request: HttpRequest) -> HttpResponse:
    """Show the gifts a person made while signed in, or with an address that the account has confirmed."""
    return _gifts(request, Donation.objects.of_account(request.user).with_campaign())


@never_cache
@require_safe
def gifts_of_address(request: HttpRequest, token: str) -> HttpResponse:
    """Show the gifts of the address to which a link was mailed, as long as the link is fresh."""
    email = address_of_link(token)
    if email is None:
        return render(request, "donations/find_gifts_over.html", status=410)
    return _gifts(request, Donation.objects.of_address(email).with_campaign(), email)


def find_gifts(request: HttpRequest) -> HttpResponse:
    """Mail the link to all gifts of an address; the answer is the same whether there are any."""
    form = FindGiftsForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "donations/find_gifts.html", {"form": form}, status=status)
    data = form.cleaned_data
    if not data["website"]:
        try:
            services.mail_gifts_link(
                email=data["email"],
                network=network_of(address_of(request)),
                language=(get_language() or "it")[:2],
                now=timezone.now(),
            )
        except services.TooManyGifts:
            form.add_error("email", _("This has been asked very often from here: try again in an hour."))
            return render(request, "donations/find_gifts.html", {"form": form}, status=429)
    return render(request, "donations/find_gifts_sent.html", {"email": data["email"]})


def _gifts(request: HttpRequest, found: Iterable[Donation], email: str = "") -> HttpResponse:
    donations = list(found)
    context = {"donations": donations, "years": years_of(donations), "email": email}
    return render(request, "donations/my_donations.html", context)
