"""What every template knows about the city that runs the service, and about the address of the page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from civicfund.language import PARAMETER, asked_language

#: What of an address makes another page, and not another view of the same.
KEPT = ("page",)


def city(request: HttpRequest) -> dict[str, Any]:
    """Return the city's names and legal links."""
    return {
        "city": {**settings.CITY, "tagline": _("Half from citizens, half from the city")},
        "site_url": settings.SITE_URL,
        "admin_path": f"/{settings.ADMIN_PATH}/",
        **addresses(request),
    }


def addresses(request: HttpRequest) -> dict[str, Any]:
    """Return the one address of a page that search engines should know, and that of each language."""
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name, "").isdecimal()}

    def address(language: str) -> str:
        # The city's own language needs no name.
        named = {PARAMETER: language} if language not in ("", settings.LANGUAGE_CODE) else {}
        query = urlencode(kept | named)
        return f"{settings.SITE_URL}{request.path}" + (f"?{query}" if query else "")

    return {
        "canonical_url": address(asked_language(request)),
        "language_urls": [(code, address(code)) for code, _name in settings.LANGUAGES],
        "default_url": address(""),
    }
