"""One's own data: what is held, a copy of it, and its end; by account, or by the link that an address has received."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civicfund.retention import GROUPS
from civicfund.sign_in import ask_again, is_fresh
from civicfund.visitor import address_of, network_of
from donations.models.own import address_of_link
from donations.services.attempt import TooManyGifts
from donations.wish_forms import FindGiftsForm
from matching.forms import EraseForm
from matching.privacy.export import zip_of
from matching.services.data_link import TooManyCopies, count_copy, mail_data_link
from matching.services.erasure import (
    ErasureBlocked,
    Holdings,
    erase_account,
    erase_address,
    holdings_of_account,
    holdings_of_address,
)


def _by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view of an address in whose link is fresh; a link that is over says where to get another."""

    @wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        email = address_of_link(token)
        if email is None:
            return render(request, "donations/find_gifts_over.html", status=410)
        return view(request, email=email, token=token, **kwargs)

    return opened


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: HttpRequest) -> HttpResponse:
    """Show what is held about whoever is signed in; mail everybody else the link to it."""
    if request.user.is_authenticated:
        return _show(request, holdings_of_account(request.user))
    form = FindGiftsForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "privacy/ask.html", {"form": form}, status=status)
    data = form.cleaned_data
    if not data["website"]:
        try:
            mail_data_link(
                email=data["email"],
                network=network_of(address_of(request)),
                language=_language(),
                now=timezone.now(),
            )
        except TooManyGifts:
            form.add_error("email", _("This has been asked very often from here: try again in an hour."))
            return render(request, "privacy/ask.html", {"form": form}, status=429)
    return render(request, "privacy/asked.html", {"email": data["email"]})


@login_required
@require_POST
@never_cache
def my_data_copy(request: HttpRequest) -> HttpResponse:
    """Give whoever is signed in a copy of everything; asked for again by who has not signed in for long."""
    if not is_fresh(request):
        # Back to the page with the button: nothing is sent twice by itself.
        return ask_again(request, reverse("matching:my_data"))
    return _copy(request, holdings_of_account(request.user), f"account {request.user.pk}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def my_data_erase(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays, then erase the account; only right after signing in."""
    if not is_fresh(request):
        return ask_again(request)
    held = holdings_of_account(request.user)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid() or not held.is_possible:
        return _before_erasing(request, held, form)
    try:
        erasure = erase_account(person=request.user, language=_language(), now=timezone.now())
    except ErasureBlocked:
        return _before_erasing(request, holdings_of_account(request.user), form)
    logout(request)
    return render(request, "privacy/erased.html", {"erasure": erasure, "numbers": erasure.numbers})


@_by_link
@require_safe
@never_cache
def address_data(request: HttpRequest, email: str, token: str) -> HttpResponse:
    """Show what is held about an address."""
    return _show(request, holdings_of_address(email), token)


@_by_link
@require_POST
@never_cache
def address_copy(request: HttpRequest, email: str, token: str) -> HttpResponse:
    """Give a copy of everything that is held about an address."""
    return _copy(request, holdings_of_address(email), f"address {email}")


@_by_link
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def address_erase(request: HttpRequest, email: str, token: str) -> HttpResponse:
    """Say what goes and what stays, then erase it."""
    held = holdings_of_address(email)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _before_erasing(request, held, form, token)
    erasure = erase_address(email=email, language=_language(), now=timezone.now())
    return render(request, "privacy/erased.html", {"erasure": erasure, "numbers": erasure.numbers})


def _show(request: HttpRequest, held: Holdings, link: str = "") -> HttpResponse:
    context = {"held": held, "token": link, "groups": GROUPS}
    return render(request, "privacy/my_data.html", context)


def _copy(request: HttpRequest, held: Holdings, name: str) -> HttpResponse:
    """Answer with the file, so often as a person needs it."""
    now = timezone.now()
    try:
        count_copy(name=name, now=now)
    except TooManyCopies:
        return render(request, "privacy/too_many.html", status=429)
    answer = HttpResponse(
        zip_of(held, now=now, language=_language()),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="i-miei-dati-{now:%Y-%m-%d}.zip"'},
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _before_erasing(request: HttpRequest, held: Holdings, form: EraseForm, link: str = "") -> HttpResponse:
    context = {"held": held, "form": form, "token": link}
    return render(request, "privacy/erase.html", context, status=422 if form.errors else 200)


def _language() -> str:
    return (get_language() or "it")[:2]
