"""Points at the edges: the only conversions between hundredths of a point and what people read and type."""

import re
from fractions import Fraction

from django.utils.translation import get_language

from vetting.sheet_rules import HUNDREDTHS

TYPED = re.compile(r"([0-9]{1,5})(?:[.,]([0-9]{1,2}))?")


class NotPoints(ValueError):
    """Say that a text is not a number of points."""


def parse_points(text: str) -> int:
    """Return the hundredths of points as people type them: "8", "8,5", "8.50". Raise NotPoints for anything else."""
    match = TYPED.fullmatch(text.strip())
    if not match:
        raise NotPoints(text)
    return int(match[1]) * HUNDREDTHS + int((match[2] or "").ljust(2, "0"))


def format_points(hundredths: int | Fraction) -> str:
    """Return hundredths as points in the active language, halves rounded up to the hundredth: "8,5", in English "8.5"."""
    exact = Fraction(hundredths)
    # Only what is shown is rounded.
    shown = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    whole, rest = divmod(shown, HUNDREDTHS)
    decimals = f"{rest:02d}".rstrip("0")
    mark = "," if (get_language() or "it").startswith("it") else "."
    return f"{whole}{mark}{decimals}" if decimals else str(whole)
