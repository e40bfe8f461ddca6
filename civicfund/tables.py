"""Tables that leave the site as CSV: UTF-8, ISO dates, amounts with a decimal point, safe in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils import timezone

from civicfund.money import plain_euro

#: A cell that begins like this would be run as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
#: Tells spreadsheets that the file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"


class Cents(int):
    """Integer cents that a table writes as an amount in euro."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table with its header as CSV, commas between cells and CRLF after lines. Source: RFC 4180."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return BYTE_ORDER_MARK + out.getvalue()


def _cell(value: object) -> str:
    """Write one value; a text that a spreadsheet would run is kept a text by an apostrophe."""
    if isinstance(value, Cents):
        return plain_euro(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date | int):
        return value.isoformat() if isinstance(value, date) else str(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
