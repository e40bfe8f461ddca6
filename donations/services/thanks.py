"""A promoter thanks those who gave: one message for each gift, by mail, without seeing an address."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail
from campaigns import rules
from campaigns.models import Campaign
from donations.models import Donation, Thanks

#: Gifts that one press thanks; the next press goes on.
AT_ONCE = 500


class NobodyToThank(Exception):
    """Say that every gift has had its thanks, or that none is with the campaign."""


class ThanksOver(Exception):
    """Say that a campaign's promoter writes to nobody in its present state."""


@transaction.atomic
def thank_donors(
    *, campaign: Campaign, text: str, by: User, now: datetime, gifts: Iterable[int] | None = None
) -> int:
    """Write the same thanks for each settled gift that has none, or for those named by their keys; return how many.

    Whoever gave several times gets one mail. Raise NobodyToThank, ThanksOver.
    """
    if not rules.may_tell(status=campaign.status, settled_at=campaign.settled_at, now=now):
        raise ThanksOver(campaign.slug)
    due = Donation.objects.settled().filter(campaign=campaign, thanks=None)
    if gifts is not None:
        due = due.filter(pk__in=list(gifts))
    # The gifts are held, so that two members who press at once thank nobody twice.
    held = list(due.order_by("pk").select_for_update(of=("self",), skip_locked=True, no_key=True)[:AT_ONCE])
    if not held:
        raise NobodyToThank(campaign.slug)
    Thanks.objects.bulk_create(
        [Thanks(donation=gift, text=text.strip(), written_at=now, written_by=by) for gift in held]
    )
    written: set[str] = set()
    for gift in held:
        if gift.email_key not in written:
            written.add(gift.email_key)
            _tell_donor(gift, campaign, text.strip(), now)
    return len(held)


def _tell_donor(gift: Donation, campaign: Campaign, text: str, now: datetime) -> None:
    """Write to whoever gave, in the language of the gift."""
    queue_mail(
        key=f"gift_thanks:{gift.pk}",
        topic=campaign.call.mail_topic,
        recipient=gift.email,
        template="gift_thanks",
        context={"donation": gift, "campaign": campaign, "text": text},
        language=gift.language,
        now=now,
    )
