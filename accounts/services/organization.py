from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Membership, Organization, User
from accounts.services.bank_account import ReasonMissing
from accounts.services.change import What, note_person, write_data
from accounts.services.claim import NotNeutral
from accounts.services.mail import queue_mail_to_members

#: The right that lets an officer correct the record of a body.
CORRECT_RIGHT = "accounts.correct_organization"


class OrganizationExists(Exception):
    """Say that a body with this tax code is registered already."""


class NothingCorrected(Exception):
    """Say that every value is the one that stands there already."""


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
    note_person(
        organization=organization,
        what=What.FOUNDED,
        person=user,
        by=user,
        now=now,
        new=Membership.Role.OWNER,
    )
    return organization


@transaction.atomic
def register_for_people(*, reason: str, by: User, now: datetime, **fields: Any) -> Organization:
    """Register a body as an officer for people who came to the counter; nobody acts for it until a claim is accepted.

    Its own addresses get a mail that says so, and how to take it over. Raise ReasonMissing and OrganizationExists. The
    caller has asked whether the officer may.
    """
    if not reason.strip():
        raise ReasonMissing(fields["tax_code"])
    try:
        with transaction.atomic():
            organization = Organization.objects.create(created_at=now, registered_by=by, **fields)
    except IntegrityError as error:
        raise OrganizationExists(fields["tax_code"]) from error
    note_person(
        organization=organization, what=What.COUNTER, person=by, by=by, now=now, reason=reason.strip()
    )
    queue_mail_to_members(
        organization=organization,
        key=f"organization_registered:{organization.pk}",
        topic="",
        template="organization_registered",
        context={"organization": organization, "person": by, "reason": reason.strip()},
        now=now,
    )
    return organization


@transaction.atomic
def edit_organization(*, organization: Organization, by: User, now: datetime, **fields: Any) -> Organization:
    """Change, as one of its owners, the data of a body that may change: not its tax code and not its kind.

    Each datum is kept with its value before and after.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    write_data(organization, fields, what=What.EDITED, by=by, now=now)
    return organization


@transaction.atomic
def correct_organization(
    *, organization: Organization, reason: str, by: User, now: datetime, **fields: Any
) -> Organization:
    """Correct the record of a body as an officer, its tax code and kind included; its members get a mail.

    Raise NotNeutral for whoever belongs to it or lacks the right, ReasonMissing, NothingCorrected, and
    OrganizationExists when the tax code is another body's.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    is_officer = by.is_staff and by.is_active and by.has_perm(CORRECT_RIGHT)
    if not is_officer or organization.members.filter(pk=by.pk).exists():
        raise NotNeutral(by.pk)
    if not reason.strip():
        raise ReasonMissing(organization.pk)
    try:
        with transaction.atomic():
            changes = write_data(
                organization, fields, what=What.CORRECTED, by=by, now=now, reason=reason.strip()
            )
    except IntegrityError as error:
        raise OrganizationExists(fields.get("tax_code")) from error
    if not changes:
        raise NothingCorrected(organization.pk)
    queue_mail_to_members(
        organization=organization,
        key=f"organization_corrected:{changes[0].pk}",
        topic="",
        template="organization_corrected",
        context={"organization": organization, "changes": changes, "reason": reason.strip(), "person": by},
        now=now,
    )
    return organization
