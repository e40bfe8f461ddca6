"""Who acts: people, the bodies they act for, and the mails owed to them."""

from accounts.models.bank_account import BankAccount, BankAccountLook
from accounts.models.change import OrganizationChange
from accounts.models.claim import Claim, ClaimObjection
from accounts.models.invitation import Invitation
from accounts.models.mail import Mail, MailHold
from accounts.models.organization import Membership, Organization, OrgKind
from accounts.models.paper import OrganizationPaper
from accounts.models.user import User

__all__ = [
    "BankAccount",
    "BankAccountLook",
    "Claim",
    "ClaimObjection",
    "Invitation",
    "Mail",
    "MailHold",
    "Membership",
    "OrgKind",
    "Organization",
    "OrganizationChange",
    "OrganizationPaper",
    "User",
]
