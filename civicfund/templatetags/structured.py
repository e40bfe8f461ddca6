"""Data about a page for search engines, as schema.org names it."""

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()

#: What could end the block, or begin markup in it.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def structured(data: Mapping[str, Any]) -> str:
    """Write a block of JSON-LD; no word in it can end the block."""
    words = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False).translate(ESCAPES)
    block = mark_safe(words)  # noqa: S308 # nosemgrep: markup-believed - escaped above
    return format_html('<script type="application/ld+json">{}</script>', block)
