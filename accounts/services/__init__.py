"""Every change to people, organizations and the outbox happens in a function of this package.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction, an exception if
it cannot be done.
"""

from accounts.services.bank_account import (
    READ_RIGHT,
    ChangeHeld,
    NotHeld,
    ReasonMissing,
    SameAccount,
    name_bank_account,
    read_iban,
    stop_bank_account,
)
from accounts.services.invitation import (
    AlreadyInvited,
    AlreadyMember,
    InvitationOver,
    NotInvited,
    TooManyInvitations,
    accept_invitation,
    invite_person,
    is_invited,
    reason_over,
    revoke_invitation,
    send_invitation_again,
)
from accounts.services.mail import (
    claim_mails,
    hold_mails,
    queue_mail,
    queue_mail_to_members,
    queue_mail_to_officers,
    queue_mail_to_owners,
    release_mails,
    requeue_mail,
    send_mail,
)
from accounts.services.members import (
    LastOwner,
    NotAMember,
    NotAnOwner,
    change_role,
    leave_organization,
    remove_member,
)
from accounts.services.organization import OrganizationExists, create_organization, edit_organization

__all__ = [
    "READ_RIGHT",
    "ChangeHeld",
    "NotHeld",
    "ReasonMissing",
    "SameAccount",
    "name_bank_account",
    "read_iban",
    "stop_bank_account",
    "AlreadyInvited",
    "AlreadyMember",
    "InvitationOver",
    "LastOwner",
    "NotAMember",
    "NotAnOwner",
    "NotInvited",
    "OrganizationExists",
    "TooManyInvitations",
    "accept_invitation",
    "change_role",
    "claim_mails",
    "create_organization",
    "edit_organization",
    "hold_mails",
    "invite_person",
    "is_invited",
    "leave_organization",
    "queue_mail",
    "queue_mail_to_members",
    "queue_mail_to_officers",
    "queue_mail_to_owners",
    "reason_over",
    "release_mails",
    "remove_member",
    "requeue_mail",
    "revoke_invitation",
    "send_invitation_again",
    "send_mail",
]
