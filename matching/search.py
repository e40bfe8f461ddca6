"""One search over everything at the desk: each kind of row as its own list finds it, for whoever may see that list."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from civicfund.templatetags.clock import day
from civicfund.templatetags.money import euro

#: How many rows of a kind are shown; the list of the kind has the others.
SHOWN = 5
RECEIPT_NUMBER = re.compile(r"(\d{1,9})\s*/\s*(\d{4})")


def _as_its_list(model_admin: Any, request: HttpRequest, words: str) -> QuerySet:
    """Find rows the way their own list does."""
    rows, is_doubled = model_admin.get_search_results(request, model_admin.get_queryset(request), words)
    return rows.distinct() if is_doubled else rows


def _receipts(model_admin: Any, request: HttpRequest, words: str) -> QuerySet:
    """Find receipts also by year and number, as they are printed: 12/2027."""
    number = RECEIPT_NUMBER.fullmatch(words)
    if number is None:
        return _as_its_list(model_admin, request, words)
    count, year = number.groups()
    return model_admin.get_queryset(request).filter(year=int(year), number=int(count))


@dataclass(frozen=True)
class Shelf:
    """A kind of row that is searched: how it is called, and what tells one row from another."""

    model: str
    title: Any
    second_line: Callable[[Any], str]
    find: Callable[[Any, HttpRequest, str], QuerySet] = _as_its_list


SHELVES = (
    Shelf(
        "calls.application",
        gettext_lazy("Applications"),
        lambda row: _line(row.protocol_number, row.organization, row.get_status_display()),
    ),
    Shelf(
        "campaigns.campaign",
        gettext_lazy("Campaigns"),
        lambda row: _line(row.organization, row.get_status_display()),
    ),
    Shelf(
        "accounts.organization",
        gettext_lazy("Organizations"),
        lambda row: _line(row.get_kind_display(), row.tax_code, row.city),
    ),
    Shelf("calls.call", gettext_lazy("Calls"), lambda row: _line(row.edition, row.get_status_display())),
    Shelf(
        "donations.donation",
        gettext_lazy("Gifts"),
        lambda row: _line(row.name, row.email, row.get_status_display(), day(row.created_at)),
    ),
    Shelf(
        "donations.offlinedonation",
        gettext_lazy("Gifts outside the site"),
        lambda row: _line(euro(row.amount_cents), row.campaign, row.get_status_display()),
    ),
    Shelf(
        "donations.receipt",
        gettext_lazy("Receipts"),
        lambda row: _line(row.payee, euro(row.amount_cents), day(row.issued_at)),
        _receipts,
    ),
    Shelf("donations.reversal", gettext_lazy("Refunds"), lambda row: _line(day(row.created_at))),
    Shelf("matching.grant", gettext_lazy("Grants"), lambda row: _line(row.campaign.organization)),
    Shelf(
        "calls.amendment",
        gettext_lazy("Amendments"),
        lambda row: _line(row.get_status_display(), day(row.proposed_at)),
    ),
    Shelf(
        "calls.callquestion",
        gettext_lazy("Questions about calls"),
        lambda row: _line(row.author, row.get_status_display()),
    ),
    Shelf("accounts.user", gettext_lazy("People"), lambda row: _line(row.email)),
    Shelf(
        "accounts.mail",
        gettext_lazy("Mails"),
        lambda row: _line(row.get_status_display(), day(row.created_at)),
    ),
)


def _line(*parts: Any) -> str:
    """Write what is known of a row on one line."""
    return " · ".join(str(part) for part in parts if part)


class SearchForm(forms.Form):
    """Ask for words, as they can be looked for."""

    q = forms.CharField(min_length=2, max_length=100)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what the words are found in, kind by kind, as far as the officer may see it."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    context = {
        **admin.site.each_context(request),
        "title": _("Search"),
        "words": words or request.GET.get("q", "").replace("\0", ""),
        "is_asked": "q" in request.GET,
        "is_valid": bool(words),
        "found": list(_found(request, words)) if words else [],
    }
    return TemplateResponse(request, "admin/search.html", context)


def _found(request: HttpRequest, words: str) -> Iterator[dict[str, Any]]:
    """Yield each kind of row in which the words are found."""
    for shelf in SHELVES:
        model_admin = admin.site._registry[apps.get_model(shelf.model)]
        if not model_admin.has_view_permission(request):
            continue
        rows = list(shelf.find(model_admin, request, words)[: SHOWN + 1])
        if rows:
            yield {
                "title": shelf.title,
                "rows": [_shown(row, shelf) for row in rows[:SHOWN]],
                "all": _list_of(row=rows[0]) if len(rows) > SHOWN else "",
            }


def _shown(row: Any, shelf: Shelf) -> dict[str, str]:
    """Return a row's name, what tells it from others, and its page."""
    meta = row._meta
    page = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return {"name": str(row), "line": shelf.second_line(row), "page": page}


def _list_of(*, row: Any) -> str:
    """Return the list a row stands in."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")
