"""Draw the icons that the front-end build extracted, and place things inside SVG drawings."""

import json
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@lru_cache(maxsize=4)
def _icons(path: Path) -> dict[str, dict[str, str]]:
    """Read the extract once; an unbuilt front end has no icons, and its pages still work."""
    return json.loads(path.read_text()) if path.exists() else {}


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """Draw a decorative icon that takes the colour of the text beside it."""
    return _drawn(Path(settings.BASE_DIR) / "static" / "dist" / "icons.json", name, css_class)


@lru_cache(maxsize=512)
def _drawn(path: Path, name: str, css_class: str) -> SafeString:
    """Draw an icon once: a table of forty rows shows three icons in each."""
    icons = _icons(path)
    if not icons:
        return mark_safe("")
    drawing = icons[name]
    return format_html(
        '<svg class="icon {}" viewBox="{}" aria-hidden="true" focusable="false">{}</svg>',
        css_class,
        drawing["viewBox"],
        mark_safe(drawing["body"]),  # noqa: S308 # nosemgrep: markup-believed - drawn when built
    )


@register.filter
def permille(value: int) -> str:
    """Write thousandths of a width as the percentage that SVG attributes take."""
    return f"{int(value) / 10:g}%"
