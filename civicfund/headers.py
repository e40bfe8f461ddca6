"""What every answer tells the browser beside the policies: pages for one person are kept by nobody."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

#: What a page may do with the browser's devices: ask where the reader is, for the campaigns nearby, and nothing else.
PERMISSIONS = "camera=(), display-capture=(), geolocation=(self), microphone=(), payment=(), usb=()"


def headers_of_every_answer(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Forbid devices everywhere, and caches on every answer to somebody who is signed in, but for what is public anyway.

    Source: OWASP ASVS 5.0, 14.2.2 and 14.3.2.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        answer.headers.setdefault("Permissions-Policy", PERMISSIONS)
        user = getattr(request, "user", None)
        said = answer.get("Cache-Control", "")
        if user is not None and user.is_authenticated and not ("public" in said or "no-store" in said):
            answer["Cache-Control"] = "no-store, private"
        return answer

    return middleware
