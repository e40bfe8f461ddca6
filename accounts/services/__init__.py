"""Every change to people, organizations and the outbox happens in a function of this package.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction, an exception if
it cannot be done.
"""

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
from accounts.services.organization import OrganizationExists, create_organization, edit_organization

__all__ = [
    "OrganizationExists",
    "claim_mails",
    "create_organization",
    "edit_organization",
    "hold_mails",
    "queue_mail",
    "queue_mail_to_members",
    "queue_mail_to_officers",
    "queue_mail_to_owners",
    "release_mails",
    "requeue_mail",
    "send_mail",
]
