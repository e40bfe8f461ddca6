"""A page's other languages have addresses of their own, for search engines and for links: `?lingua=en`."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

PARAMETER = "lingua"


def asked_language(request: HttpRequest) -> str:
    """Return the language an address names, or nothing."""
    asked = request.GET.get(PARAMETER, "")
    return asked if asked in dict(settings.LANGUAGES) else ""


class LanguageOfAddress:
    """Speak the language that the address names, before what the reader chose or the browser prefers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = asked_language(request)
        if not asked:
            return self.get_response(request)
        with translation.override(asked):
            request.LANGUAGE_CODE = asked  # type: ignore[attr-defined]
            response = self.get_response(request)
        response["Content-Language"] = asked
        return response
