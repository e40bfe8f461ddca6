"""Pages go compressed to visitors, whatever stands before the site: the middleware of docs/decisions/0046."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

#: What is text; pictures and PDF are compressed in themselves.
KINDS = (
    "text/",
    "application/json",
    "application/geo+json",
    "application/xml",
    "application/rss+xml",
    "image/svg+xml",
)


class CompressedForVisitors(GZipMiddleware):
    """Compress text for whoever is not signed in.

    The pages of somebody who is hold secrets beside words from outside, and the size of a compressed page can give away the
    first to whoever writes the second. Source: https://breachattack.com, and Django's own notes on GZipMiddleware.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the response, compressed where that is safe and of use."""
        if not response.get("Content-Type", "").startswith(KINDS):
            return response
        if (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            or settings.SESSION_COOKIE_NAME in response.cookies
        ):
            patch_vary_headers(response, ("Accept-Encoding",))
            return response
        return super().process_response(request, response)
