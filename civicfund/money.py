"""Money at the edges: the only two conversions between integer euro cents and what people read and type."""

import re
from decimal import Decimal

CENTS = 100
FULL_BP = 10_000


class NotAnAmount(ValueError):
    """Say that a text is not an amount of euro."""


def parse_euro(text: str) -> int:
    """Return the cents of an amount as people type it.

    Italian and English habits are understood: "1.250,50", "1250,5", "1,250.50", "1250", with or without the euro
    sign. A single separator followed by exactly three digits groups thousands ("1.250" is one thousand two hundred
    and fifty). Raise NotAnAmount for anything else, for more than two decimals and for negative amounts.
    """
    clean = re.sub(r"[\s\u00a0\u202f€']|eur(?:o)?", "", text.strip().lower())
    if not re.fullmatch(r"\d[\d.,]{0,17}", clean):
        raise NotAnAmount(text)
    whole, decimals = _split_decimals(clean)
    groups = re.split(r"[.,]", whole)
    if len(groups) > 1 and (len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:])):
        raise NotAnAmount(text)
    return int("".join(groups)) * CENTS + int(decimals.ljust(2, "0"))


def _split_decimals(clean: str) -> tuple[str, str]:
    """Split digits into the whole part, groups kept, and at most two decimals."""
    match = re.fullmatch(r"(.*\d)[.,](\d{1,2})", clean)
    if not match:
        return clean, "0"
    whole, decimals = match.groups()
    separator = clean[len(whole)]
    if separator in whole:
        raise NotAnAmount(clean)
    return whole, decimals


def format_euro(cents: int, language: str = "it") -> str:
    """Return an amount of cents as people read it: "1.250 €", "1.250,50 €"; in English "€1,250"."""
    sign = "-" if cents < 0 else ""
    euros, rest = divmod(abs(cents), CENTS)
    whole = f"{euros:,}"
    decimals = f".{rest:02d}" if rest else ""
    if language.startswith("en"):
        return f"{sign}€{whole}{decimals}"
    return f"{sign}{whole.replace(',', '.')}{decimals.replace('.', ',')}\u00a0€"


def to_decimal(cents: int) -> Decimal:
    """Return cents as a Decimal of euro, for form fields and exports only."""
    return Decimal(cents).scaleb(-2)
