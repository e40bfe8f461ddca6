from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Invitation, Mail, Membership, Organization, User
from accounts.services import (
    AlreadyInvited,
    AlreadyMember,
    InvitationOver,
    LastOwner,
    NotAMember,
    NotAnOwner,
    NotInvited,
    TooManyInvitations,
    accept_invitation,
    change_role,
    invite_person,
    leave_organization,
    remove_member,
    revoke_invitation,
    send_invitation_again,
)
from civicfund.links import digest_of
from tests.accounts.acting import confirmed, link_to, member, token_of
from tests.factories import make_organization

NOW = datetime(2027, 3, 14, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
ADA = "ada@example.org"
Role = Membership.Role


@pytest.fixture
def body(organizer: User) -> Organization:
    """Return a body with one owner."""
    return make_organization(user=organizer)


def invited(body: Organization, by: User, email: str = ADA, now: datetime = NOW) -> Invitation:
    """Invite somebody as an editor."""
    return invite_person(organization=body, email=email, role=Role.EDITOR, by=by, now=now)


def test_accept_invitation_makes_a_member_of_the_role(
    body: Organization, organizer: User, donor: User
) -> None:
    invitation = invited(body, organizer, confirmed(donor).email.upper())

    token = token_of(link_to(donor.email))
    membership = accept_invitation(token=token, by=donor, now=invitation.expires_at - TICK)

    invitation.refresh_from_db()
    assert (membership.user, membership.role) == (donor, Role.EDITOR)
    assert (invitation.status, invitation.ended_by) == (Invitation.Status.ACCEPTED, donor)
    assert Mail.objects.filter(recipient=organizer.email, key__startswith="member_joined").count() == 1
    assert token not in invitation.digest and invitation.digest == digest_of(token)
    with pytest.raises(InvitationOver, match="used"):
        accept_invitation(token=token, by=donor, now=NOW)


def test_accept_invitation_when_its_days_are_over(body: Organization, organizer: User, donor: User) -> None:
    invitation = invited(body, organizer, confirmed(donor).email)

    assert invitation.expires_at == NOW + timedelta(days=14)
    with pytest.raises(InvitationOver, match="expired"):
        accept_invitation(token=token_of(link_to(donor.email)), by=donor, now=invitation.expires_at)
    assert not donor.memberships.exists()


def test_accept_invitation_is_for_a_confirmed_address(
    body: Organization, organizer: User, donor: User, stranger: User
) -> None:
    invited(body, organizer, donor.email)
    token = token_of(link_to(donor.email))

    for person in (donor, confirmed(stranger)):
        with pytest.raises(NotInvited):
            accept_invitation(token=token, by=person, now=NOW)
    assert not Membership.objects.filter(user__in=[donor, stranger]).exists()


def test_accept_invitation_keeps_the_role_of_a_member(
    body: Organization, organizer: User, donor: User
) -> None:
    invited(body, organizer, confirmed(donor).email)
    Membership.objects.create(organization=body, user=donor, role=Role.OWNER, created_at=NOW)

    assert accept_invitation(token=token_of(link_to(donor.email)), by=donor, now=NOW).role == Role.OWNER


def test_send_invitation_again_spends_the_link_before(
    body: Organization, organizer: User, donor: User
) -> None:
    invitation = invited(body, organizer, confirmed(donor).email)
    first = token_of(link_to(donor.email))
    later = invitation.expires_at

    again = send_invitation_again(invitation=invitation, by=organizer, now=later)

    second = token_of(link_to(donor.email))
    assert again.expires_at == later + Invitation.LASTS
    with pytest.raises(InvitationOver, match="unknown"):
        accept_invitation(token=first, by=donor, now=later)
    assert accept_invitation(token=second, by=donor, now=later).user == donor


def test_send_invitation_again_only_so_often(body: Organization, organizer: User) -> None:
    invitation = invited(body, organizer)
    for _turn in range(Invitation.MOST_SENT - 1):
        send_invitation_again(invitation=invitation, by=organizer, now=NOW)

    with pytest.raises(TooManyInvitations):
        send_invitation_again(invitation=invitation, by=organizer, now=NOW)


def test_revoke_invitation_spends_its_link(body: Organization, organizer: User, donor: User) -> None:
    invitation = invited(body, organizer, confirmed(donor).email)

    revoke_invitation(invitation=invitation, by=organizer, now=NOW)

    with pytest.raises(InvitationOver, match="revoked"):
        accept_invitation(token=token_of(link_to(donor.email)), by=donor, now=NOW)
    with pytest.raises(InvitationOver):
        revoke_invitation(invitation=invitation, by=organizer, now=NOW)
    with pytest.raises(InvitationOver):
        send_invitation_again(invitation=invitation, by=organizer, now=NOW)


def test_invite_person_once_at_a_time(body: Organization, organizer: User) -> None:
    first = invited(body, organizer)

    with pytest.raises(AlreadyInvited):
        invited(body, organizer, now=first.expires_at - TICK)
    with pytest.raises(AlreadyMember):
        invited(body, organizer, organizer.email)
    second = invited(body, organizer, now=first.expires_at)

    first.refresh_from_db()
    assert (first.status, second.status) == (Invitation.Status.REVOKED, Invitation.Status.OPEN)


def test_invite_person_within_a_limit(
    body: Organization, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Invitation, "MOST_OPEN", 1)
    invited(body, organizer)

    with pytest.raises(TooManyInvitations):
        invited(body, organizer, "bea@example.org")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.READER])
def test_only_owners_change_who_acts_for_a_body(body: Organization, organizer: User, role: str) -> None:
    other = member(body, role)
    invitation = invited(body, organizer)
    own = body.memberships.get(user=organizer)

    for attempt in (
        lambda: invited(body, other, "bea@example.org"),
        lambda: send_invitation_again(invitation=invitation, by=other, now=NOW),
        lambda: revoke_invitation(invitation=invitation, by=other, now=NOW),
        lambda: change_role(membership=own, role=Role.READER, by=other, now=NOW),
        lambda: remove_member(membership=own, by=other, now=NOW),
    ):
        with pytest.raises(NotAnOwner):
            attempt()
    assert body.memberships.get(user=organizer).role == Role.OWNER


def test_a_body_keeps_its_last_owner(body: Organization, organizer: User) -> None:
    member(body, Role.EDITOR)
    sleeping = member(body, Role.OWNER)
    sleeping.is_active = False
    sleeping.save()
    own = body.memberships.get(user=organizer)

    for attempt in (
        lambda: change_role(membership=own, role=Role.EDITOR, by=organizer, now=NOW),
        lambda: remove_member(membership=own, by=organizer, now=NOW),
        lambda: leave_organization(organization=body, by=organizer, now=NOW),
    ):
        with pytest.raises(LastOwner):
            attempt()
    assert body.memberships.get(user=organizer).is_owner


def test_change_role_tells_the_member(body: Organization, organizer: User) -> None:
    other = member(body, Role.READER)

    change_role(membership=other.memberships.get(), role=Role.OWNER, by=organizer, now=NOW)
    change_role(membership=other.memberships.get(), role=Role.OWNER, by=organizer, now=NOW)

    assert other.memberships.get().role == Role.OWNER
    assert Mail.objects.filter(recipient=other.email).count() == 1


def test_who_goes_takes_the_own_invitations_along(body: Organization, organizer: User) -> None:
    gone, demoted, left = (member(body, Role.OWNER, name) for name in ("gone", "demoted", "left"))
    promises = [
        invited(body, person, f"{person.pk}@example.org") for person in (gone, demoted, left, organizer)
    ]

    remove_member(membership=gone.memberships.get(), by=organizer, now=NOW)
    change_role(membership=demoted.memberships.get(), role=Role.EDITOR, by=organizer, now=NOW)
    leave_organization(organization=body, by=left, now=NOW)

    states = [Invitation.objects.get(pk=promise.pk).status for promise in promises]
    assert states == ["revoked", "revoked", "revoked", "open"]
    assert not (gone.memberships.exists() or left.memberships.exists())
    assert Mail.objects.filter(recipient=gone.email, key__startswith="member_removed").exists()
    assert Mail.objects.filter(recipient=organizer.email, key__startswith="member_left").exists()


def test_who_is_gone_cannot_be_changed(body: Organization, organizer: User) -> None:
    membership = member(body, Role.EDITOR).memberships.get()
    remove_member(membership=membership, by=organizer, now=NOW)
    membership.pk = membership.pk or 0

    for attempt in (
        lambda: remove_member(membership=membership, by=organizer, now=NOW),
        lambda: change_role(membership=membership, role=Role.READER, by=organizer, now=NOW),
    ):
        with pytest.raises(NotAMember):
            attempt()


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "accepted"},
        {"ended_at": NOW},
        {"email": "Ada@example.org"},
        {"expires_at": NOW},
    ],
)
def test_invitations_keep_their_constraints(body: Organization, organizer: User, wrong: dict) -> None:
    invitation = invited(body, organizer)

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(**wrong)


def test_one_open_invitation_for_an_address(body: Organization, organizer: User) -> None:
    invitation = invited(body, organizer)
    invitation.pk, invitation.public_id, invitation.digest = None, None, "other"
    invitation.public_id = invitation._meta.get_field("public_id").get_default()

    with pytest.raises(IntegrityError), transaction.atomic():
        invitation.save(force_insert=True)
