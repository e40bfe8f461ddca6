"""What the lead partner does about the bodies that take part in its project."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse

from accounts.models import User
from calls.models import Application, Opening, Partner, StepKey
from calls.services.application import ApplicationClosed
from calls.services.desk_writing import admit_hand
from calls.services.partner_mail import write_to_partner
from calls.services.partner_opening import open_partners, waiting_copy
from civicfund.links import new_link

Status = Partner.Status

MOST_PARTNERS = 20
#: Mails that one application may send to partners: nobody writes to strangers through the site.
MOST_INVITATIONS = 60
#: Two presses of a button are one invitation.
PRESSED_TWICE = timedelta(minutes=5)
#: A partner confirms these; when one of them changes it is asked again.
CONFIRMED_FIELDS = ("legal_name", "kind", "tax_code", "email", "part", "share_cents")
ANSWER = ("answered_at", "answered_by", "answer")
LINK = ("link_digest", "link_expires_at", "remind_at")


class PartnerIsApplicant(Exception):
    """Say that the body that applies cannot be its own partner."""


class PartnerNamedTwice(Exception):
    """Say that a body takes part in an application once."""


class PartnerRemoved(Exception):
    """Say that a partner is no longer part of the application."""


class TooManyPartners(Exception):
    """Say that an application has as many partners as it may have."""


class TooManyInvitations(Exception):
    """Say that an application has sent as many mails to partners as it may send."""


class InvitedJustNow(Exception):
    """Say that the same partner was written to a moment ago."""


@transaction.atomic
def name_partner(*, application: Application, by: User, now: datetime, **fields: Any) -> Partner:
    """Write down who takes part in a draft, or in what is open again.

    Raise ApplicationClosed, MayOnlyRead, TooManyPartners, and as `edit_partner` does.
    """
    application = Application.objects.select_for_update().get(pk=application.pk)
    opening = _admit(application, by, now)
    present = application.partners.carried_in(opening) if opening else application.partners.present()
    if present.count() >= MOST_PARTNERS:
        raise TooManyPartners(application.public_id)
    partner = Partner(application=application, named_at=now, changed_at=now, waits_in=opening, **fields)
    _check_body(partner)
    partner.save(force_insert=True)
    return partner


@transaction.atomic
def edit_partner(*, partner: Partner, by: User, now: datetime, **fields: Any) -> Partner:
    """Change what is written of a partner; an answer given to something else is void, and the partner is asked again.

    Raise ApplicationClosed, MayOnlyRead, PartnerRemoved, PartnerIsApplicant, PartnerNamedTwice or TooManyInvitations.
    """
    partner = lock_partner_for(partner, by, now)
    changed = {name for name, value in fields.items() if getattr(partner, name) != value}
    for name in changed:
        setattr(partner, name, fields[name])
    _check_body(partner)
    if changed & set(CONFIRMED_FIELDS):
        partner.version += 1
    if changed:
        partner.changed_at = now
    partner.save(update_fields=[*sorted(changed), "version", "changed_at"])
    if partner.has_answered and changed & set(CONFIRMED_FIELDS):
        _ask(partner, by.language, now, "partner_asked_again")
    elif partner.status == Status.INVITED and "email" in changed:
        _ask(partner, by.language, now, "partner_invited")
    return partner


@transaction.atomic
def invite_partner(*, partner: Partner, by: User, now: datetime) -> Partner:
    """Write to a partner with a link to its part; a link sent before opens nothing from now on.

    A partner that has confirmed is not asked again. Raise ApplicationClosed, PartnerRemoved, InvitedJustNow or
    TooManyInvitations.
    """
    partner = lock_partner_for(partner, by, now)
    if partner.status == Status.CONFIRMED:
        return partner
    if partner.status == Status.INVITED and partner.invited_at and now < partner.invited_at + PRESSED_TWICE:
        raise InvitedJustNow(partner.public_id)
    _ask(partner, by.language, now, "partner_invited")
    return partner


@transaction.atomic
def remove_partner(*, partner: Partner, by: User, now: datetime) -> Partner:
    """Take a partner out, and tell it if it had been asked. Raise ApplicationClosed, MayOnlyRead or PartnerRemoved.

    One that was handed in and is open again is left out, and told, once the answer is handed in.
    """
    partner = lock_partner_for(partner, by, now)
    was_asked = partner.status != Status.NAMED
    partner.status = Status.REMOVED
    partner.removed_at = now
    partner.link_digest = partner.link_expires_at = partner.remind_at = None
    partner.save(update_fields=["status", "removed_at", *LINK])
    if partner.waits_in and partner.replaces:
        partner.waits_in.partners_out.add(partner.replaces)
    elif was_asked:
        write_to_partner(partner, "partner_removed", f"partner_removed:{partner.pk}", by.language, now)
    return partner


@transaction.atomic
def remind_partner(*, partner: Partner, now: datetime) -> None:
    """Write again, with a fresh link, to a partner who is silent; what has changed meanwhile changes nothing."""
    due = Partner.objects.to_remind(now).select_for_update(of=["self"]).filter(pk=partner.pk).first()
    if due is None:
        return
    due.reminders += 1
    due.links += 1
    due.remind_at = now + Partner.REMIND_AFTER if due.reminders < Partner.REMINDERS else None
    due.save(update_fields=["reminders", "links", "remind_at"])
    _send_link(due, due.application.author.language, now, "partner_reminder")


def lock_partner(partner: Partner, now: datetime, begun_at: datetime | None = None) -> Partner:
    """Lock a partner that can still change or answer, its application first. Raise ApplicationClosed or PartnerRemoved.

    A letter whose upload was begun in time may arrive a little later.
    """
    application = Application.objects.select_for_update().get(pk=partner.application_id)
    locked = _locked(partner)
    opening = open_partners(application, now, begun_at)
    is_open = locked.waits_in == opening if opening else locked.is_open(now)
    if not is_open:
        raise ApplicationClosed(application.public_id)
    return locked


def lock_partner_for(partner: Partner, by: User, now: datetime, begun_at: datetime | None = None) -> Partner:
    """Lock a partner a person of the lead partner writes about; of one that is open again, the row that waits.

    Raise ApplicationClosed, PartnerRemoved or MayOnlyRead.
    """
    application = Application.objects.select_for_update().get(pk=partner.application_id)
    opening = _admit(application, by, now, begun_at)
    locked = _locked(partner)
    if locked.waits_in_id and (opening is None or locked.waits_in_id != opening.pk):
        # It was written for an answer that was never handed in.
        raise ApplicationClosed(application.public_id)
    if opening is None:
        return locked
    if opening.partners_out.filter(pk=locked.pk).exists():
        raise PartnerRemoved(partner.public_id)
    return waiting_copy(locked, opening)


def _admit(
    application: Application, by: User, now: datetime, begun_at: datetime | None = None
) -> Opening | None:
    """Let through who may write the partners of an application, locked by the caller; return the opening they wait in."""
    opening = open_partners(application, now, begun_at)
    if opening is None and application.status != Application.Status.DRAFT:
        raise ApplicationClosed(application.public_id)
    admit_hand(application=application, step=StepKey.PARTNERS, by=by, now=now)
    return opening


def _locked(partner: Partner) -> Partner:
    """Lock a partner whose application the caller holds. Raise PartnerRemoved."""
    locked = Partner.objects.select_for_update(of=["self"]).with_application().get(pk=partner.pk)
    if locked.status == Status.REMOVED:
        raise PartnerRemoved(partner.public_id)
    return locked


def _check_body(partner: Partner) -> None:
    """Refuse the applicant itself, and a body that takes part already. The caller holds the application locked."""
    organization = partner.application.organization
    if partner.tax_code in (organization.tax_code, organization.vat_number):
        raise PartnerIsApplicant(partner.tax_code)
    others = Partner.objects.filter(application=partner.application_id, tax_code=partner.tax_code)
    others = others.carried_in(partner.waits_in) if partner.waits_in else others.present()
    if others.exclude(pk=partner.pk).exists():
        raise PartnerNamedTwice(partner.tax_code)


def _ask(partner: Partner, language: str, now: datetime, template: str) -> None:
    """Ask a partner for its answer, whatever it has said before. Raise TooManyInvitations."""
    sent = Partner.objects.filter(application=partner.application_id).aggregate(number=Sum("links"))
    if (sent["number"] or 0) >= MOST_INVITATIONS:
        raise TooManyInvitations(partner.application_id)
    partner.status = Status.INVITED
    partner.invited_at = now
    partner.answered_at, partner.answered_by, partner.answer = None, "", ""
    partner.links += 1
    partner.reminders = 0
    partner.remind_at = now + Partner.REMIND_AFTER
    # The link comes with the state that needs it.
    link = new_link()
    partner.link_digest, partner.link_expires_at = link.digest, now + Partner.LINK_LASTS
    partner.save(update_fields=["status", "invited_at", "links", "reminders", *ANSWER, *LINK])
    _mail_link(partner, link.token, language, now, template)


def _send_link(partner: Partner, language: str, now: datetime, template: str) -> None:
    """Give a partner a fresh link by mail; the one before it opens nothing from now on."""
    link = new_link()
    partner.link_digest, partner.link_expires_at = link.digest, now + Partner.LINK_LASTS
    partner.save(update_fields=["link_digest", "link_expires_at"])
    _mail_link(partner, link.token, language, now, template)


def _mail_link(partner: Partner, token: str, language: str, now: datetime, template: str) -> None:
    """Mail a link; each invitation and reminder once."""
    link = settings.SITE_URL + reverse("calls:partner_answer", args=[token])
    key = f"partner_link:{partner.pk}:{partner.links}"
    write_to_partner(partner, template, key, language, now, link=link)
