"""A person's own sessions: which browsers are signed in, so that the person can end those elsewhere."""

from collections.abc import Callable
from typing import Any

from allauth.usersessions.apps import UserSessionsConfig
from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse


class Sessions(UserSessionsConfig):
    """The login library's list of sessions; it is kept by the middleware below, where it can be read."""

    def ready(self) -> None:
        """Register nothing: no event writes rows unseen."""


class KnownSessions:
    """Remember a session as one of its owner's, at the first page after signing in and on the pages of the account."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.account = reverse("account_login").removesuffix("login/")

    def __call__(self, request: HttpRequest) -> Any:
        if not request.path.startswith(self.account):
            return self.get_response(request)
        before = self._remember(request)
        answer = self.get_response(request)
        # Signing in, changing a password and proving again who one is give the session a new key.
        if request.session.session_key != before:
            self._remember(request)
        return answer

    def _remember(self, request: HttpRequest) -> str | None:
        """Write a signed-in person's session down, and return its key."""
        if request.user.is_authenticated:
            apps.get_model("usersessions", "UserSession").objects.create_from_request(request)
        return request.session.session_key
