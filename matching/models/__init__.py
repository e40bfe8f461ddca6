"""The municipality adds its share."""

from matching.models.audit import AuditRun, AuditRunQuerySet
from matching.models.grant import Grant

__all__ = ["AuditRun", "AuditRunQuerySet", "Grant"]
