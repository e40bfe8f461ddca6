"""Partners while they are open again: what changes is a row of its own, and counts once the answer is handed in.

What was handed in stays as it is until then, as documents do, and nothing has to be undone when nobody answers.
"""

import uuid
from datetime import datetime

from accounts.models import User
from calls.models import Application, Opening, Partner
from calls.services.attachment import GRACE
from calls.services.partner_mail import write_to_partner
from civicfund.links import new_link

Status = Partner.Status


def open_partners(
    application: Application, now: datetime, begun_at: datetime | None = None
) -> Opening | None:
    """Return the opening in which the partners of an application may change; a letter begun in time may come a little later.

    The caller holds the application locked.
    """
    if application.status != Application.Status.SUBMITTED:
        return None
    after = now if begun_at is None else max(begun_at, now - GRACE)
    openings: list[Opening] = list(application.openings.standing())
    return next((one for one in openings if "partners" in one.fields and one.due_at > after), None)


def waiting_copy(partner: Partner, opening: Opening) -> Partner:
    """Return the row in which a partner that was handed in is written from now on, made now if there is none yet.

    What it has answered stays answered, to the same words; its link is a new one, which nobody has until it is mailed.
    """
    if partner.waits_in_id == opening.pk:
        return partner
    known = Partner.objects.with_application().filter(waits_in=opening, replaces=partner).first()
    if known:
        return known
    copy = Partner.objects.get(pk=partner.pk)
    copy.pk, copy.public_id = None, uuid.uuid4()
    copy.waits_in, copy.replaces = opening, partner
    copy.links, copy.remind_at = 0, None
    if copy.link_digest:
        copy.link_digest = new_link().digest
    copy.save(force_insert=True)
    return Partner.objects.with_application().get(pk=copy.pk)


def take_partners_in(opening: Opening, now: datetime) -> None:
    """Put what was written of partners in the place of what was handed in. The caller holds the application locked."""
    waiting = Partner.objects.filter(waits_in=opening).exclude(status=Status.REMOVED)
    replacing = list(waiting.exclude(replaces=None).select_related("replaces"))
    # Whoever was not written to goes on reading by the link it has.
    links = {one.pk: one.replaces.link_digest for one in replacing if one.replaces and not one.links}
    out = [one.replaces_id for one in replacing if one.replaces_id]
    out += opening.partners_out.values_list("pk", flat=True)
    Partner.objects.filter(pk__in=out).exclude(status=Status.REMOVED).update(
        status=Status.REMOVED, removed_at=now, link_digest=None, link_expires_at=None, remind_at=None
    )
    for key, digest in links.items():
        Partner.objects.filter(pk=key).exclude(link_digest=None).update(link_digest=digest)
    waiting.update(waits_in=None)


def tell_partners_out(opening: Opening, by: User, now: datetime) -> None:
    """Write to the partners that an answer has left out, if they had been asked."""
    for partner in opening.partners_out.with_application().exclude(invited_at=None):
        write_to_partner(partner, "partner_removed", f"partner_removed:{partner.pk}", by.language, now)
