"""No script reads a cookie, and in production none travels without HTTPS."""

import pytest
from django.conf import settings
from django.test import Client

#: Every cookie the site sets, by the beginning of its settings; that of messages follows the session's.
COOKIES = ("SESSION", "CSRF", "LANGUAGE")


@pytest.mark.parametrize("cookie", COOKIES)
def test_every_cookie_is_kept_from_scripts_and_other_sites(cookie: str) -> None:
    assert getattr(settings, f"{cookie}_COOKIE_HTTPONLY") is True
    assert getattr(settings, f"{cookie}_COOKIE_SAMESITE") == "Lax"
    assert getattr(settings, f"{cookie}_COOKIE_SECURE") is (settings.CSRF_COOKIE_NAME[:7] == "__Host-")


@pytest.mark.django_db
def test_the_cookies_of_a_form_and_a_language_say_so(client: Client) -> None:
    client.get("/account/login/")
    client.post("/i18n/setlang/", {"language": "en"})

    assert {"csrftoken", "django_language"} <= client.cookies.keys()
    assert all(cookie["httponly"] for cookie in client.cookies.values())
