"""Pages about the bodies a person acts for."""

from accounts.views.organization import (
    organization_create,
    organization_detail,
    organization_edit,
    organization_list,
)

__all__ = ["organization_create", "organization_detail", "organization_edit", "organization_list"]
