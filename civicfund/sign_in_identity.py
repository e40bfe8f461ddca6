"""Where a city asks for SPID or CIE: at the desk, and wherever somebody acts for a body. Donors never need one."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

PROMOTER, STAFF = "promoter", "staff"
#: Pages for whoever has an account, which are no work for a body.
OF_A_DONOR = ("donations:my_donations", "matching:my_data", "matching:my_data_copy", "matching:my_data_erase")
#: Opens without signing in; whoever has, and accepts it, acts for a body.
INVITATION = "accounts:invitation"
#: The level from which an identity is two factors by itself. Source: Regulation (EU) 910/2014 art. 8, "substantial".
TWO_FACTORS = 2


def has_used_identity(request: HttpRequest, *, level: int = 1) -> bool:
    """Say whether this very session was begun, or confirmed, with an identity of a provider that asks for this level.

    No lower one ever gets in, so what the provider's settings ask for is what the person has shown.
    """
    enough = {one["provider_id"] for one in settings.IDENTITY_PROVIDERS if one["settings"]["level"] >= level}
    records = get_authentication_records(request, request.user)
    return any(one["method"] == "socialaccount" and one.get("provider") in enough for one in records)


class IdentityWhereRequired:
    """Lead people who have to sign in with SPID or CIE there, before they work for the city or for a body."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Let a view answer only whom the settings let in."""
        if not settings.SPID_REQUIRED_FOR or not _asks(request, view) or has_used_identity(request):
            return None
        query = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('identity_needed')}?{query}")


def _asks(request: HttpRequest, view: Any) -> bool:
    """Say whether the page is one of a role that has to show an identity."""
    doors = reverse("account_login").removesuffix("login/")
    if request.path.startswith((doors, "/i18n/", settings.STATIC_URL)):
        return False
    desk = f"/{settings.ADMIN_PATH}/"
    person = request.user
    if STAFF in settings.SPID_REQUIRED_FOR and person.is_authenticated and person.is_staff:
        return request.path.startswith(desk) or _needs_sign_in(view)
    if PROMOTER not in settings.SPID_REQUIRED_FOR or request.path.startswith(desk):
        return False
    match = request.resolver_match
    if match is None or match.view_name in OF_A_DONOR:
        return False
    if not (_needs_sign_in(view) or match.view_name == INVITATION):
        return False
    # Whoever registers a body or asks to act for one is about to be a promoter.
    return person.is_authenticated and (
        person.memberships.exists() or match.view_name.startswith("accounts:")
    )


def _needs_sign_in(view: Any) -> bool:
    """Say whether a view is for people who have signed in: Django's decorator leaves its mark on it."""
    return hasattr(view, "login_url")


def where_to(request: HttpRequest) -> str:
    """Return the page of this site to which a person wants to get; nothing when it is elsewhere."""
    page = request.GET.get(REDIRECT_FIELD_NAME, "")
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}) else ""
