"""Drawings that templates place: a borough of the city."""

from typing import Any

from django import template

from calls.drawings import borough_shape

register = template.Library()


@register.inclusion_tag("components/_borough_shape.html")
def borough(number: int) -> dict[str, Any]:
    """Draw one borough on a sheet of its own that lies over the map: the label or link around it is the map's area."""
    return borough_shape(int(number))
