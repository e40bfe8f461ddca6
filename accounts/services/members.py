"""Who acts for a body: roles change, people leave, and a body never stays without an owner."""

from datetime import datetime

from django.db import transaction

from accounts.models import Invitation, Membership, Organization, User
from accounts.services.change import What, note_person
from accounts.services.mail import queue_mail, queue_mail_to_owners

Role = Membership.Role


class NotAnOwner(Exception):
    """Say that only an owner of the body may do this."""


class LastOwner(Exception):
    """Say that the body would stay without an owner."""


class NotAMember(Exception):
    """Say that the person does not act for the body (any more)."""


@transaction.atomic
def change_role(*, membership: Membership, role: Role, by: User, now: datetime) -> Membership:
    """Give a member another role. Raise NotAnOwner, NotAMember, and LastOwner when nobody else owns the body."""
    organization = lock_as_owner(membership.organization, by)
    changed = _member(membership)
    if changed.role == role:
        return changed
    _keep_an_owner(organization, changed)
    note_person(
        organization=organization,
        what=What.ROLE,
        person=changed.user,
        by=by,
        now=now,
        old=changed.role,
        new=role,
    )
    changed.role = role
    changed.save(update_fields=["role"])
    if role != Role.OWNER:
        _revoke_invitations(changed, by, now)
    _tell(changed, "member_role_changed", by, now)
    return changed


@transaction.atomic
def remove_member(*, membership: Membership, by: User, now: datetime) -> None:
    """Let a member act for the body no more. Raise NotAnOwner, NotAMember or LastOwner."""
    organization = lock_as_owner(membership.organization, by)
    gone = _member(membership)
    _keep_an_owner(organization, gone)
    _revoke_invitations(gone, by, now)
    _tell(gone, "member_removed", by, now)
    note_person(organization=organization, what=What.REMOVED, person=gone.user, by=by, now=now, old=gone.role)
    gone.delete()


@transaction.atomic
def leave_organization(*, organization: Organization, by: User, now: datetime) -> None:
    """Act for a body no more, by one's own will; its owners are told. Raise NotAMember or LastOwner."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    gone = Membership.objects.filter(organization=organization, user=by).first()
    if gone is None:
        raise NotAMember(by.pk)
    _keep_an_owner(organization, gone)
    _revoke_invitations(gone, by, now)
    key = f"member_left:{gone.pk}"
    note_person(organization=organization, what=What.LEFT, person=by, by=by, now=now, old=gone.role)
    gone.delete()
    context = {"organization": organization, "person": by}
    queue_mail_to_owners(organization=organization, key=key, template="member_left", context=context, now=now)


def lock_as_owner(organization: Organization, by: User) -> Organization:
    """Lock a body and return it as it is now. Raise NotAnOwner when the person does not answer for it any more."""
    locked = Organization.objects.select_for_update().get(pk=organization.pk)
    if not Membership.objects.filter(organization=locked, user=by, role=Role.OWNER).exists():
        raise NotAnOwner(by.pk)
    return locked


def _member(membership: Membership) -> Membership:
    """Return a membership as it is now; the caller holds its body locked. Raise NotAMember."""
    found = Membership.objects.select_related("user", "organization").filter(pk=membership.pk).first()
    if found is None:
        raise NotAMember(membership.pk)
    return found


def _keep_an_owner(organization: Organization, membership: Membership) -> None:
    """Raise LastOwner when the body has no other owner who can sign in; the caller holds the body locked."""
    owners = organization.memberships.filter(role=Role.OWNER, user__is_active=True)
    if membership.role == Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise LastOwner(organization.pk)


def _revoke_invitations(membership: Membership, by: User, now: datetime) -> None:
    """End what a person has promised in the name of a body it does not answer for any more."""
    Invitation.objects.unanswered().filter(
        organization=membership.organization_id, invited_by=membership.user_id
    ).update(status=Invitation.Status.REVOKED, ended_at=now, ended_by=by)


def _tell(membership: Membership, template: str, by: User, now: datetime) -> None:
    """Write to a member what another person has changed."""
    if membership.user_id == by.pk:
        return
    queue_mail(
        key=f"{template}:{membership.pk}:{int(now.timestamp())}",
        topic="",
        recipient=membership.user.email,
        template=template,
        context={
            "organization": membership.organization,
            "role": Role(membership.role),
            "person": by,
        },
        language=membership.user.language,
        now=now,
    )
