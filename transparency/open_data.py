"""The open data's addresses: JSON in pages, the same as CSV, for whoever asks and from whatever site. Reads only."""

import base64
import binascii
import json
from collections.abc import Callable
from functools import reduce, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from civicfund.methods import takes_also
from civicfund.rates import at_most
from civicfund.tables import Cents, csv_text
from transparency.open_rows import RESOURCES, Resource

View = Callable[..., HttpResponse]
#: How long the answers may be kept, in seconds.
KEPT_SECONDS = 300
PAGE_SIZE, LARGEST_PAGE = 50, 100
#: The description of the addresses for programs. Source: OpenAPI 3.1.
DESCRIPTION = Path(__file__).with_name("openapi.json")


class BadQuestion(Exception):
    """Say what of an address nobody can read."""


def open_to_all(view: View) -> View:
    """Let any site read the answers of a view, ask first as browsers do, and keep them for some minutes."""
    kept = conditional_page(cache_control(public=True, max_age=KEPT_SECONDS)(view))

    @takes_also("OPTIONS")
    @require_http_methods(["GET", "HEAD", "OPTIONS"])
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asks_first = request.method == "OPTIONS"
        answer = HttpResponse(status=204) if asks_first else kept(request, *args, **kwargs)
        answer["Access-Control-Allow-Origin"] = "*"
        answer["Access-Control-Expose-Headers"] = "ETag"
        if asks_first:
            answer["Access-Control-Allow-Methods"] = "GET, HEAD"
            answer["Access-Control-Allow-Headers"] = "If-None-Match"
        return answer

    return opened


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """Explain what programs and spreadsheets may take, and where it is."""
    kinds = [
        ("calls", _("Calls"), _("Their windows, their money and how they have gone.")),
        (
            "campaigns",
            _("Projects"),
            _("Every campaign that has opened: what it asks, what was given, its state."),
        ),
        ("funds", _("Funds"), _("What was put in, what is left, set aside, awarded and paid.")),
        ("grants", _("Grants"), _("The city's share for each campaign, with what it was computed from.")),
    ]
    named = [dict(zip(("name", "title", "words"), kind, strict=True)) for kind in kinds]
    return render(request, "transparency/open_data.html", {"kinds": named})


@open_to_all
def description(request: HttpRequest) -> HttpResponse:
    """Give the description that programs read."""
    return HttpResponse(DESCRIPTION.read_text(), content_type="application/json; charset=utf-8")


@at_most("SEARCH_LIMITS", when=lambda request: bool(request.GET))
@open_to_all
def data_list(request: HttpRequest, name: str) -> HttpResponse:
    """Give one page of a kind of thing, the oldest first, with the address of the next page."""
    resource = RESOURCES[name]
    try:
        size = _size(request.GET.get("limit", ""))
        found = _after(_narrowed(request, resource), resource, request.GET.get("cursor", ""))
    except BadQuestion as bad:
        return _problem(400, str(bad))
    page = list(found[: size + 1])
    following = None
    if len(page) > size:
        asked = {key: request.GET[key] for key in (*resource.filters, "limit") if key in request.GET}
        query = urlencode(asked | {"cursor": _cursor(page[size - 1], resource)})
        following = f"{settings.SITE_URL}{reverse('transparency:data_list', kwargs={'name': name})}?{query}"
    return _json({"items": resource.rows_of(page[:size]), "next": following})


@open_to_all
def data_item(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """Give one thing by the word that its address ends with."""
    resource = RESOURCES[name]
    try:
        rows = resource.rows_of(resource.published().filter(**{resource.key: key}))
    except ValueError:
        rows = []
    return _json(rows[0]) if rows else _problem(404, "nothing public has this address")


@at_most("EXPORT_LIMITS")
@open_to_all
def data_table(request: HttpRequest, name: str) -> HttpResponse:
    """Give a whole kind of thing as CSV; amounts are in euro there, and their names end in `_eur`."""
    resource = RESOURCES[name]
    try:
        rows = resource.rows_of(_narrowed(request, resource))
    except BadQuestion as bad:
        return _problem(400, str(bad))
    columns = _columns(name)
    cells = [[_cell(column, row[column]) for column in columns] for row in rows]
    table = csv_text([column.replace("_cents", "_eur") for column in columns], cells)
    answer = HttpResponse(table, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


#: How the address of each begins after the kind's own name.
VIEWS = {".json": data_list, ".csv": data_table, "/<slug:key>.json": data_item}


def _narrowed(request: HttpRequest, resource: Resource) -> QuerySet[Any]:
    """Return what is public of a kind, in the order in which it became so, as far as the filters keep it."""
    unknown = request.GET.keys() - {*resource.filters, "limit", "cursor"}
    if unknown:
        raise BadQuestion(f"unknown parameter: {', '.join(sorted(unknown))}")
    wanted = {
        column: request.GET[asked] for asked, column in resource.filters.items() if asked in request.GET
    }
    if any("\0" in value for value in wanted.values()):
        raise BadQuestion("a filter cannot be read")
    return resource.published().filter(**wanted).order_by(resource.since, "pk")


def _size(text: str) -> int:
    """Return how many things a page has."""
    if not text:
        return PAGE_SIZE
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= LARGEST_PAGE):
        raise BadQuestion(f"limit is a whole number from 1 to {LARGEST_PAGE}")
    return int(text[:4])


def _after(found: QuerySet[Any], resource: Resource, cursor: str) -> QuerySet[Any]:
    """Keep what comes after a cursor: what is published meanwhile comes at the end, so nothing is missed or doubled."""
    if not cursor:
        return found
    try:
        instant, key = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        moment, number = parse_datetime(instant), int(key[:18])
    except (binascii.Error, UnicodeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadQuestion("cursor is not one of ours: take the whole address from `next`")
    since = resource.since
    return found.filter(Q(**{f"{since}__gt": moment}) | Q(**{since: moment, "pk__gt": number}))


def _cursor(last: Any, resource: Resource) -> str:
    """Return where the next page begins: the instant and the number of the last thing of this one."""
    instant = reduce(getattr, resource.since.split("__"), last)
    return base64.urlsafe_b64encode(f"{instant.isoformat()}|{last.pk}".encode()).decode()


def _columns(name: str) -> list[str]:
    """Return the names of a kind's columns, as the description lists them: a table without rows has them too."""
    schemas = json.loads(DESCRIPTION.read_text())["components"]["schemas"]
    return list(schemas[name]["properties"])


def _cell(column: str, value: Any) -> Any:
    return Cents(value) if column.endswith("_cents") and value is not None else value


def _json(told: dict[str, Any]) -> JsonResponse:
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})


def _problem(status: int, detail: str) -> HttpResponse:
    """Say to a program what is wrong. Source: RFC 9457."""
    titles = {400: "Bad request", 404: "Not found"}
    told = {"status": status, "title": titles[status], "detail": detail}
    return JsonResponse(told, status=status, content_type="application/problem+json")
