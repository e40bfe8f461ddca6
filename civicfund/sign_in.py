"""How surely a session knows who sits before it: by which means the person has signed in, and how long ago."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from civicfund.sign_in_identity import TWO_FACTORS, has_used_identity

#: What is a second factor by itself; recovery codes only stand in for one.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]

#: What machines ask, which show no person anything.
MACHINES = ("/healthz", "/readyz", "/metrics")


def is_fresh(request: HttpRequest) -> bool:
    """Say whether the person has proved who it is within the last `ACCOUNT_REAUTHENTICATION_TIMEOUT` seconds."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def has_used_second_factor(request: HttpRequest) -> bool:
    """Say whether this very session was begun, or confirmed, with a second factor, or an identity that is two by itself."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records) or has_used_identity(
        request, level=TWO_FACTORS
    )


def ask_again(request: HttpRequest, back: str = "") -> HttpResponse:
    """Lead to the page that asks the person to prove who it is, and back to this one, or to another."""
    return _way_to(get_adapter().get_reauthentication_methods(request.user), request, back)


def second_factor_for_staff(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Let a person of the staff nowhere before a second factor was used in the session, or was set up."""

    def middleware(request: HttpRequest) -> Any:
        return _stopped(request) or get_response(request)

    return middleware


def _stopped(request: HttpRequest) -> HttpResponse | None:
    """Return where a person of the staff has to go first, if anywhere."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        # Nobody has signed in here, and a public page stays the same for every cache.
        return None
    person = request.user
    if not (settings.STAFF_SECOND_FACTOR and person.is_authenticated and person.is_staff):
        return None
    if _is_open(request) or has_used_second_factor(request):
        return None
    if not is_mfa_enabled(person, FACTORS) and not person.socialaccount_set.exists():
        return HttpResponseRedirect(_with_way_back(reverse("mfa_index"), request))
    methods = get_adapter().get_reauthentication_methods(person)
    return _way_to([method for method in methods if method["id"] != "reauthenticate"], request)


def _is_open(request: HttpRequest) -> bool:
    """Say whether an address is open to a session without a second factor."""
    doors = reverse("account_login").removesuffix("login/")
    return request.path.startswith((doors, "/i18n/", settings.STATIC_URL)) or request.path in MACHINES


def _way_to(methods: list[dict[str, str]], request: HttpRequest, back: str = "") -> HttpResponse:
    """Lead to the first of some ways to prove who one is; without any, to where one is set up."""
    address = methods[0]["url"] if methods else reverse("mfa_index")
    return HttpResponseRedirect(_with_way_back(address, request, back))


def _with_way_back(address: str, request: HttpRequest, back: str = "") -> str:
    """Return an address with the page to come back to; what was sent to that page is not sent again."""
    start = "&" if "?" in address else "?"
    return f"{address}{start}{urlencode({REDIRECT_FIELD_NAME: back or request.get_full_path()})}"
