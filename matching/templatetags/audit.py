"""The public result of the nightly audit."""

from django import template

from matching.models import AuditRun

register = template.Library()


@register.simple_tag
def last_audit() -> AuditRun | None:
    """Return the last audit, or None before the first one."""
    return AuditRun.objects.first()
