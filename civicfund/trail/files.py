"""Write a table of any length into a file, row by row: CSV and XLSX; nothing in it is run as a formula."""

import io
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils import timezone

from civicfund.money import plain_euro
from civicfund.tables import Cents, harmless, write_csv

#: Values are written as what they are: no text becomes a formula, a link or a number.
XLSX_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
#: As much text as a cell of a spreadsheet holds.
CELL_LENGTH = 32_767
COLUMN_WIDTH = 22

Rows = Iterable[Sequence[Any]]


def csv_file(heading: Sequence[str], rows: Rows) -> tuple[IO[Any], int]:
    """Return a file of the rows as CSV, to be read from its beginning, and how many there are."""
    counted = _Counted(rows)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    words = io.TextIOWrapper(out, encoding="utf-8", newline="")
    write_csv(words, heading, counted)
    words.detach()
    out.seek(0)
    return out, counted.number


def xlsx_file(heading: Sequence[str], rows: Rows) -> tuple[IO[Any], int]:
    """Return a file of the rows as a sheet, amounts and dates as such, and how many there are."""
    counted = _Counted(rows)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    book = xlsxwriter.Workbook(out, XLSX_OPTIONS)
    formats = {
        Cents: book.add_format({"num_format": "#,##0.00"}),
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
    }
    sheet = book.add_worksheet()
    sheet.set_column(0, max(len(heading) - 1, 0), COLUMN_WIDTH)
    sheet.freeze_panes(1, 0)
    for place, words in enumerate(heading):
        sheet.write_string(0, place, harmless(words), book.add_format({"bold": True}))
    for line, row in enumerate(counted, 1):
        for place, value in enumerate(row):
            _write_cell(sheet, line, place, value, formats)
    book.close()
    out.seek(0)
    return out, counted.number


def _write_cell(sheet: Any, line: int, place: int, value: Any, formats: dict[type, Any]) -> None:
    """Write one value as what it is; an instant in the city's time."""
    if isinstance(value, Cents):
        sheet.write_number(line, place, Decimal(plain_euro(value)), formats[Cents])
    elif isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None)
        sheet.write_datetime(line, place, local, formats[datetime])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), formats[date])  # noqa: DTZ001
    elif isinstance(value, int):
        sheet.write_number(line, place, value)
    elif value is not None:
        sheet.write_string(line, place, harmless(str(value))[:CELL_LENGTH])


class _Counted:
    """Rows that count themselves while they pass."""

    def __init__(self, rows: Rows) -> None:
        self.rows, self.number = rows, 0

    def __iter__(self) -> Any:
        for row in self.rows:
            self.number += 1
            yield row
