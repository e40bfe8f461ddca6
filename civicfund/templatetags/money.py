"""Show amounts and shares the way the reader's language writes them."""

from django import template
from django.utils.translation import get_language

from civicfund.money import format_euro

register = template.Library()

NO_BREAK_SPACE = "\u00a0"


@register.filter
def euro(cents: int | None) -> str:
    """Write integer cents as euro in the active language; nothing for a missing amount."""
    if cents is None or cents == "":
        return ""
    return format_euro(int(cents), get_language() or "it")


@register.filter
def percent(basis_points: int | None) -> str:
    """Write integer basis points as a percentage, with decimals only where they matter."""
    if basis_points is None or basis_points == "":
        return ""
    whole, rest = divmod(int(basis_points), 100)
    italian = (get_language() or "it").startswith("it")
    decimals = f"{rest:02d}".rstrip("0")
    number = f"{whole}{',' if italian else '.'}{decimals}" if decimals else str(whole)
    return f"{number}{NO_BREAK_SPACE if italian else ''}%"
