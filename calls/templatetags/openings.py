"""What is open of an application, as pages tell it."""

from typing import Any

from django import template
from django.urls import reverse

from calls.openable import open_labels, open_step_keys
from calls.steps import OPENABLE

register = template.Library()
register.filter("open_labels", open_labels)


@register.filter
def open_steps(opening: Any) -> list[dict[str, Any]]:
    """Return the steps of which something is open, each with its page and the names of what is open there."""
    keys = open_step_keys(opening)
    return [
        {
            "title": step.title,
            "url": reverse(step.url_name, args=[opening.application.public_id]),
            # A step of one part bears its name: once is enough.
            "labels": [label for label in open_labels(opening, step.key) if label != str(step.title)],
        }
        for step in OPENABLE
        if step.key in keys
    ]
