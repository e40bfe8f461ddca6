"""The public result of the nightly audit."""

from django import template
from django.db.models import Exists

from donations.models import Difference
from matching.models import AuditRun

register = template.Library()


@register.simple_tag
def last_audit() -> AuditRun | None:
    """Return the last audit, or None before the first one; `books_differ` says whether anything is unexplained now."""
    return AuditRun.objects.annotate(books_differ=Exists(Difference.objects.open())).first()


@register.simple_tag
def books_differ() -> bool:
    """Say whether the books and Stripe differ in anything that nobody has explained yet."""
    return Difference.objects.open().exists()
