"""The officers' desk: people, the bodies they act for, and the mails owed to them."""

from accounts.admin.bank_account import BankAccountAdmin
from accounts.admin.claim import ClaimAdmin
from accounts.admin.mail import MailAdmin
from accounts.admin.organization import OrganizationAdmin
from accounts.admin.person import PersonAdmin, RoleAdmin

__all__ = ["ClaimAdmin", "BankAccountAdmin", "MailAdmin", "OrganizationAdmin", "PersonAdmin", "RoleAdmin"]
