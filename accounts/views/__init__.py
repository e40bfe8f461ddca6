"""Pages about the bodies a person acts for."""

from accounts.views.bank_account import bank_account_name, bank_account_stop, bank_accounts
from accounts.views.barrier import report_barrier
from accounts.views.claim import claim_create, claim_detail, organization_paper, statute_upload
from accounts.views.invitation import invitation, invitation_again, invitation_create, invitation_revoke
from accounts.views.members import member_edit, member_list, organization_leave
from accounts.views.organization import (
    organization_changes,
    organization_create,
    organization_detail,
    organization_edit,
    organization_list,
)

__all__ = [
    "report_barrier",
    "claim_create",
    "claim_detail",
    "organization_paper",
    "statute_upload",
    "bank_account_name",
    "bank_account_stop",
    "bank_accounts",
    "invitation",
    "invitation_again",
    "invitation_create",
    "invitation_revoke",
    "member_edit",
    "member_list",
    "organization_changes",
    "organization_create",
    "organization_detail",
    "organization_edit",
    "organization_leave",
    "organization_list",
]
