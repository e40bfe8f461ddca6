"""What every test of the officers' desk does: sign officers in, open pages, take steps as their pages ask."""

import re
import time
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests import factories


def desk_of(user: User) -> Client:
    """Return the browser of a signed-in person who reads English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    sign_in_freshly(client, user)
    return client


def sign_in_freshly(client: Client, user: User, *, seconds_ago: float = 0, method: str = "password") -> None:
    """Let a signed-in person's session know by which means, and how long ago, the person has signed in."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": method, "at": time.time() - seconds_ago}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def officer_with(*rights: str) -> User:
    """Register an officer with these rights only, like "calls.view_call"."""
    user = factories.make_user(
        f"clerk-{'-'.join(right.partition('.')[2] for right in rights)}"[:50], is_staff=True
    )
    for right in rights:
        user.user_permissions.add(permission_of(right))
    return user


def permission_of(right: str) -> Permission:
    """Return the permission of a right like "calls.view_call"."""
    app, codename = right.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def list_url(row: Any, **query: str) -> str:
    """Return the address of the list that holds a row, or rows of a model."""
    meta = row._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return f"{url}?{'&'.join(f'{name}={value}' for name, value in query.items())}" if query else url


def row_url(row: Any, what: str = "change") -> str:
    """Return the address of a row's own page, or of a step on it."""
    meta = row._meta
    if what in ("change", "delete"):
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_{what}", args=[row.pk])
    return row_url(row).removesuffix("change/") + f"{what}/"


def text_of(response: HttpResponse) -> str:
    """Return a page's words without its markup, spaces made plain."""
    body = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", body).replace("\u00a0", " ").replace("&nbsp;", " ").replace("&#x27;", "'")
    return re.sub(r"\s+", " ", words)


def seen_on(response: HttpResponse) -> str:
    """Return what a step's page says its consequences were computed from."""
    found = re.search(r'name="seen" value="([^"]*)"', response.content.decode())
    assert found, "not the page of a step"
    return found.group(1)


def take_step(client: Client, url: str, **values: Any) -> HttpResponse:
    """Fill in a step's page, let it tell what follows for these values, then confirm; follow where it leads."""
    told = client.post(url, {**values, "preview": "1"})
    return client.post(url, {**values, "seen": seen_on(told)}, follow=True)
