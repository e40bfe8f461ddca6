"""Setting up a second factor: the login library's pages, which here also count as the factor's first use.

Otherwise an officer would have to show the new factor a second time before the desk opens, and the code of an app works once.
"""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class ActivateApp(ActivateTOTPView):
    """Connect an app that shows codes."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the app, and remember that it was used just now."""
        answer = super().form_valid(form)
        _count_as_used(self.request, Authenticator.Type.TOTP)
        return answer


class AddKey(AddWebAuthnView):
    """Add a key of the browser, the telephone or a stick."""

    def get_form(self, form_class: Any = None) -> Any:
        """Say in plain words what the form asks."""
        form = super().get_form(form_class)
        form.fields["name"].label = _("Name of the key")
        form.fields["passwordless"].label = _("It may open my account without the password")
        form.fields["passwordless"].help_text = _(
            "For a fingerprint, a face or a code of your own: the key is then both factors at once."
        )
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the key, and remember that it was used just now."""
        answer = super().form_valid(form)
        _count_as_used(self.request, Authenticator.Type.WEBAUTHN)
        return answer


class RenameKey(EditWebAuthnView):
    """Give a key another name."""

    def get_form(self, form_class: Any = None) -> Any:
        """Say in plain words what the form asks."""
        form = super().get_form(form_class)
        form.fields["name"].label = _("Name of the key")
        return form


def _count_as_used(request: HttpRequest, kind: str) -> None:
    """Write in the session that the newest second factor of a kind has proved who sits there."""
    factor = Authenticator.objects.filter(user=request.user, type=kind).latest("created_at", "pk")
    record_authentication(request, request.user, "mfa", id=factor.pk, type=factor.type, reauthenticated=True)
