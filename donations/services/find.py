"""The link to all gifts of an address, for donors without an account."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.services import queue_mail
from civicfund.links import digest_of
from donations import rules
from donations.models import Donation
from donations.models.own import link_to_address
from donations.services.attempt import TooManyGifts
from donations.services.counters import buckets_of, count


@transaction.atomic
def mail_gifts_link(*, email: str, network: str, language: str, now: datetime) -> None:
    """Mail an address the link to its gifts, if it has any, once an hour; who asks learns nothing about the address.

    Raise TooManyGifts when an address or a network asks too often, whether there are gifts or not.
    """
    buckets = buckets_of("find-email", rules.email_key(email), settings.GIFT_LINKS_PER_EMAIL, now)
    buckets += buckets_of("find-network", network, settings.GIFT_LINKS_PER_NETWORK, now)
    full = count(buckets, now)
    if full:
        raise TooManyGifts(max(one.ends_at for one in full))
    if not Donation.objects.of_address(email).exists():
        return
    email = email.lower()
    path = reverse("donations:gifts_of_address", args=[link_to_address(email)])
    queue_mail(
        key=f"gifts_link:{digest_of(email)[:40]}:{now:%Y%m%d%H}",
        topic="",
        recipient=email,
        template="gifts_link",
        context={"link": f"{settings.SITE_URL}{path}"},
        language=language,
        now=now,
    )
