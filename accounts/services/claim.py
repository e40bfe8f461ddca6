"""A person asks to act for a body that is registered already; its owners may object, an officer decides."""

from datetime import datetime

from django.db import transaction

from accounts.models import Claim, ClaimObjection, Membership, Organization, OrganizationPaper, User
from accounts.services.bank_account import ReasonMissing
from accounts.services.change import What, note_person
from accounts.services.invitation import AlreadyMember
from accounts.services.mail import queue_mail, queue_mail_to_officers, queue_mail_to_owners
from accounts.services.members import NotAnOwner

Status = Claim.Status
#: The right that lets an officer decide.
DECIDE_RIGHT = "accounts.change_claim"


class ClaimOpen(Exception):
    """Say that the person's earlier claim is still with the officers."""


class ProofUnusable(Exception):
    """Say that a file is another person's or another body's proof, or has served already."""


class ClaimDecided(Exception):
    """Say that an officer has decided already."""


class NotNeutral(Exception):
    """Say that who decides asks for the own person, acts for the body, or has no right to decide."""


@transaction.atomic
def ask_to_act(
    *, organization: Organization, words: str, proof: OrganizationPaper, by: User, now: datetime
) -> Claim:
    """Ask the officers to act for a body; its owners are told. Raise AlreadyMember, ClaimOpen or ProofUnusable."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    if organization.members.filter(pk=by.pk).exists():
        raise AlreadyMember(by.pk)
    if organization.claims.waiting().filter(person=by).exists():
        raise ClaimOpen(by.pk)
    unused = OrganizationPaper.objects.unused().filter(organization=organization, kept_by=by)
    if not unused.filter(pk=proof.pk).exists():
        raise ProofUnusable(proof.pk)
    claim = Claim.objects.create(
        organization=organization, person=by, words=words.strip(), proof=proof, asked_at=now
    )
    _tell_owners(claim, "claim_asked", now)
    _tell_officers(claim, now)
    return claim


@transaction.atomic
def object_to_claim(*, claim: Claim, words: str, by: User, now: datetime) -> ClaimObjection:
    """Write as an owner why the person should not act for the body. Raise NotAnOwner, ClaimDecided or ReasonMissing.

    An owner objects once; a second time changes nothing.
    """
    locked = _lock(claim)
    if not locked.organization.memberships.filter(user=by, role=Membership.Role.OWNER).exists():
        raise NotAnOwner(by.pk)
    if not words.strip():
        raise ReasonMissing(claim.pk)
    return ClaimObjection.objects.get_or_create(
        claim=locked, by=by, defaults={"words": words.strip(), "at": now}
    )[0]


@transaction.atomic
def accept_claim(*, claim: Claim, role: str, reason: str, by: User, now: datetime) -> Claim:
    """Let the person act for the body in a role. Raise ClaimDecided, NotNeutral or ReasonMissing."""
    accepted = _decide(claim, Status.ACCEPTED, reason, by, now, role)
    _member, is_new = Membership.objects.get_or_create(
        organization=accepted.organization,
        user=accepted.person,
        defaults={"role": role, "created_at": now},
    )
    if is_new:
        note_person(
            organization=accepted.organization,
            what=What.CLAIMED,
            person=accepted.person,
            by=by,
            now=now,
            new=role,
        )
    return accepted


@transaction.atomic
def refuse_claim(*, claim: Claim, reason: str, by: User, now: datetime) -> Claim:
    """Say no, with a reason the person reads. Raise ClaimDecided, NotNeutral or ReasonMissing."""
    return _decide(claim, Status.REFUSED, reason, by, now)


def _lock(claim: Claim) -> Claim:
    """Lock the body and return an undecided claim on it as it is now. Raise ClaimDecided."""
    Organization.objects.select_for_update().get(pk=claim.organization_id)
    waiting = Claim.objects.waiting().select_related("organization", "person")
    locked = waiting.select_for_update(of=("self",)).filter(pk=claim.pk).first()
    if locked is None:
        raise ClaimDecided(claim.pk)
    return locked


def _decide(claim: Claim, status: Status, reason: str, by: User, now: datetime, role: str = "") -> Claim:
    """Write a decision and tell it to the person and to the owners of today."""
    decided = _lock(claim)
    is_involved = decided.person_id == by.pk or decided.organization.members.filter(pk=by.pk).exists()
    if is_involved or not (by.is_staff and by.has_perm(DECIDE_RIGHT)):
        raise NotNeutral(by.pk)
    if not reason.strip():
        raise ReasonMissing(claim.pk)
    decided.status, decided.role, decided.reason = status, role, reason.strip()
    decided.decided_at, decided.decided_by = now, by
    decided.save(update_fields=["status", "role", "reason", "decided_at", "decided_by"])
    queue_mail(
        key=f"claim_decided:{decided.pk}",
        topic="",
        recipient=decided.person.email,
        template="claim_decided",
        context=_facts(decided),
        language=decided.person.language,
        now=now,
    )
    _tell_owners(decided, "claim_closed", now)
    return decided


def _tell_owners(claim: Claim, template: str, now: datetime) -> None:
    """Write to the owners of the body."""
    queue_mail_to_owners(
        organization=claim.organization,
        key=f"{template}:{claim.pk}",
        template=template,
        context=_facts(claim),
        now=now,
    )


def _tell_officers(claim: Claim, now: datetime) -> None:
    """Write to those who decide, at most once an hour: the first claim of an hour leaves a mail, the queue has them all.

    A claim does not wait for a digest, and whoever files many fills no mailbox.
    """
    hour = int(now.timestamp()) // 3600
    queue_mail_to_officers(
        right=DECIDE_RIGHT,
        key=f"claims_waiting:{hour}",
        template="claims_waiting",
        context={**_facts(claim), "number": Claim.objects.waiting().count()},
        now=now,
        leave_out=claim.person,
    )


def _facts(claim: Claim) -> dict[str, object]:
    """Return what the mails tell."""
    return {"claim": claim, "organization": claim.organization, "person": claim.person}
