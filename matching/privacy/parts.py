"""What a copy of one's data has in it: part by part, which rows, and which of their columns.

Left out are keys and digests that would let somebody in, and what others wrote about their own work.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Claim,
    ClaimObjection,
    Invitation,
    Membership,
    OrganizationChange,
    OrganizationPaper,
    User,
)
from calls.models import Application, ApplicationVersion, Attachment, CallQuestion, Declaration, Partner
from campaigns.models import Follow, Problem
from campaigns.services.forget import questions_of
from donations.models import (
    BankRefund,
    Dedication,
    Donation,
    GiftInvitation,
    OfflineDonation,
    Receipt,
    Reversal,
)
from matching.services.erasure import Holdings, mails_of


@dataclass(frozen=True)
class Part:
    """One part of the copy: its title, its rows and the columns that are shown."""

    key: str
    title: Any
    rows: QuerySet[Any]
    columns: tuple[str, ...]


def parts_of(held: Holdings) -> Iterator[Part]:
    """Yield the parts of a copy, those of the account only if there is one."""
    if held.person:
        yield from _of_account(held.person)
        yield from _of_bodies(held.person)
        yield from _of_applications(held.person)
    numbers = [gift.pk for gift in held.gifts]
    yield from _of_gifts(numbers, held)
    yield from _of_money_back(numbers)
    yield from _of_reading(held.addresses)
    yield from _of_addresses(held.addresses)


def _of_account(person: User) -> Iterator[Part]:
    """Yield what an account is."""
    own = {"user": person}
    yield Part(
        "account",
        _("Account"),
        User.objects.filter(pk=person.pk),
        ("full_name", "email", "language", "date_joined", "last_login", "is_staff"),
    )
    yield Part(
        "addresses",
        _("E-mail addresses"),
        EmailAddress.objects.filter(**own),
        ("email", "verified", "primary"),
    )
    yield Part(
        "second_factors",
        _("Second factors"),
        Authenticator.objects.filter(**own),
        ("type", "created_at", "last_used_at"),
    )
    yield Part(
        "identities",
        _("Digital identities"),
        SocialAccount.objects.filter(**own),
        ("provider", "extra_data", "date_joined", "last_login"),
    )
    yield Part(
        "sessions",
        _("Where you are signed in"),
        UserSession.objects.filter(**own),
        ("created_at", "last_seen_at", "ip", "user_agent"),
    )


def _of_bodies(person: User) -> Iterator[Part]:
    """Yield what a person does for bodies."""
    yield Part(
        "memberships",
        _("Organizations you act for"),
        Membership.objects.filter(user=person),
        ("organization", "role", "created_at"),
    )
    yield Part(
        "changes",
        _("What has changed of your roles"),
        OrganizationChange.objects.filter(person=person),
        ("organization", "what", "at", "old", "new", "reason"),
    )
    yield Part(
        "claims",
        _("Requests to act for an organization"),
        Claim.objects.filter(person=person),
        ("organization", "words", "asked_at", "status", "role", "reason", "decided_at"),
    )
    yield Part(
        "objections", _("Objections"), ClaimObjection.objects.filter(by=person), ("claim", "words", "at")
    )
    yield Part(
        "papers",
        _("Files you have uploaded for an organization"),
        OrganizationPaper.objects.filter(kept_by=person),
        ("organization", "name", "purpose", "kept_at"),
    )


def _of_applications(person: User) -> Iterator[Part]:
    """Yield what a person has written for applications, and asked about calls."""
    yield Part(
        "applications",
        _("Applications you have begun"),
        Application.objects.filter(author=person),
        ("call", "organization", "title", "status", "protocol_number"),
    )
    yield Part(
        "versions",
        _("Applications you have handed in"),
        ApplicationVersion.objects.filter(filed_by=person),
        ("application", "protocol_number", "filed_at"),
    )
    yield Part(
        "declarations",
        _("Declarations you have made"),
        Declaration.objects.filter(made_by=person),
        ("application", "title", "text", "made_at"),
    )
    yield Part(
        "files",
        _("Files you have uploaded for an application"),
        Attachment.objects.filter(kept_by=person),
        ("application", "name", "kept_at"),
    )
    yield Part(
        "call_questions",
        _("Questions about calls"),
        CallQuestion.objects.filter(author=person),
        ("call", "text", "asked_at", "status", "decline_reason"),
    )


def _of_gifts(numbers: list[int], held: Holdings) -> Iterator[Part]:
    """Yield what a person has given."""
    yield Part(
        "gifts",
        _("Gifts"),
        Donation.objects.filter(pk__in=numbers),
        (
            *("public_id", "campaign", "email", "name", "show_name", "message", "tax_code", "language"),
            *("tax_reporting_opt_out", "amount_cents", "charged_cents", "status", "party", "payment_method"),
            *("card_fingerprint", "stripe_charge_id", "source", "created_at", "charged_at", "settled_at"),
            *("expired_at", "refund_due_at", "refunded_at", "disputed_at", "lost_at"),
        ),
    )
    yield Part(
        "receipts",
        _("Receipts"),
        Receipt.objects.filter(donation__in=numbers),
        (
            *("donation", "year", "number", "amount_cents", "payee_name", "issued_at", "voided_at"),
            "void_reason",
        ),
    )
    yield Part(
        "outside",
        _("Gifts outside the site"),
        OfflineDonation.objects.filter(pk__in=[one.pk for one in held.outside]),
        ("campaign", "name", "email", "tax_code", "amount_cents", "method", "received_on", "status"),
    )


def _of_money_back(numbers: list[int]) -> Iterator[Part]:
    """Yield what has gone back to a person, and for whom the person gave."""
    yield Part(
        "refunds",
        _("Refunds"),
        Reversal.objects.filter(donation__in=numbers),
        ("donation", "amount_cents", "status", "method", "created_at"),
    )
    yield Part(
        "refund_accounts",
        _("Bank accounts for refunds"),
        BankRefund.objects.filter(reversal__donation__in=numbers).exclude(holder=""),
        ("reversal", "holder", "iban_last4", "answered_at", "paid_on"),
    )
    yield Part(
        "cards",
        _("People you have given to"),
        Dedication.objects.known().filter(donation__in=numbers),
        ("donation", "name", "email", "greeting", "told_at"),
    )


def _of_reading(addresses: Iterable[str]) -> Iterator[Part]:
    """Yield what somebody has begun, followed, asked and reported."""
    own = {"email__in": list(addresses)}
    yield Part(
        "cards_for_you",
        _("Gifts that somebody has made for you"),
        Dedication.objects.known().filter(**own),
        ("name", "email", "greeting", "told_at"),
    )
    yield Part(
        "unfinished",
        _("Gifts you have begun"),
        GiftInvitation.objects.filter(**own),
        ("campaign", "email", "typed", "sent_at", "expires_at"),
    )
    yield Part(
        "follows",
        _("What you follow"),
        Follow.objects.filter(**own),
        ("campaign", "borough", "email", "language", "wish", "status", "asked_at", "confirmed_at"),
    )
    yield Part(
        "questions",
        _("Questions to promoters"),
        questions_of(addresses),
        ("campaign", "text", "name", "email", "status", "asked_at", "answer", "answered_at"),
    )
    yield Part(
        "reports",
        _("Problems you have reported"),
        Problem.objects.filter(**own),
        ("campaign", "kind", "text", "email", "status", "reported_at", "closed_at"),
    )


def _of_addresses(addresses: Iterable[str]) -> Iterator[Part]:
    """Yield where others have named an address, and what was written to it."""
    own = {"email__in": list(addresses)}
    yield Part(
        "invitations",
        _("Invitations to act for an organization"),
        Invitation.objects.filter(**own),
        ("organization", "email", "role", "status", "created_at"),
    )
    yield Part(
        "partnerships",
        _("Applications that name you as a partner"),
        Partner.objects.filter(**own),
        ("application", "legal_name", "tax_code", "referent", "email", "answer"),
    )
    yield Part(
        "mails",
        _("Mails that were written to you"),
        mails_of(addresses),
        ("subject", "body", "status", "created_at", "sent_at"),
    )
