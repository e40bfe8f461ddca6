"""A person erases the own data: what would go, what would stay and why is told before, then done in one transaction.

Source: Regulation (EU) 2016/679 art. 12, 17 and 18.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from accounts.models import Invitation, Mail, Membership, Organization, User
from accounts.services import (
    forget_invitations,
    forget_mails,
    forget_person,
    forget_representative,
    leave_empty,
    leave_organization,
    queue_mail,
)
from calls.models import Application
from calls.services.draft_end import forget_draft, never_handed_in
from campaigns.models import Campaign, Follow, Problem
from campaigns.services.forget import forget_reader, questions_of
from donations.models import Dedication, Donation, ForgottenDonor, OfflineDonation
from donations.services.erasure import (
    figures,
    forget_cards_for,
    forget_donor,
    forget_links,
    forget_offline_donor,
    gifts_of_addresses,
    offline_of_addresses,
    still_under_way,
)
from matching.models import Erasure
from matching.signatures import has_signed

Status = Application.Status
#: States of a campaign after which nobody owes anything in its name.
ENDED = (Campaign.Status.FAILED, Campaign.Status.REFUNDED, Campaign.Status.WITHDRAWN)


class ErasureBlocked(Exception):
    """Say that something has to happen first; the page tells what."""


def mails_of(addresses: Iterable[str]) -> QuerySet[Mail]:
    """Return the mails to some addresses, however these were typed."""
    small = [address.lower() for address in addresses]
    return Mail.objects.alias(address=Lower("recipient")).filter(address__in=small)


@dataclass
class Holdings:
    """Everything that is held about the owner of some addresses, and of an account if there is one."""

    addresses: tuple[str, ...]
    person: User | None = None

    @cached_property
    def gifts(self) -> list[Donation]:
        """Return the gifts, the last first."""
        found = gifts_of_addresses(self.addresses, self.person)
        return list(found.select_related("campaign__application__call").order_by("-created_at"))

    @cached_property
    def under_way(self) -> list[Donation]:
        """Return the gifts that still need their donor."""
        return list(
            still_under_way(Donation.objects.filter(pk__in=[gift.pk for gift in self.gifts])).select_related(
                "campaign"
            )
        )

    @cached_property
    def with_receipt(self) -> int:
        """Return how many of the gifts have a receipt, which accounts keep."""
        return (
            Donation.objects.filter(pk__in=[gift.pk for gift in self.gifts], receipts__isnull=False)
            .distinct()
            .count()
        )

    @cached_property
    def outside(self) -> list[OfflineDonation]:
        """Return the gifts outside the site."""
        return list(offline_of_addresses(self.addresses).select_related("campaign"))

    @cached_property
    def follows(self) -> int:
        return Follow.objects.filter(email__in=self.addresses).count()

    @cached_property
    def questions(self) -> int:
        return questions_of(self.addresses).count()

    @cached_property
    def reports(self) -> int:
        return Problem.objects.filter(email__in=self.addresses).count()

    @cached_property
    def cards(self) -> int:
        cards = Dedication.objects.known().alias(address=Lower("email"))
        return cards.filter(address__in=self.addresses).count()

    @cached_property
    def mails(self) -> int:
        return mails_of(self.addresses).count()

    @cached_property
    def invitations(self) -> int:
        return Invitation.objects.filter(email__in=self.addresses).count()

    @cached_property
    def memberships(self) -> list[Membership]:
        """Return the bodies the person acts for."""
        return list(self.person.memberships.select_related("organization")) if self.person else []

    @cached_property
    def blocks(self) -> list[Membership]:
        """Return the memberships that somebody else has to take over first."""
        return [one for one in self.memberships if needs_somebody(one)]

    @cached_property
    def is_staff(self) -> bool:
        """Say whether the person works at the desk: the office ends that first."""
        return bool(self.person and (self.person.is_staff or self.person.is_superuser))

    @cached_property
    def drafts(self) -> list[Application]:
        """Return the drafts that go, since nobody else acts for their body."""
        alone = [one.organization_id for one in self.memberships if is_alone(one)]
        return list(never_handed_in().filter(organization__in=alone))

    @cached_property
    def keeps_name(self) -> bool:
        """Say whether acts or papers of a procedure name the person as their author."""
        return self.person is not None and has_signed(self.person)

    @property
    def is_possible(self) -> bool:
        return not (self.blocks or self.is_staff)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is held at all."""
        rows = [*self.gifts, *self.outside]
        return not (
            rows
            or self.person
            or self.follows + self.questions + self.reports + self.cards + self.mails + self.invitations
        )


def holdings_of_account(person: User) -> Holdings:
    """Return what is held about a person: by the account, and by its confirmed addresses."""
    confirmed = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return Holdings(tuple(sorted({address.lower() for address in confirmed})), person)


def holdings_of_address(email: str) -> Holdings:
    """Return what is held about an address, without an account that may have it: that one asks for a sign-in."""
    return Holdings((email.lower(),))


def is_alone(membership: Membership) -> bool:
    """Say whether nobody else acts for the body."""
    return not membership.organization.memberships.exclude(pk=membership.pk).exists()


def needs_somebody(membership: Membership) -> bool:
    """Say whether a body would be left without an owner while it has members, or an application or a project going on."""
    if membership.role != Membership.Role.OWNER:
        return False
    others = membership.organization.memberships.exclude(pk=membership.pk)
    if others.filter(role=Membership.Role.OWNER, user__is_active=True).exists():
        return False
    return others.exists() or has_business(membership.organization)


def has_business(organization: Organization) -> bool:
    """Say whether an application of the body is being decided on, or a project of it goes on."""
    waiting = Q(status__in=[Status.SUBMITTED, Status.RESERVE])
    going = Q(status=Status.ADMITTED) & ~Q(campaign__status__in=ENDED)
    return Application.objects.filter(waiting | going, organization=organization).exists()


@transaction.atomic
def erase_account(*, person: User, language: str, now: datetime) -> Erasure:
    """Erase an account with all that its confirmed addresses have left. Raise ErasureBlocked."""
    person = User.objects.select_for_update().get(pk=person.pk)
    held = holdings_of_account(person)
    if not held.is_possible:
        raise ErasureBlocked(person.pk)
    to, keeps_name, drafts = person.email, held.keeps_name, held.drafts
    numbers = _erase_addresses(held, now)
    for draft in drafts:
        forget_draft(application=draft)
    for membership in held.memberships:
        _leave(membership, person, now)
    forget_person(person=person, keeps_name=keeps_name, now=now)
    numbers |= {"drafts": len(drafts), "bodies": len(held.memberships), "name_stays": int(keeps_name)}
    return _write_down(Erasure.Of.ACCOUNT, numbers, to, language, now)


@transaction.atomic
def erase_address(*, email: str, language: str, now: datetime) -> Erasure:
    """Erase all that an address without an account has left."""
    held = holdings_of_address(email)
    return _write_down(Erasure.Of.ADDRESS, _erase_addresses(held, now), email.lower(), language, now)


def _erase_addresses(held: Holdings, now: datetime) -> dict[str, int]:
    """Erase what some addresses have given, followed, asked, reported and received; return how much."""
    gifts, outside, addresses = held.gifts, held.outside, held.addresses
    held.under_way  # noqa: B018 - looked at before anything is gone
    numbers: dict[str, int] = forget_reader(addresses=addresses)
    forgotten: list[ForgottenDonor] = [forget_donor(donation=gift, now=now) for gift in gifts]
    forgotten += [forget_offline_donor(gift=gift, now=now) for gift in outside]
    numbers |= {f"gifts_{name}": number for name, number in figures(forgotten=forgotten).items()}
    numbers["cards"] = forget_cards_for(addresses=addresses, now=now)
    numbers["links"] = forget_links(addresses=addresses)
    numbers["invitations"] = forget_invitations(addresses=addresses)
    # Whom money is still owed is still written to, and so is an account that only its owner can erase.
    has_account = EmailAddress.objects.filter(email__in=addresses, verified=True).exists()
    nobody_waits = not held.under_way and (held.person is not None or not has_account)
    numbers["mails"] = forget_mails(addresses=addresses, now=now, unsent_too=nobody_waits)
    return numbers


def _leave(membership: Membership, person: User, now: datetime) -> None:
    """Act for a body no more; of one that never began anything its representative's data go too."""
    body = membership.organization
    if not is_alone(membership):
        leave_organization(organization=body, by=person, now=now)
        return
    leave_empty(organization=body, by=person, now=now)
    if not body.applications.exists():
        forget_representative(organization=body)


def _write_down(of: Erasure.Of, numbers: dict[str, int], to: str, language: str, now: datetime) -> Erasure:
    """Keep that somebody has erased the own data, and write it to the address for the last time."""
    kept = {name: number for name, number in numbers.items() if number}
    erasure = Erasure.objects.create(of=of, at=now, numbers=kept)
    queue_mail(
        key=f"data_erased:{salted_hmac('erasure', to).hexdigest()[:40]}:{erasure.pk}",
        topic="",
        recipient=to,
        template="data_erased",
        context={"erasure": erasure, "waiting": kept.get("gifts_waiting", 0)},
        language=language,
        now=now,
    )
    return erasure
