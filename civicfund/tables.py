"""Tables that leave the site as CSV: UTF-8, ISO dates, amounts with a decimal point, safe in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO

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
    write_csv(out, header, rows)
    return out.getvalue()


def write_csv(out: IO[str], header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the same to a file, row by row."""
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow([harmless(words) for words in header])
    writer.writerows([_cell(value) for value in row] for row in rows)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs: an apostrophe before what would be a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _cell(value: object) -> str:
    """Write one value; a text that a spreadsheet would run is kept a text by an apostrophe."""
    if isinstance(value, Cents):
        return plain_euro(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date | int):
        return value.isoformat() if isinstance(value, date) else str(value)
    return harmless("" if value is None else str(value))
