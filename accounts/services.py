"""Every change to people, organizations and the outbox happens in a function of this module.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction, an exception if
it cannot be done.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import Mail, MailHold, Membership, Organization, User


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


def queue_mail(
    *,
    key: str,
    topic: str,
    recipient: str,
    template: str,
    context: Mapping[str, Any],
    language: str,
    now: datetime,
) -> None:
    """Write a mail into the outbox, in the reader's language; a key that is already there changes nothing.

    The mail is written in the caller's transaction, so it leaves if and only if the fact it tells has happened. Its topic
    says with which others it may be held back; without one it never is.
    """
    with translation.override(language):
        full = {**context, "site_url": settings.SITE_URL, "city": settings.CITY}
        subject = render_to_string(f"emails/{template}_subject.txt", full)
        body = render_to_string(f"emails/{template}_body.txt", full)
    mail = Mail(
        key=key,
        topic=topic,
        recipient=recipient,
        subject=" ".join(subject.split())[:200],
        body=body.strip() + "\n",
        created_at=now,
    )
    Mail.objects.bulk_create([mail], ignore_conflicts=True)


def queue_mail_to_members(
    *,
    organization: Organization,
    key: str,
    topic: str,
    template: str,
    context: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write the same mail to every member of a body, each in the member's own language."""
    for member in organization.members.filter(is_active=True).order_by("pk"):
        queue_mail(
            key=f"{key}:{member.pk}",
            topic=topic,
            recipient=member.email,
            template=template,
            context=context,
            language=member.language,
            now=now,
        )


def queue_mail_to_officers(
    *,
    right: str,
    key: str,
    template: str,
    context: Mapping[str, Any],
    now: datetime,
    leave_out: User | None = None,
) -> None:
    """Write the same mail to everybody at the desk who holds a right, each in the own language; nothing holds it back."""
    officers = User.objects.with_perm(right, backend=settings.AUTHENTICATION_BACKENDS[0])
    for officer in officers.filter(is_staff=True).order_by("pk"):
        if officer == leave_out:
            continue
        queue_mail(
            key=f"{key}:{officer.pk}",
            topic="",
            recipient=officer.email,
            template=template,
            context=context,
            language=officer.language,
            now=now,
        )


def hold_mails(*, topic: str, now: datetime) -> None:
    """Keep the mails of a topic in the outbox from now on; a repetition changes nothing."""
    MailHold.objects.get_or_create(topic=topic, defaults={"since": now})


def release_mails(*, topic: str) -> None:
    """Let the mails of a topic leave again; each of them leaves once, as its key stands for."""
    MailHold.objects.filter(topic=topic).delete()


def claim_mails(*, now: datetime, limit: int = 50) -> list[Mail]:
    """Take the next mails of the outbox and mark them as being sent, so that no other worker sends them."""
    with transaction.atomic():
        mails = list(Mail.objects.due().order_by("created_at").select_for_update(skip_locked=True)[:limit])
        Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
            status=Mail.Status.SENDING, claimed_at=now
        )
    return mails


def send_mail(*, mail: Mail, line: Any, now: datetime) -> None:
    """Hand one claimed mail to the mail server over an open line and mark it as sent.

    An error leaves it "being sent": the outbox shows it to the officers, and nobody is written to twice.
    """
    EmailMessage(mail.subject, mail.body, to=[mail.recipient], connection=line).send()
    Mail.objects.filter(pk=mail.pk, status=Mail.Status.SENDING).update(status=Mail.Status.SENT, sent_at=now)


def requeue_mail(*, mail: Mail) -> None:
    """Send a stuck mail again because an officer says so."""
    Mail.objects.filter(pk=mail.pk, status=Mail.Status.SENDING).update(
        status=Mail.Status.QUEUED, claimed_at=None
    )
