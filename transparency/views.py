"""What everybody can read and check."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from civicfund.rates import at_most
from civicfund.tables import Cents, csv_text
from transparency.statistics import boroughs, editions

#: How long others may keep the figures, in seconds.
FRESH_SECONDS = 300


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show what the editions and the boroughs add up to."""
    return render(request, "transparency/statistics.html", {"editions": editions(), "boroughs": boroughs()})


@require_safe
@at_most("EXPORT_LIMITS")
@cache_control(public=True, max_age=FRESH_SECONDS)
def editions_csv(request: HttpRequest) -> HttpResponse:
    """Give the editions as a table for machines."""
    header = [
        "edition",
        "call",
        "source",
        "applications",
        "admitted",
        "campaigns",
        "successful",
        "citizens_eur",
        "city_eur",
        "donors",
    ]
    rows = []
    for one in editions():
        told = one.figures
        counted = [told.applications, told.admitted, told.campaigns, told.successful]
        money = [_cents(told.raised_cents), _cents(told.granted_cents)]
        source = told.source or _("counted on this site")
        rows.append([told.call.edition, told.call.title, source, *counted, *money, told.donors])
    return _csv("edizioni.csv", header, rows)


@require_safe
@at_most("EXPORT_LIMITS")
@cache_control(public=True, max_age=FRESH_SECONDS)
def boroughs_csv(request: HttpRequest) -> HttpResponse:
    """Give the boroughs as a table for machines."""
    header = [
        "borough",
        "inhabitants",
        "campaigns",
        "successful",
        "citizens_eur",
        "city_eur",
        "per_inhabitant_eur",
    ]
    rows = [
        [
            one.number,
            one.inhabitants,
            one.campaigns,
            one.successful,
            Cents(one.raised_cents),
            Cents(one.granted_cents),
            Cents(one.per_inhabitant_cents),
        ]
        for one in boroughs()
    ]
    return _csv("municipi.csv", header, rows)


def _cents(cents: int | None) -> Cents | None:
    """Return an amount that a table writes in euro; what nobody knows stays empty."""
    return None if cents is None else Cents(cents)


def _csv(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Return a table that any site may read."""
    return HttpResponse(
        csv_text(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Access-Control-Allow-Origin": "*",
        },
    )
