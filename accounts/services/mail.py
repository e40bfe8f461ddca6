from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import Mail, MailHold, Membership, Organization, User

#: Where no mail ever arrives, since RFC 2606 keeps the name free: the address of who has erased the own account.
NOWHERE = "erased.invalid"


@dataclass(frozen=True)
class Draft:
    """A mail that would be written: to whom, about what, in which language."""

    key: str
    recipient: str
    template: str
    context: Mapping[str, Any]
    language: str


#: Where drafts are gathered while a step of the desk is only tried; nowhere otherwise.
_drafts: ContextVar[list[Draft] | None] = ContextVar("drafts", default=None)


@contextmanager
def instead_of_writing() -> Iterator[list[Draft]]:
    """Gather the mails of what is tried as drafts, unwritten, so that a try with thousands of readers takes no time."""
    drafts: list[Draft] = []
    before = _drafts.set(drafts)
    try:
        yield drafts
    finally:
        _drafts.reset(before)


def write_mail(*, template: str, context: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Return the subject and the text of a mail in a language; nothing is sent and nothing kept."""
    with translation.override(language):
        full = {**context, "site_url": settings.SITE_URL, "city": settings.CITY}
        subject = render_to_string(f"emails/{template}_subject.txt", full)
        body = render_to_string(f"emails/{template}_body.txt", full)
    return " ".join(subject.split())[:200], body.strip() + "\n"


def queue_mail(
    *,
    key: str,
    topic: str,
    recipient: str,
    template: str,
    context: Mapping[str, Any],
    language: str,
    now: datetime,
    unsubscribe_url: str = "",
) -> None:
    """Write a mail into the outbox, in the reader's language; a key that is already there changes nothing.

    The mail is written in the caller's transaction, so it leaves if and only if the fact it tells has happened. Its topic
    says with which others it may be held back; without one it never is. A mail somebody subscribed to names the address
    that ends it. Whoever has erased the own address is not written to.
    """
    if not recipient or recipient.endswith(f"@{NOWHERE}"):
        return
    drafts = _drafts.get()
    if drafts is not None:
        drafts.append(Draft(key, recipient, template, context, language))
        return
    subject, body = write_mail(template=template, context=context, language=language)
    mail = Mail(
        key=key,
        topic=topic,
        recipient=recipient,
        subject=subject,
        body=body,
        language=language,
        unsubscribe_url=unsubscribe_url,
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
    """Write the same mail to every member of a body, each in the member's own language; to the body if it has none."""
    _queue_for(organization, organization.members.all(), key, topic, template, context, now)


def queue_mail_to_owners(
    *,
    organization: Organization,
    key: str,
    template: str,
    context: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write the same mail to every owner of a body, each in the own language; nothing holds it back.

    A body that nobody answers for yet reads it at its own addresses.
    """
    owners = organization.members.filter(memberships__role=Membership.Role.OWNER)
    _queue_for(organization, owners, key, "", template, context, now)


def _queue_for(
    organization: Organization,
    people: QuerySet[User],
    key: str,
    topic: str,
    template: str,
    context: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write the same mail to each of some people of a body; one without people reads it at its own addresses."""
    readers = [
        (str(person.pk), person.email, person.language)
        for person in people.filter(is_active=True).order_by("pk")
    ]
    if not readers:
        own = dict.fromkeys(address for address in (organization.email, organization.pec) if address)
        readers = [(f"own{number}", address, settings.LANGUAGE_CODE) for number, address in enumerate(own)]
    for mark, recipient, language in readers:
        queue_mail(
            key=f"{key}:{mark}",
            topic=topic,
            recipient=recipient,
            template=template,
            context=context,
            language=language,
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


def forget_mail(*, key: str) -> None:
    """Remove a mail whose reader's address is not to be kept any longer, sent or not."""
    Mail.objects.filter(key=key).delete()


def claim_mails(*, now: datetime, limit: int = 50) -> list[Mail]:
    """Take the next mails of the outbox and mark them as being sent, so that no other worker sends them."""
    with transaction.atomic():
        mails = list(Mail.objects.due().order_by("created_at").select_for_update(skip_locked=True)[:limit])
        Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
            status=Mail.Status.SENDING, claimed_at=now
        )
    return mails


def send_mail(*, mail: Mail, line: Any, now: datetime) -> None:
    """Hand one claimed mail, as text and as HTML, to the mail server over an open line and mark it as sent.

    An error leaves it "being sent": the outbox shows it to the officers, and nobody is written to twice.
    """
    headers = {}
    if mail.unsubscribe_url:
        # RFC 8058: mail programs show a button of their own, which ends the mails by one press.
        headers = {
            "List-Unsubscribe": f"<{mail.unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    message = EmailMultiAlternatives(
        mail.subject, mail.body, to=[mail.recipient], headers=headers, connection=line
    )
    message.attach_alternative(mail.html, "text/html")
    message.send()
    Mail.objects.filter(pk=mail.pk, status=Mail.Status.SENDING).update(status=Mail.Status.SENT, sent_at=now)


def requeue_mail(*, mail: Mail) -> None:
    """Send a stuck mail again because an officer says so."""
    Mail.objects.filter(pk=mail.pk, status=Mail.Status.SENDING).update(
        status=Mail.Status.QUEUED, claimed_at=None
    )
