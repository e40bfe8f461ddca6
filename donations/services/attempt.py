"""Starting a gift from the public form, within the limits that make the testing of stolen cards too slow to be worth it.

Up to a first limit nobody notices anything. Above it, for one network, one campaign or the whole site, a small puzzle or a
link by mail lets a person through; above a later one only the link does. An address has its own limit, which nothing lifts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.services import queue_mail
from campaigns.models import Campaign
from civicfund.counters import Counter
from civicfund.limits import Limit
from civicfund.links import digest_of, new_link
from donations import proof, rules
from donations.models import Decline, Donation, GiftCounter, GiftInvitation
from donations.services.breaker import refuse_while_paused
from donations.services.counters import Bucket, buckets_of, count
from donations.services.dedication import Wish, dedicate_gift, forget_recipients
from donations.services.gift import is_repeated, start_donation

EMAIL, NETWORK, CAMPAIGN, SITE = "email", "network", "campaign", "site"
#: A solved puzzle serves once: what it lets through is counted under its own name.
PUZZLE = "puzzle"
ONCE = (Limit(1, int(proof.PUZZLE_LASTS.total_seconds()) * 2),)


class ProofNeeded(Exception):
    """Say that a person has to show that it is one; carries whether a puzzle is enough, or only the link by mail."""

    def __init__(self, *, by_puzzle: bool) -> None:
        super().__init__()
        self.by_puzzle = by_puzzle


class TooManyGifts(Exception):
    """Say that nothing lets this through before an instant, which it carries."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True)
class Visitor:
    """Who sends the form: the network, and what was sent along to show that it is a person."""

    network: str
    puzzle: str = ""
    solution: str = ""
    invitation: str = ""
    #: It filled in what people do not see.
    is_odd: bool = False


def attempt_gift(
    *,
    visitor: Visitor,
    campaign: Campaign,
    amount_cents: int,
    email: str,
    public_id: UUID,
    now: datetime,
    tax_code: str = "",
    wish: Wish | None = None,
    **details: Any,
) -> Donation:
    """Write a gift as start_donation does, within the limits; the same form sent twice is counted once.

    Raise ProofNeeded, TooManyGifts, GiftsResting and what start_donation raises; then nothing is written. Source of the
    limits: OWASP ASVS 5.0, 2.4.1 (anti-automation).
    """
    gift: dict[str, Any] = {
        "campaign": campaign,
        "amount_cents": amount_cents,
        "email": email,
        "tax_code": tax_code,
    }
    invitation = None
    if settings.GIFT_LIMITS and not is_repeated(public_id=public_id, **gift):
        refuse_while_paused(campaign, now)
        invitation = _let_through(visitor, campaign, email, now)
    with transaction.atomic():
        # A link serves only when the gift is written.
        if invitation:
            _spend(invitation)
        donation = start_donation(**gift, public_id=public_id, now=now, **details)
        dedicate_gift(donation=donation, wish=wish)
        return donation


def _let_through(visitor: Visitor, campaign: Campaign, email: str, now: datetime) -> GiftInvitation | None:
    """Count a new gift, and return the link it has come by, if any. Raise ProofNeeded or TooManyGifts."""
    invitation = invitation_of(token=visitor.invitation, campaign=campaign, now=now)
    is_invited = invitation is not None and invitation.email == email
    has_solved = proof.is_solved(visitor.puzzle, visitor.solution, now)
    if visitor.is_odd and not (is_invited or has_solved):
        raise ProofNeeded(by_puzzle=True)
    buckets = buckets_of(EMAIL, rules.email_key(email), settings.GIFT_LIMITS_PER_EMAIL, now)
    if not is_invited:
        suspected = _suspected(visitor.network, campaign, now)
        buckets += [one for one in suspected if one.place > 0 or not has_solved]
        if has_solved:
            buckets += buckets_of(PUZZLE, visitor.puzzle, ONCE, now)
    _raise_for(count(buckets, now))
    return invitation if is_invited else None


def _spend(invitation: GiftInvitation) -> None:
    """Let a link serve. Raise ProofNeeded when somebody was faster with the same one."""
    if not GiftInvitation.objects.filter(pk=invitation.pk).delete()[0]:
        raise ProofNeeded(by_puzzle=False)


def _suspected(network: str, campaign: Campaign, now: datetime) -> list[Bucket]:
    """Return the buckets above which a person has to show that it is one."""
    return [
        *buckets_of(NETWORK, network, settings.GIFT_LIMITS_PER_NETWORK, now),
        *buckets_of(CAMPAIGN, str(campaign.pk), settings.GIFT_LIMITS_PER_CAMPAIGN, now),
        *buckets_of(SITE, "", settings.GIFT_LIMITS_OF_SITE, now),
    ]


def _raise_for(full: list[Bucket]) -> None:
    """Raise what full buckets mean to the visitor."""
    asking = (NETWORK, CAMPAIGN, SITE, PUZZLE)
    closed = [one.ends_at for one in full if one.scope not in asking]
    if closed:
        raise TooManyGifts(max(closed))
    if full:
        raise ProofNeeded(by_puzzle=all(one.place == 0 for one in full))


@transaction.atomic
def invite_donor(
    *,
    visitor: Visitor,
    campaign: Campaign,
    email: str,
    typed: Mapping[str, str],
    language: str,
    now: datetime,
) -> GiftInvitation:
    """Mail a link that opens the form again, filled in, and lets it through once. Raise TooManyGifts."""
    buckets = buckets_of("links-email", rules.email_key(email), settings.GIFT_LINKS_PER_EMAIL, now)
    buckets += buckets_of("links-network", visitor.network, settings.GIFT_LINKS_PER_NETWORK, now)
    _raise_for(count(buckets, now))
    token, digest = new_link()
    invitation = GiftInvitation.objects.create(
        campaign=campaign,
        link_digest=digest,
        email=email,
        typed=dict(typed),
        sent_at=now,
        expires_at=now + GiftInvitation.LASTS,
    )
    link = f"{settings.SITE_URL}{reverse('donations:donate', args=[campaign.slug])}?invito={token}"
    queue_mail(
        key=f"gift_link:{invitation.pk}",
        topic="",
        recipient=email,
        template="gift_link",
        context={"campaign": campaign, "invitation": invitation, "link": link},
        language=language,
        now=now,
    )
    return invitation


def invitation_of(*, token: str, campaign: Campaign, now: datetime) -> GiftInvitation | None:
    """Return what a mailed link was written for; nothing when it has served, is too old or is for another campaign."""
    found = GiftInvitation.objects.filter(link_digest=digest_of(token), campaign=campaign, expires_at__gt=now)
    return found.first() if token else None


def forget_attempts(*, now: datetime) -> None:
    """Remove the counters, links and recipients whose time is over, and the declined payments of a past season."""
    GiftCounter.objects.filter(ends_at__lte=now).delete()
    Counter.objects.filter(ends_at__lte=now).delete()
    GiftInvitation.objects.filter(expires_at__lte=now).delete()
    Decline.objects.filter(declined_at__lte=now - Decline.KEPT).delete()
    forget_recipients(now=now)
