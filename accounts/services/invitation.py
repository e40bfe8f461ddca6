from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import Invitation, Membership, Organization, User
from accounts.services.change import What, note_person
from accounts.services.mail import queue_mail, queue_mail_to_owners
from accounts.services.members import lock_as_owner
from civicfund.links import digest_of, new_link

Status = Invitation.Status


class AlreadyMember(Exception):
    """Say that the invited person acts for the body already."""


class AlreadyInvited(Exception):
    """Say that the person has an invitation that is still valid."""


class TooManyInvitations(Exception):
    """Say that too many invitations wait for an answer, or that one was sent too often."""


class InvitationOver(Exception):
    """Say why a link lets nobody in: it is unknown, used, revoked or expired."""


class NotInvited(Exception):
    """Say that the link is for another person: no confirmed address of this one is the invited one."""


@transaction.atomic
def invite_person(
    *, organization: Organization, email: str, role: str, by: User, now: datetime
) -> Invitation:
    """Invite a person by mail to act for a body. An invitation that has expired is sent again, for the new role.

    Raise NotAnOwner, AlreadyMember, AlreadyInvited or TooManyInvitations.
    """
    organization = lock_as_owner(organization, by)
    email = email.strip().lower()
    if organization.members.filter(email=email).exists():
        raise AlreadyMember(email)
    waiting = organization.invitations.unanswered()
    earlier = waiting.filter(email=email).first()
    if earlier and earlier.is_valid(now):
        raise AlreadyInvited(email)
    if earlier:
        _end(earlier, Status.REVOKED, by, now)
    if waiting.count() >= Invitation.MOST_OPEN:
        raise TooManyInvitations(organization.pk)
    link = new_link()
    invitation = Invitation.objects.create(
        organization=organization,
        email=email,
        role=role,
        digest=link.digest,
        invited_by=by,
        created_at=now,
        sent_at=now,
        expires_at=now + Invitation.LASTS,
    )
    _send(invitation, link.token, by, now)
    return invitation


@transaction.atomic
def send_invitation_again(*, invitation: Invitation, by: User, now: datetime) -> Invitation:
    """Send a new link in the place of the one before, which opens nothing any more.

    Raise NotAnOwner, InvitationOver or TooManyInvitations.
    """
    again = _lock(invitation, by)
    if again.times_sent >= Invitation.MOST_SENT:
        raise TooManyInvitations(again.pk)
    link = new_link()
    again.digest = link.digest
    again.sent_at, again.expires_at = now, now + Invitation.LASTS
    again.times_sent += 1
    again.save(update_fields=["digest", "sent_at", "expires_at", "times_sent"])
    _send(again, link.token, by, now)
    return again


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Let the link of an invitation open nothing any more. Raise NotAnOwner or InvitationOver."""
    _end(_lock(invitation, by), Status.REVOKED, by, now)


@transaction.atomic
def accept_invitation(*, token: str, by: User, now: datetime) -> Membership:
    """Act for a body from now on, as it was asked; its owners are told. Raise InvitationOver or NotInvited.

    A person who acts for it already keeps the role.
    """
    found = Invitation.objects.filter(digest=digest_of(token)).first()
    if found is None:
        raise InvitationOver("unknown")
    organization = Organization.objects.select_for_update().get(pk=found.organization_id)
    invitation = Invitation.objects.select_for_update().get(pk=found.pk)
    reason = reason_over(invitation, now) if invitation.digest == digest_of(token) else "unknown"
    if reason:
        raise InvitationOver(reason)
    if not is_invited(invitation, by):
        raise NotInvited(by.pk)
    membership, is_new = Membership.objects.get_or_create(
        organization=organization, user=by, defaults={"role": invitation.role, "created_at": now}
    )
    _end(invitation, Status.ACCEPTED, by, now)
    if is_new:
        note_person(
            organization=organization,
            what=What.JOINED,
            person=by,
            by=by,
            now=now,
            new=membership.role,
        )
        queue_mail_to_owners(
            organization=organization,
            key=f"member_joined:{membership.pk}",
            template="member_joined",
            context={
                "organization": organization,
                "person": by,
                "role": Membership.Role(invitation.role),
            },
            now=now,
        )
    return membership


def reason_over(invitation: Invitation | None, now: datetime) -> str:
    """Return why a link lets nobody in, in one word; nothing when it does."""
    if invitation is None:
        return "unknown"
    if invitation.status == Status.OPEN:
        return "" if now < invitation.expires_at else "expired"
    return "used" if invitation.status == Status.ACCEPTED else "revoked"


def is_invited(invitation: Invitation, person: User) -> bool:
    """Say whether a person has confirmed the invited address as the own one."""
    return EmailAddress.objects.filter(user=person, verified=True, email__iexact=invitation.email).exists()


def _lock(invitation: Invitation, by: User) -> Invitation:
    """Lock an unanswered invitation as an owner of its body. Raise NotAnOwner or InvitationOver."""
    lock_as_owner(invitation.organization, by)
    found = Invitation.objects.unanswered().select_for_update().filter(pk=invitation.pk).first()
    if found is None:
        raise InvitationOver(invitation.pk)
    return found


def _end(invitation: Invitation, status: Invitation.Status, by: User, now: datetime) -> None:
    """Write how an invitation ended."""
    invitation.status, invitation.ended_at, invitation.ended_by = status, now, by
    invitation.save(update_fields=["status", "ended_at", "ended_by"])


def _send(invitation: Invitation, token: str, by: User, now: datetime) -> None:
    """Write the link to the invited person, in that person's language if it is known here, else in the owner's."""
    known = User.objects.filter(email=invitation.email).first()
    queue_mail(
        key=f"organization_invitation:{invitation.pk}:{invitation.times_sent}",
        topic="",
        recipient=invitation.email,
        template="organization_invitation",
        context={
            "organization": invitation.organization,
            "person": by,
            "role": Membership.Role(invitation.role),
            "until": invitation.expires_at,
            "link": settings.SITE_URL + reverse("accounts:invitation", args=[token]),
        },
        language=known.language if known else by.language,
        now=now,
    )
