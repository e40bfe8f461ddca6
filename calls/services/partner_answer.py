"""What a partner says about its part, by the link of its mail, without an account."""

from datetime import datetime

from django.db import transaction

from accounts.services import queue_mail_to_members
from calls.models import Partner
from calls.services.application import ApplicationClosed
from calls.services.attachment import is_only_uploading
from calls.services.partner import PartnerRemoved, lock_partner

Status = Partner.Status


class InvitationSpent(Exception):
    """Say that a link is not ours, is too old, or that a newer one was sent."""


class PartChanged(Exception):
    """Say that the part is no longer what the partner has read."""


class NothingToTakeBack(Exception):
    """Say that a partner has not answered."""


@transaction.atomic
def answer_invitation(
    *, token: str, takes_part: bool, version: int, answered_by: str, answer: str, now: datetime
) -> Partner:
    """Keep a partner's yes or no, and tell the lead partner; the same answer again changes nothing.

    `version` is that of the part the partner has read. Raise InvitationSpent, PartChanged, and ApplicationClosed once the
    application has been handed in.
    """
    partner = _lock_by_link(token, now)
    status = Status.CONFIRMED if takes_part else Status.DECLINED
    if partner.version != version:
        raise PartChanged(partner.public_id)
    if partner.status == status:
        return partner
    partner.status = status
    partner.answered_at = now
    partner.answered_by, partner.answer = answered_by, answer
    partner.remind_at = None
    partner.save(update_fields=["status", "answered_at", "answered_by", "answer", "remind_at"])
    _tell_lead(partner, "partner_confirmed" if takes_part else "partner_declined", now)
    return partner


@transaction.atomic
def take_back_answer(*, token: str, now: datetime) -> Partner:
    """Undo a partner's answer, and tell the lead partner; the link goes on serving.

    Raise InvitationSpent, NothingToTakeBack, and ApplicationClosed once the application has been handed in.
    """
    partner = _lock_by_link(token, now)
    if not partner.has_answered:
        raise NothingToTakeBack(partner.public_id)
    _tell_lead(partner, "partner_took_back", now)
    partner.status = Status.INVITED
    partner.answered_at, partner.answered_by, partner.answer = None, "", ""
    partner.changed_at = now
    partner.save(update_fields=["status", "answered_at", "answered_by", "answer", "changed_at"])
    return partner


def partner_of(*, token: str, now: datetime) -> Partner | None:
    """Return the partner a link was written to; nothing when it is not ours, too old, or a newer one was sent."""
    return Partner.objects.by_link(token, now).with_application().first()


def _lock_by_link(token: str, now: datetime) -> Partner:
    """Lock the partner a link was written to, its application first. Raise InvitationSpent or ApplicationClosed."""
    found = Partner.objects.by_link(token, now).select_related("application").first()
    if found is None:
        raise InvitationSpent
    try:
        partner = lock_partner(found, now)
    except PartnerRemoved as error:
        raise InvitationSpent from error
    # Meanwhile another link may have been sent.
    if partner.link_digest != found.link_digest:
        raise InvitationSpent
    if is_only_uploading(application=partner.application, now=now):
        raise ApplicationClosed(partner.application_id)
    return partner


def _tell_lead(partner: Partner, template: str, now: datetime) -> None:
    """Write to the people of the lead partner what one of its partners has said; each answer once."""
    application = partner.application
    answered = partner.answered_at.timestamp() if partner.answered_at else 0
    queue_mail_to_members(
        organization=application.organization,
        key=f"{template}:{partner.pk}:{answered:.6f}",
        topic=application.call.mail_topic,
        template=template,
        context={"partner": partner, "application": application},
        now=now,
    )
