"""How django-allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.models import User
from civicfund.visitor import address_of


class AccountAdapter(DefaultAccountAdapter):
    """Remember the language a person signs up in, and count wrong passwords by the address that can be believed."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the visitor's address, told by our own proxies alone."""
        address = address_of(request)
        if address is None:
            raise PermissionDenied("a visitor without an address")
        return str(address)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Store the new person with the language of the page."""
        user.language = (get_language() or "it")[:2]
        return super().save_user(request, user, form, commit)
