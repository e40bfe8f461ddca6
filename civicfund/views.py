"""Pages that need no app: how it works, legal pages, health."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from civicfund.page_cache import GIVER
from civicfund.retention import GROUPS


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say where a weakness is reported, as RFC 9116 asks; what is said holds for half a year from today."""
    expires = timezone.now().replace(microsecond=0) + timedelta(days=182)
    lines = [
        f"Contact: mailto:{settings.CITY['contact_email']}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: it, en",
        f"Canonical: {settings.SITE_URL}{reverse('security-txt')}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """Explain the match in plain words."""
    return render(request, "pages/how_it_works.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept about people, and why."""
    return render(request, "pages/privacy.html", {"groups": GROUPS})


@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    """Name every cookie, since there is nothing to consent to."""
    names = {
        "session": settings.SESSION_COOKIE_NAME,
        "csrf": settings.CSRF_COOKIE_NAME,
        "language": settings.LANGUAGE_COOKIE_NAME,
        "giver": GIVER,
    }
    return render(request, "pages/cookies.html", {"cookies": names})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the site is and where to report a barrier."""
    return render(request, "pages/accessibility.html")


def no_such_page(request: HttpRequest, anything: str = "") -> HttpResponse:
    """Close an address that a library opens."""
    raise Http404
