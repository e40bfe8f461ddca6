"""A part of a grant, set aside and offered; what the award and the answers both lean on."""

from datetime import datetime, timedelta

from django.db.models import Max

from campaigns.models import Campaign
from ledger.models import Account, Entry
from ledger.services import account, post
from matching.models import Grant, GrantOffer
from matching.services.campaign import tell_promoter

Kind = Account.Kind


def most_declined_cents(grant: Grant) -> int:
    """Return the largest part of a grant, saved or not, its promoter has declined or let expire, in cents."""
    return (
        GrantOffer.objects.not_taken()
        .filter(grant_id=grant.pk)
        .aggregate(most=Max("amount_cents", default=0))["most"]
    )


def make_offer(grant: Grant, campaign: Campaign, amount: int, available: int, now: datetime) -> GrantOffer:
    """Set a part aside for a campaign, locked by the caller with its fund, and ask its promoter.

    The days to answer are those of the call; amounts in cents.
    """
    grant.state = Grant.State.OFFERED
    grant.amount_cents = amount
    grant.waitlisted_at = grant.waitlisted_at or now
    grant.save()
    offer = GrantOffer.objects.create(
        grant=grant,
        amount_cents=amount,
        available_cents=available,
        offered_at=now,
        expires_at=now + timedelta(days=campaign.call.offer_days),
    )
    post(
        key=f"offer:{offer.pk}",
        kind=Entry.Kind.RESERVATION,
        postings=[
            (account(Kind.RESERVED, fund=grant.fund, campaign=campaign), amount),
            (account(Kind.AVAILABLE, fund=grant.fund), -amount),
        ],
        now=now,
    )
    tell_promoter(campaign, "grant_offered", {"grant": grant, "offer": offer}, now, suffix=f":{offer.pk}")
    return offer


def end_offer(offer: GrantOffer, status: GrantOffer.Status, now: datetime) -> None:
    """Write that an offer is over; its money is the caller's business."""
    offer.status = status
    offer.ended_at = now
    offer.save(update_fields=["status", "ended_at", "answered_by", "cover", "words", "leaves_gap"])


def put_back(
    grant: Grant, campaign: Campaign, offer: GrantOffer, status: GrantOffer.Status, now: datetime
) -> None:
    """End the open offer of a campaign, locked by the caller with its fund: the part is the fund's again.

    The grant keeps its place on the waiting list.
    """
    end_offer(offer, status, now)
    post(
        key=f"offer_back:{offer.pk}",
        kind=Entry.Kind.RETURN,
        postings=[
            (account(Kind.AVAILABLE, fund=grant.fund), offer.amount_cents),
            (account(Kind.RESERVED, fund=grant.fund, campaign=campaign), -offer.amount_cents),
        ],
        now=now,
    )
    grant.state = Grant.State.WAITLISTED
    grant.amount_cents = 0
    grant.save(update_fields=["state", "amount_cents"])
