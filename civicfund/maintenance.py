"""The page that is shown while the city works on the site: it needs neither database nor Redis."""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

#: What a balancer asks: the machine is well, so that it goes on showing the page.
HEALTH = "/healthz"


@lru_cache(maxsize=4)
def _page(minutes: int) -> str:
    return render_to_string("503.html", {"minutes": minutes})


class Maintenance:
    """Answer 503 to everybody while MAINTENANCE_MINUTES is not zero; Stripe and search engines come back by themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        minutes = settings.MAINTENANCE_MINUTES
        if not minutes:
            return self.get_response(request)
        if request.path == HEALTH:
            return HttpResponse("maintenance\n", content_type="text/plain; charset=utf-8")
        answer = HttpResponse(_page(minutes), status=503, headers={"Retry-After": str(minutes * 60)})
        add_never_cache_headers(answer)
        return answer
