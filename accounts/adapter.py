"""How django-allauth behaves here."""

import base64
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from civicfund.letters import html_of
from civicfund.sealing import is_under_newest, seal, seal_anew, unseal
from civicfund.sign_in import FACTORS, is_fresh
from civicfund.visitor import address_of

logger = logging.getLogger(__name__)

#: Where allauth notes how a session was opened.
METHODS = "account_authentication_methods"
#: What the secrets of second factors are sealed for.
PURPOSE = "second factor"


class AccountAdapter(DefaultAccountAdapter):
    """Remember the language a person signs up in, and count wrong passwords by the address that can be believed."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the visitor's address, told by our own proxies alone."""
        address = address_of(request)
        if address is None:
            raise PermissionDenied("a visitor without an address")
        return str(address)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for nothing more right after signing in: it proves as much as doing so again."""
        required = super().is_reauthentication_required(app=app, **kwargs)
        return required and not is_fresh(allauth_context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, str]]:
        """Add the person's own digital identities to the ways to prove who one is."""
        methods = super().get_reauthentication_methods(user)
        if not (settings.IDENTITY_PROVIDERS and user.is_authenticated):
            return methods
        joined = set(user.socialaccount_set.values_list("provider", flat=True))
        for one in settings.IDENTITY_PROVIDERS:
            if one["provider_id"] in joined:
                way = reverse("openid_connect_login", args=[one["provider_id"]])
                words = _("Use %(name)s") % {"name": one["name"]}
                methods.append(
                    {"id": f"identity:{one['provider_id']}", "description": words, "url": f"{way}?again=1"}
                )
        return methods

    def post_login(self, request: HttpRequest, user: User, **told: Any) -> HttpResponse:
        """Write into the log who has signed in, by number alone, and with what. Source: OWASP ASVS 5.0, 16.3.1."""
        used = [
            one.get("type") or one.get("provider") or one["method"]
            for one in request.session.get(METHODS, [])
        ]
        logger.info("person %s signed in with %s", user.pk, ", ".join(used) or "a link")
        return super().post_login(request, user, **told)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write into the log that somebody was not let in; who it should have been is nobody's business."""
        logger.warning("a sign-in was refused")

    def send_notification_mail(self, template_prefix: str, user: User, *rest: Any, **told: Any) -> None:
        """Write into the log what the person is told by mail: that something to sign in with has changed."""
        logger.info("person %s: %s", user.pk, template_prefix.rpartition("/")[2])
        super().send_notification_mail(template_prefix, user, *rest, **told)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Add the HTML part, made of the text as in every other mail of the site."""
        message = super().render_mail(template_prefix, email, context, headers)
        if isinstance(message, EmailMultiAlternatives) and not message.alternatives:
            language = (get_language() or "it")[:2]
            html = html_of(subject=str(message.subject), body=str(message.body), language=language)
            message.attach_alternative(html, "text/html")
        return message

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Store the new person with the language of the page."""
        user.language = (get_language() or "it")[:2]
        return super().save_user(request, user, form, commit)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keep the secrets of second factors sealed, and leave every officer with one."""

    def get_totp_issuer(self) -> str:
        """Return the name under which the app on the telephone files the code."""
        return str(settings.CITY["service_name"])

    def encrypt(self, text: str) -> str:
        """Seal a secret before the database keeps it."""
        return base64.b64encode(seal(text, purpose=PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret the database has kept. Raise Unreadable when the key that sealed it is gone."""
        return unseal(base64.b64decode(encrypted_text), purpose=PURPOSE)

    def encrypt_anew(self, encrypted_text: str) -> str:
        """Return a kept secret under the newest key, as it is when it is that already. Raise Unreadable."""
        sealed = base64.b64decode(encrypted_text)
        if is_under_newest(sealed):
            return encrypted_text
        return base64.b64encode(seal_anew(sealed, purpose=PURPOSE)).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to remove the last second factor of a person of the staff."""
        person = authenticator.user
        if authenticator.type not in FACTORS or not (settings.STAFF_SECOND_FACTOR and person.is_staff):
            return True
        others = Authenticator.objects.filter(user=person, type__in=FACTORS).exclude(pk=authenticator.pk)
        return others.exists()
