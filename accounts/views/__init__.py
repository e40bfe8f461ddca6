"""Pages about the bodies a person acts for."""

from accounts.views.invitation import invitation, invitation_again, invitation_create, invitation_revoke
from accounts.views.members import member_edit, member_list, organization_leave
from accounts.views.organization import (
    organization_create,
    organization_detail,
    organization_edit,
    organization_list,
)

__all__ = [
    "invitation",
    "invitation_again",
    "invitation_create",
    "invitation_revoke",
    "member_edit",
    "member_list",
    "organization_create",
    "organization_detail",
    "organization_edit",
    "organization_leave",
    "organization_list",
]
