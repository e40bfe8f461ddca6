"""Show points the way the reader's language writes them."""

from fractions import Fraction

from django import template

from vetting.models.assignment import Progress
from vetting.points import format_points

register = template.Library()


@register.filter
def points(hundredths: int | Fraction | None) -> str:
    """Write hundredths of a point as points; nothing where there are none."""
    return "" if hundredths is None or hundredths == "" else format_points(hundredths)


@register.filter
def weight(basis_points: int) -> str:
    """Write a weight as the factor it is: 10000 is 1, 15000 is 1.5."""
    return format_points(Fraction(basis_points, 100))


@register.filter
def progress(key: str) -> str:
    """Write how far a member is in words."""
    return str(Progress(key).label)
