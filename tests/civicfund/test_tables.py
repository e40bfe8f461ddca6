"""Tables that leave the site."""

from datetime import UTC, date, datetime

import pytest

from civicfund.tables import Cents, csv_text


def cell(value: object) -> str:
    """Return one value as a table writes it."""
    return csv_text(["x"], [[value]]).removeprefix("\ufeff").splitlines()[1]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_csv_text_keeps_a_formula_a_text(start: str) -> None:
    assert cell(f"{start}cmd|'/c calc'!A1").startswith("'" + start)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Cents(1_250_050), "12500.50"),
        (Cents(-5), "-0.05"),
        (7, "7"),
        (None, '""'),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "2026-07-02T00:30:00+02:00"),
        ("Città, bella", '"Città, bella"'),
    ],
)
def test_csv_text_writes_values_as_machines_read_them(value: object, text: str) -> None:
    assert cell(value) == text


def test_csv_text_has_a_header_and_tells_its_encoding() -> None:
    text = csv_text(["anno", "importo_eur"], [[2026, Cents(100)]])

    assert text == "\ufeffanno,importo_eur\r\n2026,1.00\r\n"
