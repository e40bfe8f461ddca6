"""The officers' desk: the funds and the municipality's shares, each with what anyone needs to compute it, and the audits."""

from matching.admin.audit import AuditRunAdmin
from matching.admin.fund import FundAdmin
from matching.admin.grant import GrantAdmin

__all__ = ["AuditRunAdmin", "FundAdmin", "GrantAdmin"]
