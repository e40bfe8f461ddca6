"""Anonymous pages that are the same for everybody are made once and shown for at most PAGE_CACHE_SECONDS.

Each web process keeps its own few: nothing is shared, so nothing has to be emptied, and a Redis that is away changes nothing.
What belongs to one visitor is never kept: the cookie and the hidden field against forged forms and the nonce of the content
policy are cut out of the page and put in anew for each answer. Whoever has a session, a message waiting or has just given
sees pages made for them (docs/decisions/0050-speed.md).
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from itertools import zip_longest
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

#: Names of the pages that show every visitor the same. A page with a form of its own never stands here.
PAGES = frozenset(
    {
        "how-it-works",
        "privacy",
        "cookies",
        "accessibility",
        "campaigns:home",
        "campaigns:campaign_list",
        "campaigns:campaign_feed",
        "campaigns:campaign_detail",
        "campaigns:campaign_share",
        "campaigns:campaign_updates",
        "campaigns:campaign_update",
        "campaigns:campaign_questions",
        "campaigns:campaign_widget",
        "calls:call_list",
        "calls:call_detail",
        "transparency:statistics",
    }
)
#: Has given, or is about to, in this browser: pages are made anew for them, so that they see their gift at once.
GIVER = "gave"
GIVER_SECONDS = 3600
#: Room for pages in each process, in bytes; the ones that nobody has asked for the longest go first.
ROOM = 16 * 1024 * 1024
#: From this part of its time on one visitor waits for a new page while all others still get the old one.
RENEWED_AT = 0.6
#: Belongs to one answer.
OWN = ("content-length", "set-cookie", "x-request-id", "date")

FIELD = rb'(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(?=")'


class Page(NamedTuple):
    """A page as it is kept: what lies between the values that belong to one visitor, and which value goes where."""

    pieces: list[bytes]
    gaps: list[str]
    headers: dict[str, str]
    policy: dict[str, Any]
    made_at: float
    size: int

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the page for one visitor."""
        values = {name: _own_value(name, request) for name in set(self.gaps)}
        filled = zip_longest(self.pieces, [values[name] for name in self.gaps], fillvalue=b"")
        response = HttpResponse(b"".join(part for pair in filled for part in pair), headers=self.headers)
        # By them the policy differs from the site's.
        vars(response).update(self.policy)
        return response


class Shelf:
    """The pages that one process keeps."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._pages: OrderedDict[object, Page] = OrderedDict()
        self._renewed: dict[object, float] = {}
        self._used = 0

    def take(self, key: object, now: float, seconds: float) -> Page | None:
        """Return a page that is young enough; None to whom it falls to have it made, `now` being a monotonic time."""
        with self._lock:
            page = self._pages.get(key)
            if page is None or now - page.made_at >= seconds:
                return None
            if now - page.made_at >= RENEWED_AT * seconds and self._renewed.get(key) != page.made_at:
                self._renewed[key] = page.made_at
                return None
            self._pages.move_to_end(key)
            return page

    def put(self, key: object, page: Page) -> None:
        """Keep a page, and let the ones go that nobody asks for."""
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self._used += page.size
            while self._used > self._room:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        """Forget every page."""
        with self._lock:
            self._pages.clear()
            self._renewed.clear()
            self._used = 0

    def _drop(self, key: object) -> None:
        self._renewed.pop(key, None)
        page = self._pages.pop(key, None)
        if page is not None:
            self._used -= page.size


shelf = Shelf()


class PageCache:
    """Answer with a page of the shelf where everybody sees the same; stands right inside the guard against forged forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seconds = settings.PAGE_CACHE_SECONDS
        if not is_anybody(request):
            return self.get_response(request)
        key = (request.get_host(), request.get_full_path(), get_language())
        began = time.monotonic()
        page = shelf.take(key, began, seconds) if seconds else None
        if page is not None:
            return page.answer(request)
        response = self.get_response(request)
        if _is_everybodys(request, response):
            patch_vary_headers(response, ("Cookie", "Accept-Language"))
            # It carries a token of one visitor: no store between may keep it.
            patch_cache_control(response, private=True)
            page = _kept(request, response, began) if seconds else None
            if page is not None:
                shelf.put(key, page)
        return response


def is_anybody(request: HttpRequest) -> bool:
    """Say whether a request reads a page as anybody would: no session, no message waiting, no gift just made."""
    cookies = request.COOKIES
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in cookies
        and "messages" not in cookies
        and GIVER not in cookies
        and "HTTP_AUTHORIZATION" not in request.META
        and "HTTP_HX_REQUEST" not in request.META
    )


def show_anew(response: HttpResponse) -> HttpResponse:
    """Have the browser of somebody who gives see pages made anew for an hour."""
    response.set_cookie(
        GIVER, "1", max_age=GIVER_SECONDS, secure=settings.SECURE, httponly=True, samesite="Lax"
    )
    return response


def _is_everybodys(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether an answer may be shown to the next visitor: nothing was told to this one alone."""
    match = request.resolver_match
    return (
        match is not None
        and match.view_name in PAGES
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "Cache-Control" not in response
        and not request.session.modified
    )


def _kept(request: HttpRequest, response: HttpResponse, made_at: float) -> Page | None:
    """Take a page apart; None when a value that belongs to one visitor stands where it is not looked for."""
    nonce = getattr(request, "_csp_nonce", None)
    wanted = FIELD + (b"|" + re.escape(nonce.encode()) if nonce else b"")
    pieces, found = re.split(wanted, response.content), re.findall(wanted, response.content)
    gaps = ["nonce" if nonce and value == nonce.encode() else "token" for value in found]
    if sum(piece.count(b"csrf") for piece in pieces) != gaps.count("token"):
        return None
    headers = {name: value for name, value in response.headers.items() if name.lower() not in OWN}
    policy = {name: value for name, value in vars(response).items() if name.startswith("_csp")}
    return Page(pieces, gaps, headers, policy, made_at, sum(map(len, pieces)))


def _own_value(name: str, request: HttpRequest) -> bytes:
    """Return what belongs to this visitor alone."""
    if name == "token":
        return get_token(request).encode()
    return str(request.csp_nonce).encode()  # type: ignore[attr-defined]
