"""The public result of the nightly audit."""

from django import template

from donations.models import Difference
from matching.models import AuditRun

register = template.Library()


@register.simple_tag
def last_audit() -> AuditRun | None:
    """Return the last audit, or None before the first one."""
    return AuditRun.objects.first()


@register.simple_tag
def books_differ() -> bool:
    """Say whether the books and Stripe differ in anything that nobody has explained yet."""
    return Difference.objects.open().exists()
