"""The link to one's own data, for whoever has no account."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.services import queue_mail
from civicfund.limits import Limit
from civicfund.links import digest_of
from donations import rules
from donations.models.own import link_to_address
from donations.services.attempt import TooManyGifts
from donations.services.counters import buckets_of, count
from matching.services.erasure import holdings_of_address

#: Copies one person may take: more is a program.
COPIES = (Limit(6, 3600), Limit(20, 86_400))


class TooManyCopies(Exception):
    """Say that a copy of the same data was taken too often."""


@transaction.atomic
def mail_data_link(*, email: str, network: str, language: str, now: datetime) -> None:
    """Mail an address the link to its data, if any is held, once an hour; who asks learns nothing about the address.

    It is the same link as that to all gifts. Raise TooManyGifts when an address or a network asks too often.
    """
    buckets = buckets_of("find-email", rules.email_key(email), settings.GIFT_LINKS_PER_EMAIL, now)
    buckets += buckets_of("find-network", network, settings.GIFT_LINKS_PER_NETWORK, now)
    full = count(buckets, now)
    if full:
        raise TooManyGifts(max(one.ends_at for one in full))
    email = email.lower()
    if holdings_of_address(email).is_empty:
        return
    path = reverse("matching:address_data", args=[link_to_address(email)])
    queue_mail(
        key=f"data_link:{digest_of(email)[:40]}:{now:%Y%m%d%H}",
        topic="",
        recipient=email,
        template="data_link",
        context={"link": f"{settings.SITE_URL}{path}"},
        language=language,
        now=now,
    )


def count_copy(*, name: str, now: datetime) -> None:
    """Count one more copy of somebody's data. Raise TooManyCopies."""
    if count(buckets_of("data-copy", name, COPIES, now), now):
        raise TooManyCopies
