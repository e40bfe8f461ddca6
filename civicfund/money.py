"""Money at the edges: the only conversions between integer euro cents and what people read and type, and machines read."""

import re

CENTS = 100
FULL_BP = 10_000
LONGEST_AMOUNT = 18
#: Digits, alone or in groups of three with one separator; then, after the other separator, one or two decimals.
AMOUNT = re.compile(
    r"(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?P<separator>[., ])[0-9]{3}(?:(?P=separator)[0-9]{3})*)"
    r"(?:(?P<mark>[.,])(?P<decimals>[0-9]{1,2}))?"
)


class NotAnAmount(ValueError):
    """Say that a text is not an amount of euro."""


def parse_euro(text: str) -> int:
    """Return the cents of an amount as people type it.

    Italian and English habits are understood: "1.250,50", "1250,5", "1,250.50", "1 250", "1250", with or without the
    euro sign. A single separator followed by exactly three digits groups thousands ("1.250" is one thousand two hundred
    and fifty). Raise NotAnAmount for anything else: more than two decimals, groups that are not of three digits or not
    separated alike, negative amounts.
    """
    clean = re.sub(r"^(?:€|euro?)|(?:€|euro?)$", "", text.strip().lower()).strip()
    match = AMOUNT.fullmatch(re.sub(r"[\s'’]", " ", clean))
    if not match or len(clean) > LONGEST_AMOUNT:
        raise NotAnAmount(text)
    if match["mark"] and match["mark"] == match["separator"]:
        raise NotAnAmount(text)
    whole = re.sub(r"\D", "", match["whole"])
    return int(whole) * CENTS + int((match["decimals"] or "").ljust(2, "0"))


def format_euro(cents: int, language: str = "it") -> str:
    """Return an amount of cents as people read it: "1.250 €", "1.250,50 €"; in English "€1,250"."""
    sign = "-" if cents < 0 else ""
    euros, rest = divmod(abs(cents), CENTS)
    whole = f"{euros:,}"
    decimals = f".{rest:02d}" if rest else ""
    if language.startswith("en"):
        return f"{sign}€{whole}{decimals}"
    return f"{sign}{whole.replace(',', '.')}{decimals.replace('.', ',')}\u00a0€"


def plain_euro(cents: int) -> str:
    """Return an amount of cents as machines read it: "1250.50"."""
    euros, rest = divmod(abs(cents), CENTS)
    return f"{'-' if cents < 0 else ''}{euros}.{rest:02d}"
