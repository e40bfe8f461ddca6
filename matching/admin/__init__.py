"""The officers' desk: the municipality's shares, each with what anyone needs to compute it again, and the audits."""

from matching.admin.audit import AuditRunAdmin
from matching.admin.grant import GrantAdmin

__all__ = ["AuditRunAdmin", "GrantAdmin"]
