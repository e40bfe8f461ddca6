from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Membership, Organization, User


class OrganizationExists(Exception):
    """Say that a body with this tax code is registered already."""


@transaction.atomic
def create_organization(*, user: User, now: datetime, **fields: Any) -> Organization:
    """Register a body and make the person its owner.

    Raise OrganizationExists when the tax code is taken: its members have to invite the person.
    """
    try:
        with transaction.atomic():
            organization = Organization.objects.create(created_at=now, **fields)
    except IntegrityError as error:
        raise OrganizationExists(fields["tax_code"]) from error
    Membership.objects.create(
        organization=organization, user=user, role=Membership.Role.OWNER, created_at=now
    )
    return organization


def edit_organization(*, organization: Organization, **fields: Any) -> Organization:
    """Change the data of a body that may change: not its tax code and not its kind."""
    for name, value in fields.items():
        setattr(organization, name, value)
    organization.save(update_fields=list(fields))
    return organization
