"""Setting up a second factor: the login library's pages, which here also count as the factor's first use.

Otherwise an officer would have to show the new factor a second time before the desk opens, and the code of an app works once.
"""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpRequest, HttpResponse


class ActivateApp(ActivateTOTPView):
    """Connect an app that shows codes."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the app, and remember that it was used just now."""
        answer = super().form_valid(form)
        _count_as_used(self.request, Authenticator.Type.TOTP)
        return answer


class AddKey(AddWebAuthnView):
    """Add a key of the browser, the telephone or a stick."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the key, and remember that it was used just now."""
        answer = super().form_valid(form)
        _count_as_used(self.request, Authenticator.Type.WEBAUTHN)
        return answer


def _count_as_used(request: HttpRequest, kind: str) -> None:
    """Write in the session that the newest second factor of a kind has proved who sits there."""
    factor = Authenticator.objects.filter(user=request.user, type=kind).latest("created_at", "pk")
    record_authentication(request, request.user, "mfa", id=factor.pk, type=factor.type, reauthenticated=True)
