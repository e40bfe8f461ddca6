"""How digital identities meet accounts: an address alone never joins the two.

An identity is joined to an account by whoever is signed in there, or makes a new account whose address has to be
confirmed by mail. Two identities of one person, by SPID and by CIE, are the same person by law, and the same account here.
"""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone

from accounts.identity.errors import ANOTHER, CANCELLED, SILENT, reason_of
from accounts.identity.provider import IdentityProvider
from accounts.models import User
from accounts.services import queue_mail

logger = logging.getLogger(__name__)

STATUS = {CANCELLED: 200, SILENT: 503}


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Join nothing by an address, keep no token, and say in plain words what did not succeed."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Return a provider of the settings with our checks."""
        app = self.get_app(request, provider=provider, client_id=client_id)
        return IdentityProvider(request, app=app)

    def list_providers(self, request: HttpRequest) -> list[Any]:
        """Return the providers of the settings."""
        return [IdentityProvider(request, app=app) for app in self.list_apps(request)]

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        """Return those of the settings alone: a row of the database makes no provider, and none is looked for."""
        apps = [SocialApp(provider=IdentityProvider.id, **one) for one in settings.IDENTITY_PROVIDERS]
        named = [app for app in apps if provider in (None, app.provider, app.provider_id)]
        return [app for app in named if client_id in (None, app.client_id)]

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Ask for the address first: what the provider told may be old, or anybody's."""
        return False

    def is_email_verified(self, provider: Any, email: str) -> bool:
        """Believe no provider about an address."""
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """Open no account because of an address."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """Give a new person the attested name."""
        user = super().populate_user(request, sociallogin, data)
        user.full_name = data.get("name") or ""
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find a person again by another identity, and refuse to join what is somebody else's."""
        account = sociallogin.account
        same = SocialAccount.objects.filter(uid=account.uid).exclude(provider=account.provider)
        known = same.select_related("user").first()
        if sociallogin.state.get("process") == "connect":
            own = SocialAccount.objects.filter(user=request.user.pk)
            if (known and known.user_id != request.user.pk) or own.exclude(uid=account.uid).exists():
                self._refuse(request, ANOTHER, account.provider)
        elif known and not sociallogin.is_existing and known.user.is_active:
            sociallogin.user = known.user
            sociallogin.save(request, connect=True)
            told = {"account": account, "provider": sociallogin.provider}
            self.send_notification_mail("socialaccount/email/account_connected", known.user, told)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: Any = None, **more: Any
    ) -> None:
        """Write to whose account it is that an identity opens it now, or no more."""
        joined = "account_connected" in template_prefix
        account = context["account"]
        now = timezone.now()
        queue_mail(
            key=f"identity_changed:{user.pk}:{account.provider}:{int(now.timestamp())}",
            topic="",
            recipient=user.email,
            template="identity_changed",
            context={"joined": joined, "provider": context["provider"].name},
            language=user.language,
            now=now,
        )

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Answer with what happened and what to do now."""
        description = request.GET.get("error_description", "")
        had_state = bool((extra_context or {}).get("state"))
        reason = reason_of(error, exception, description, had_state=had_state)
        # The exception's words come from our own checks; what the provider answered may be somebody's.
        logger.warning("a sign-in with %s ends: %s, %s", provider.app.provider_id, reason, _told(exception))
        self._refuse(request, reason, provider.app.provider_id)

    def _refuse(self, request: HttpRequest, reason: str, provider: str) -> None:
        context = {"reason": reason, "provider": provider}
        page = render(request, "account/identity_error.html", context, status=STATUS.get(reason, 403))
        raise ImmediateHttpResponse(page)

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        """Make a new account; its name is the attested one, its address waits for the link."""
        name = sociallogin.user.full_name
        user = super().save_user(request, sociallogin, form)
        if user.full_name != name:
            user.full_name = name
            user.save(update_fields=["full_name"])
        return user


def _told(exception: Exception | None) -> str:
    """Return what may stand in the log of an exception."""
    if exception is None:
        return "-"
    return str(exception) if hasattr(exception, "reason") else type(exception).__name__
