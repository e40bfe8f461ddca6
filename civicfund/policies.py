"""What a browser may load and run: on the pages of the site, and on the desk's."""

from collections.abc import Callable
from typing import Any

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse

#: The desk's interface library evaluates expressions of its templates and writes style attributes and small scripts. So the
#: desk, which only the staff opens, has a wider policy: still nothing of another host, no frame around it, no other base.
DESK = {
    "default-src": [NONE],
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    # The committee reads documents beside its sheet.
    "frame-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
    "object-src": [NONE],
}


def policy_of_the_site(form_targets: list[str]) -> dict[str, Any]:
    """Return the policy of every page but the desk's; forms lead to the site itself and to the given origins."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF, NONCE],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "font-src": [SELF],
            "connect-src": [SELF],
            "form-action": [SELF, *form_targets],
            "frame-ancestors": [NONE],
            "base-uri": [NONE],
            "object-src": [NONE],
        },
    }


def policy_of_the_desk(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give the desk's pages their own policy; it stands within the middleware that writes the header."""
    desk = f"/{settings.ADMIN_PATH}/"

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        if request.path_info.startswith(desk) and not hasattr(answer, "_csp_replace"):
            answer._csp_config = DESK  # type: ignore[attr-defined]
        return answer

    return middleware
