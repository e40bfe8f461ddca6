"""What of each gift counts for the threshold, written down whenever a gift, a refund or an officer changes it.

Gifts on the site and outside it are counted together: one person is one donor on both ways. The caller holds the
campaign locked, so nobody else decides about the same gifts meanwhile.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import User
from campaigns.models import Campaign
from donations import rules
from donations.models import Donation, OfflineDonation
from ledger.models import Account, Entry
from ledger.services import account, post

Kind = Account.Kind
Postings = list[tuple[Account, int]]
Gift = Donation | OfflineDonation

#: What tells that two gifts are of one donor; a gift outside the site has no card.
OFFLINE_NAMES = ("email_key", "tax_code")
NAMES = (*OFFLINE_NAMES, "card_fingerprint")


def limit_of(campaign: Campaign) -> int | None:
    """Return the most that counts of one donor of a campaign, in cents; None where its call sets no limit."""
    call = campaign.call
    return rules.donor_limit_cents(campaign.threshold_cents, call.donor_limit_cents, call.donor_limit_bp)


def stand(gift: Gift, campaign: Campaign, *, leaving_cents: int) -> Postings:
    """Write into a gift what of it counts once some cents leave it, and return the postings that take them from there.

    Negative cents come to it. The caller saves `counted_cents` and `uncounted_cents`.
    """
    kept = gift.kept_cents - leaving_cents
    counted = _count(gift, campaign, kept_cents=kept)[gift]
    return _move(gift, campaign, counted, kept - counted)


def recount(
    gift: Gift,
    campaign: Campaign,
    *,
    now: datetime,
    gifts: Sequence[Gift] | None = None,
    by: User | None = None,
    reason: str = "",
) -> None:
    """Decide anew what counts of all gifts of a gift's donor, or of these, one entry for each that changes."""
    for other, counted in _count(gift, campaign, gifts=gifts).items():
        if other.counted_cents == counted:
            continue
        postings = _move(other, campaign, counted, other.kept_cents - counted)
        other.count_version += 1
        other.save(update_fields=["party", "counted_cents", "uncounted_cents", "count_version"])
        outside = "offline:" if isinstance(other, OfflineDonation) else ""
        post(
            key=f"recount:{outside}{other.pk}:{other.count_version}",
            kind=Entry.Kind.RECOUNT,
            postings=postings,
            now=now,
            by=by,
            reason=reason,
        )


def foretell(gift: Gift, campaign: Campaign, *, kept_cents: int, party: str) -> tuple[int, int]:
    """Return what would count of a gift, and by how much the raised sum would change, in cents; nothing is written."""
    would = copy(gift)
    would.party = party
    counts = _count(would, campaign, kept_cents=kept_cents)
    return counts[would], sum(counted - other.counted_cents for other, counted in counts.items())


def recount_campaign(*, campaign: Campaign, now: datetime) -> None:
    """Decide anew what counts of every gift: with a threshold that has changed, shares of it have changed too."""
    gifts = _in_order([*campaign.donations.settled(), *campaign.offline_donations.verified()])
    if gifts:
        recount(gifts[0], campaign, now=now, gifts=gifts)


def gifts_of_donor(gift: Gift, campaign: Campaign) -> list[Gift]:
    """Return the received gifts of a gift's donor to the campaign, in the order of booking; the gift itself is one."""
    return _gifts_of_donors([gift], campaign)


def names_of(gift: Gift) -> list[str]:
    """Return what tells a gift's donor from others, each with its kind."""
    names = OFFLINE_NAMES if isinstance(gift, OfflineDonation) else NAMES
    return [f"{kind}:{name}" for kind in names if (name := getattr(gift, kind))]


def _gifts_of_donors(gifts: Iterable[Gift], campaign: Campaign) -> list[Gift]:
    """Return the received gifts of some gifts' donors, those of the caller among them, in the order of booking."""
    found: dict[Gift, None] = {}
    fresh = list(gifts)
    while fresh:
        found |= dict.fromkeys(fresh)
        fresh = _that_share_a_name(fresh, campaign, found)
    return _in_order(found)


def _that_share_a_name(gifts: list[Gift], campaign: Campaign, found: Iterable[Gift]) -> list[Gift]:
    """Return the received gifts, but for those found, that share a card, an address or a tax code with some."""
    known = {
        name: {getattr(one, name) for one in gifts if isinstance(one, Donation) or name in OFFLINE_NAMES}
        for name in NAMES
    }
    online = [one.pk for one in found if isinstance(one, Donation)]
    offline = [one.pk for one in found if isinstance(one, OfflineDonation)]
    shared = campaign.donations.settled().filter(_any_of(known, NAMES)).exclude(pk__in=online)
    if not campaign.call.offline_share_bp:
        return list(shared)
    outside = campaign.offline_donations.verified().filter(_any_of(known, OFFLINE_NAMES))
    return [*shared, *outside.exclude(pk__in=offline)]


def _any_of(known: dict[str, set[Any]], names: Sequence[str]) -> Q:
    """Return the condition that one of these columns holds something known."""
    shared = Q(pk=None)
    for name in names:
        shared |= Q(**{f"{name}__in": known[name] - {""}})
    return shared


def _with_all_outside(gifts: Sequence[Gift], campaign: Campaign, limit: int | None) -> list[Gift]:
    """Return some gifts, all verified ones outside the site, which share one limit, and where it matters their donors'."""
    there = [one.pk for one in gifts if isinstance(one, OfflineDonation)]
    all_gifts = [*gifts, *campaign.offline_donations.verified().exclude(pk__in=there)]
    return _in_order(all_gifts) if limit is None else _gifts_of_donors(all_gifts, campaign)


def _in_order(gifts: Iterable[Gift]) -> list[Gift]:
    """Return gifts in the order in which they were booked; one that is being booked comes last."""

    def place(gift: Gift) -> tuple[bool, datetime | None, int]:
        booked_at = gift.verified_at if isinstance(gift, OfflineDonation) else gift.settled_at
        return (booked_at is None, booked_at, gift.pk)

    return sorted(gifts, key=place)


def _count(
    gift: Gift,
    campaign: Campaign,
    *,
    kept_cents: int | None = None,
    gifts: Sequence[Gift] | None = None,
) -> dict[Gift, int]:
    """Return what counts of each gift of a gift's donor, in cents, if so much of the gift itself is kept.

    When one of them is outside the site, all gifts outside the site are counted again.
    """
    limit = limit_of(campaign)
    call = campaign.call
    if gifts is None:
        gifts = [gift] if limit is None else gifts_of_donor(gift, campaign)
    if any(isinstance(one, OfflineDonation) for one in gifts):
        gifts = _with_all_outside(gifts, campaign, limit)
    kept = {one: one.kept_cents for one in gifts}
    if kept_cents is not None:
        kept[gift] = kept_cents
    donors = rules.number_donors({one: names_of(one) for one in gifts})
    # The key is the gift itself: gifts on the site and outside it have numbers of their own.
    counted = rules.counted_cents(
        [
            rules.Kept(
                one,
                donors[one],
                kept[one],
                rules.may_count(one.party, excludes_related=call.excludes_related_parties),
                isinstance(one, OfflineDonation),
            )
            for one in gifts
        ],
        limit_cents=limit,
        offline_cents=rules.offline_limit_cents(campaign.threshold_cents, call.offline_share_bp),
    )
    return {one: counted[one] for one in gifts}


def _move(gift: Gift, campaign: Campaign, counted: int, uncounted: int) -> Postings:
    """Write what counts of a gift, not yet saved, and return the postings that differ from before."""
    succeeded = campaign.status == Campaign.Status.SUCCEEDED
    steps = [
        (Kind.PROMOTER if succeeded else Kind.DONORS, gift.counted_cents - counted),
        (Kind.UNCOUNTED, gift.uncounted_cents - uncounted),
    ]
    gift.counted_cents = counted
    gift.uncounted_cents = uncounted
    return [(account(kind, campaign=campaign), cents) for kind, cents in steps if cents]
