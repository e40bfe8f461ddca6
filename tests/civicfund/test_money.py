"""The only two conversions between cents and what people read and type."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from civicfund.money import NotAnAmount, format_euro, parse_euro

SPACE = "\u00a0"
NARROW = "\u202f"


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("0", 0),
        ("20", 2000),
        ("007", 700),
        ("1250", 125_000),
        ("1250,5", 125_050),
        ("1250.5", 125_050),
        ("1250,50", 125_050),
        ("1.250", 125_000),
        ("1,250", 125_000),
        ("1.250,50", 125_050),
        ("1,250.50", 125_050),
        ("1.250.000", 125_000_000),
        ("1.250.000,01", 125_000_001),
        ("1 000", 100_000),
        (f"1{SPACE}000,50", 100_050),
        (f"1{NARROW}000", 100_000),
        ("1'000", 100_000),
        ("1’000.5", 100_050),
        ("€ 20.000", 2_000_000),
        ("20.000 €", 2_000_000),
        ("20€", 2000),
        ("20 euro", 2000),
        ("EUR 20,00", 2000),
        ("  20  ", 2000),
        ("0,01", 1),
        ("999999999999999,99", 99_999_999_999_999_999),
    ],
)
def test_parse_euro_of_an_amount(typed: str, cents: int) -> None:
    assert parse_euro(typed) == cents


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "€",
        "abc",
        "-5",
        "+5",
        "1e5",
        "5%",
        "🍕",
        "²",
        "١٢",
        "5 $",
        "20.000,999",
        "20.000.5000",
        "1.250,50,1",
        "1.250.50",
        "1,25.000",
        "0.500",
        "0,500",
        "1 250.000",
        "12 50",
        "12 euro 50",
        "12'50",
        ",50",
        "12,",
        "12.",
        "1..250",
        "1\x000",
        "9" * 19,
    ],
)
def test_parse_euro_of_something_else(typed: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_euro(typed)


@pytest.mark.parametrize(
    ("cents", "italian", "english"),
    [
        (0, f"0{SPACE}€", "€0"),
        (5, f"0,05{SPACE}€", "€0.05"),
        (2000, f"20{SPACE}€", "€20"),
        (125_050, f"1.250,50{SPACE}€", "€1,250.50"),
        (5_000_000, f"50.000{SPACE}€", "€50,000"),
        (123_456_789_00, f"123.456.789{SPACE}€", "€123,456,789"),
        (-125_050, f"-1.250,50{SPACE}€", "-€1,250.50"),
    ],
)
def test_format_euro_in_both_languages(cents: int, italian: str, english: str) -> None:
    assert format_euro(cents) == italian
    assert format_euro(cents, "it") == italian
    assert format_euro(cents, "en") == english
    assert format_euro(cents, "en-gb") == english


@given(cents=st.integers(min_value=0, max_value=10**13), language=st.sampled_from(["it", "en"]))
@example(cents=99, language="it")
@example(cents=100_000, language="en")
def test_parse_euro_reads_what_format_euro_writes(cents: int, language: str) -> None:
    written = format_euro(cents, language)

    assert parse_euro(written) == cents


@given(typed=st.text(alphabet="0123456789., '€-e\u00a0", max_size=14))
def test_parse_euro_never_guesses(typed: str) -> None:
    try:
        cents = parse_euro(typed)
    except NotAnAmount:
        return

    digits = [character for character in typed if character.isdigit()]
    assert digits
    assert cents in (int("".join(digits)) * factor for factor in (1, 10, 100))
