"""What of each gift counts for the threshold, written down whenever a gift, a refund or an officer changes it.

The caller holds the campaign locked, so nobody else decides about the same gifts meanwhile.
"""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from campaigns.models import Campaign
from donations import rules
from donations.models import Donation
from ledger.models import Account, Entry
from ledger.services import account, post

Kind = Account.Kind
Postings = list[tuple[Account, int]]

#: What tells that two gifts are of one donor.
NAMES = ("email_key", "card_fingerprint", "tax_code")


def limit_of(campaign: Campaign) -> int | None:
    """Return the most that counts of one donor of a campaign, in cents; None where its call sets no limit."""
    call = campaign.call
    return rules.donor_limit_cents(campaign.threshold_cents, call.donor_limit_cents, call.donor_limit_bp)


def stand(gift: Donation, campaign: Campaign, *, leaving_cents: int) -> Postings:
    """Write into a gift what of it counts once some cents leave it, and return the postings that take them from there.

    Negative cents come to it. The caller saves `counted_cents` and `uncounted_cents`.
    """
    kept = gift.kept_cents - leaving_cents
    counted = _count(gift, campaign, kept_cents=kept)[gift]
    return _move(gift, campaign, counted, kept - counted)


def recount(
    gift: Donation,
    campaign: Campaign,
    *,
    now: datetime,
    gifts: list[Donation] | None = None,
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
        post(
            key=f"recount:{other.pk}:{other.count_version}",
            kind=Entry.Kind.RECOUNT,
            postings=postings,
            now=now,
            by=by,
            reason=reason,
        )


def gifts_of_donor(gift: Donation, campaign: Campaign) -> list[Donation]:
    """Return the settled gifts of a gift's donor to the campaign, in the order of booking; the gift itself is one."""
    found: dict[int, Donation] = {}
    fresh = [gift]
    while fresh:
        found |= {one.pk: one for one in fresh}
        shared = Q(pk=None)
        for name in NAMES:
            known = {getattr(one, name) for one in fresh} - {""}
            shared |= Q(**{f"{name}__in": known})
        fresh = list(campaign.donations.settled().filter(shared).exclude(pk__in=found))
    return sorted(found.values(), key=lambda one: (one.settled_at is None, one.settled_at, one.pk))


def _count(
    gift: Donation,
    campaign: Campaign,
    *,
    kept_cents: int | None = None,
    gifts: list[Donation] | None = None,
) -> dict[Donation, int]:
    """Return what counts of each gift of a gift's donor, in cents, if so much of the gift itself is kept."""
    limit = limit_of(campaign)
    if gifts is None:
        gifts = [gift] if limit is None else gifts_of_donor(gift, campaign)
    kept = {one: one.kept_cents for one in gifts}
    if kept_cents is not None:
        kept[gift] = kept_cents
    excludes = campaign.call.excludes_related_parties
    counted = rules.counted_cents(
        [
            rules.Kept(one.pk, 0, kept[one], rules.may_count(one.party, excludes_related=excludes))
            for one in gifts
        ],
        limit_cents=limit,
        offline_cents=0,
    )
    return {one: counted[one.pk] for one in gifts}


def _move(gift: Donation, campaign: Campaign, counted: int, uncounted: int) -> Postings:
    """Write what counts of a gift, not yet saved, and return the postings that differ from before."""
    succeeded = campaign.status == Campaign.Status.SUCCEEDED
    steps = [
        (Kind.PROMOTER if succeeded else Kind.DONORS, gift.counted_cents - counted),
        (Kind.UNCOUNTED, gift.uncounted_cents - uncounted),
    ]
    gift.counted_cents = counted
    gift.uncounted_cents = uncounted
    return [(account(kind, campaign=campaign), cents) for kind, cents in steps if cents]
