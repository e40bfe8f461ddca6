from datetime import datetime

from django.db import transaction

from accounts.models import User
from campaigns.models import Campaign
from donations.services import has_reached
from ledger.services import raised_cents
from matching.models import Grant, GrantOffer
from matching.services.award import award_grant
from matching.services.campaign import lock_campaign, tell_promoter
from matching.services.completion import complete_grants
from matching.services.guard import refuse_while_stopped
from matching.services.keeping import open_leaving
from matching.services.offering import end_offer, put_back

Cover = GrantOffer.Cover
Status = GrantOffer.Status
#: States of a campaign that holds gifts its donors could take back.
LEAVING = (Campaign.Status.OPEN, Campaign.Status.CLOSING, Campaign.Status.SUCCEEDED)


class OfferOver(Exception):
    """Say that an offer is answered already, that its days are over, or that the campaign has no right to it now."""


class CoverMissing(Exception):
    """Say that a part is accepted only in writing, with a way to cover the rest that is still open to the campaign."""


@transaction.atomic
def accept_offer(*, offer: GrantOffer, cover: GrantOffer.Cover, words: str, by: User, now: datetime) -> Grant:
    """Award the part a promoter accepts, who says in writing how the rest is covered.

    The raised sum is read again. Money that has come back meanwhile completes the award at once. Raise OfferOver,
    CoverMissing, and ReleasesStopped.
    """
    campaign, offer, grant = _lock(offer, now)
    refuse_while_stopped(campaign.call)
    reached = campaign.reached_at is not None and has_reached(campaign)
    if campaign.suspended_at or campaign.status not in GrantOffer.ALIVE or not reached:
        raise OfferOver(offer.pk)
    if not words.strip() or cover not in covers_of(campaign, now):
        raise CoverMissing(cover)
    offer.cover = cover
    offer.words = words.strip()
    offer.answered_by = by
    end_offer(offer, Status.ACCEPTED, now)
    award_grant(grant, campaign, offer.amount_cents, raised_cents(campaign), now)
    complete_grants(fund=grant.fund, now=now)
    return grant


def covers_of(campaign: Campaign, now: datetime) -> list[GrantOffer.Cover]:
    """Return the ways to cover the rest that a campaign still has: it goes on only while it takes gifts."""
    return [cover for cover in Cover if cover != Cover.CONTINUED or campaign.is_open(now)]


@transaction.atomic
def decline_offer(
    *, offer: GrantOffer, words: str, by: User, now: datetime, leaves_gap: bool = False
) -> Grant:
    """Return the part a promoter declines; the campaign keeps its place for more, and the next one is served.

    `leaves_gap` says that the promoter cannot cover what is missing at all, and why: donors are told and may leave for
    some days. Raise OfferOver, CoverMissing.
    """
    campaign, offer, grant = _lock(offer, now)
    if leaves_gap and not words.strip():
        raise CoverMissing("")
    offer.answered_by = by
    offer.words = words.strip()
    offer.leaves_gap = leaves_gap
    put_back(grant, campaign, offer, Status.DECLINED, now)
    if leaves_gap and campaign.status in LEAVING:
        open_leaving(campaign, offer.words, by, now)
    return grant


@transaction.atomic
def close_offer(*, offer: GrantOffer, now: datetime) -> GrantOffer:
    """Return a part nobody has answered for in time, or to which the campaign has no right any more.

    An offer that is still open to an answer is left alone.
    """
    _fund, campaign = lock_campaign(offer.grant.campaign)
    if not GrantOffer.objects.to_close(now).filter(pk=offer.pk).exists():
        return offer
    offer = GrantOffer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer.pk)
    expired = now >= offer.expires_at
    put_back(offer.grant, campaign, offer, Status.EXPIRED if expired else Status.LAPSED, now)
    tell_promoter(
        campaign, "grant_offer_over", {"offer": offer, "expired": expired}, now, suffix=f":{offer.pk}"
    )
    return offer


def _lock(offer: GrantOffer, now: datetime) -> tuple[Campaign, GrantOffer, Grant]:
    """Lock fund, campaign, grant and offer, and return the last three as they are now. Raise OfferOver."""
    _fund, campaign = lock_campaign(offer.grant.campaign)
    grant = Grant.objects.select_for_update(no_key=True, of=("self",)).get(campaign=campaign)
    offer = GrantOffer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer.pk)
    if offer.status != Status.OPEN or now >= offer.expires_at:
        raise OfferOver(offer.pk)
    return campaign, offer, grant
