"""What every kind of answer tells the browser: pages, files, refusals, errors, the desk, machines' addresses."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from calls.models import Call
from tests.desk import desk_of
from tests.pages import browser_of

DESK = f"/{site.ADMIN_PATH}/"


@pytest.fixture
def safely(settings: Settings) -> None:
    """Speak as a production site does: behind HTTPS, with cookies only for it."""
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"


@pytest.fixture
def answers(call: Call, organizer: User, officer: User, safely: None) -> dict[str, HttpResponse]:
    """Ask for one answer of each kind."""
    nobody, person, broken = Client(), browser_of(organizer), Client(raise_request_exception=False)
    slug = [call.slug]
    asked: dict[str, Callable[[], HttpResponse]] = {
        "page": lambda: nobody.get("/", secure=True),
        "form": lambda: nobody.get(reverse("account_login"), secure=True),
        "own page": lambda: person.get(reverse("calls:application_list"), secure=True),
        "redirect": lambda: nobody.get(reverse("calls:application_list"), secure=True),
        "not found": lambda: nobody.get("/niente/", secure=True),
        "folder": lambda: nobody.get("/media/campaigns/", secure=True),
        "refused method": lambda: nobody.delete("/", secure=True),
        "unsigned message": lambda: nobody.post(reverse("donations:stripe_webhook"), secure=True),
        "JSON": lambda: nobody.get(reverse("calls:call_data", args=slug), secure=True),
        "CSV": lambda: nobody.get(reverse("transparency:editions_csv"), secure=True),
        "feed": lambda: nobody.get(reverse("campaigns:campaign_feed"), secure=True),
        "calendar": lambda: nobody.get(reverse("calls:call_calendar", args=slug), secure=True),
        "plain text": lambda: nobody.get(reverse("security-txt"), secure=True),
        "health": lambda: nobody.get("/healthz", secure=True),
        "desk": lambda: desk_of(officer).get(DESK, secure=True),
        "desk's door": lambda: nobody.get(DESK, secure=True),
        "error": lambda: broken.get("/", {"page": "1"}, secure=True, headers={"host": "nobody.example"}),
    }
    return {kind: ask() for kind, ask in asked.items()}


def test_every_kind_of_answer_carries_the_headers(answers: dict[str, HttpResponse]) -> None:
    for kind, answer in answers.items():
        headers = answer.headers
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000; includeSubDomains"), kind
        assert headers["X-Content-Type-Options"] == "nosniff", kind
        assert headers["Referrer-Policy"] == "same-origin", kind
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", kind
        assert "camera=()" in headers["Permissions-Policy"], kind
        policy = headers["Content-Security-Policy"]
        for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert part in policy, (kind, part)
        assert ("unsafe" in policy) == kind.startswith("desk"), kind
        kind_of_text = answer.headers.get("Content-Type", "")
        assert not kind_of_text.startswith("text/") or "charset=utf-8" in kind_of_text, kind


def test_what_is_for_one_person_is_kept_by_no_cache(answers: dict[str, HttpResponse]) -> None:
    assert {kind for kind, one in answers.items() if "no-store" in one.get("Cache-Control", "")} >= {
        "own page",
        "desk",
    }
    assert "no-store" not in answers["page"].get("Cache-Control", "")


def test_answers_name_neither_a_folder_nor_the_machinery(answers: dict[str, HttpResponse]) -> None:
    assert [answers[kind].status_code for kind in ("not found", "folder", "error")] == [404, 404, 400]
    for kind, answer in answers.items():
        assert not {"Server", "X-Powered-By"} & set(answer.headers), kind
        if answer.status_code >= 400:
            assert b"Traceback" not in answer.content and b"django" not in answer.content.lower(), kind


def test_cookies_are_for_this_host_on_https_alone(organizer: User, safely: None) -> None:
    client = Client()
    EmailAddress.objects.create(user=organizer, email=organizer.email, verified=True, primary=True)
    client.get(reverse("account_login"), secure=True)
    client.post(
        reverse("account_login"), {"login": organizer.email, "password": "una-parola-lunga"}, secure=True
    )

    for name in ("__Host-csrftoken", "__Host-sessionid"):
        cookie = client.cookies[name]
        assert (cookie["secure"], cookie["path"], cookie["domain"] or "") == (True, "/", ""), name
        assert cookie["samesite"] == "Lax", name
    assert client.cookies["__Host-sessionid"]["httponly"]


def test_the_desk_has_no_address_anybody_guesses(client: Client, settings: Settings) -> None:
    for address in ("/admin/", "/admin/login/", "/administrator/", "/wp-admin/", "/django-admin/"):
        assert client.get(address).status_code == 404, address
