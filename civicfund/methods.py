"""The ways in which an address may be asked: reading and sending, and whatever else a view names itself."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

USUAL = ("GET", "HEAD", "POST")


def takes_also(*methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view be asked by more methods than those of links and forms."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        view.takes_also = methods  # type: ignore[attr-defined]
        return view

    return decorate


class OnlyNamedMethods:
    """Answer 405 to every method a view does not name, before the view: no library's view takes PUT for POST.

    Source: OWASP ASVS 5.0, 4.1.4 and 13.4.4 (TRACE).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse what the view does not take."""
        allowed = (*USUAL, *getattr(view, "takes_also", ()))
        return None if request.method in allowed else HttpResponseNotAllowed(allowed)
