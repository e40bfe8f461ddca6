"""Who acts: people, the bodies they act for, and the mails owed to them."""

from accounts.models.bank_account import BankAccount, BankAccountLook
from accounts.models.invitation import Invitation
from accounts.models.mail import Mail, MailHold
from accounts.models.organization import Membership, Organization, OrgKind
from accounts.models.user import User

__all__ = [
    "BankAccount",
    "BankAccountLook",
    "Invitation",
    "Mail",
    "MailHold",
    "Membership",
    "OrgKind",
    "Organization",
    "User",
]
