"""What has changed of a body is written down in the transaction of the change."""

from datetime import datetime
from typing import Any

from accounts.models import Organization, OrganizationChange, User

What = OrganizationChange.What


def note_person(
    *,
    organization: Organization,
    what: What,
    person: User,
    by: User,
    now: datetime,
    old: str = "",
    new: str = "",
    reason: str = "",
) -> None:
    """Write down that a person acts for a body, acts otherwise, acts for it no more, or has registered it."""
    OrganizationChange.objects.create(
        organization=organization, what=what, person=person, by=by, at=now, old=old, new=new, reason=reason
    )


def write_data(
    organization: Organization,
    fields: dict[str, Any],
    *,
    what: What,
    by: User,
    now: datetime,
    reason: str = "",
) -> list[OrganizationChange]:
    """Change the data of a body, locked by the caller, and write down each with the value before and after."""
    changes = []
    for name, value in fields.items():
        old, new = _plain(getattr(organization, name)), _plain(value)
        setattr(organization, name, value)
        if old != new:
            changes.append(
                OrganizationChange(
                    organization=organization,
                    what=what,
                    by=by,
                    at=now,
                    column=name,
                    old=old,
                    new=new,
                    reason=reason,
                )
            )
    organization.save(update_fields=[change.column for change in changes])
    return OrganizationChange.objects.bulk_create(changes)


def _plain(value: Any) -> str:
    """Return a value as text."""
    return "" if value is None else str(value)
