from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.services import queue_mail_to_members, refuse_own_body
from calls.models import Call
from donations.services import basis_cents
from ledger.models import Account
from matching.models import Grant, Shortfall
from matching.services.campaign import lock_campaign, refuse_other_sum

Kind = Account.Kind
State = Shortfall.State


class ShortfallOver(Exception):
    """Say that nothing is missing any more, or that how it was covered is not said."""


def missing_cents(grant: Grant) -> int:
    """Return what an awarded campaign lacks to its threshold beyond what its promoter has covered, in cents."""
    covered = grant.shortfalls.filter(state=State.COVERED).aggregate(total=Sum("amount_cents", default=0))
    return max(grant.threshold_cents - basis_cents(grant.campaign) - covered["total"], 0)


def shortfalls_to_follow() -> list[Grant]:
    """Return the awarded grants whose campaign is below its threshold, or whose shortfall is open."""
    counted = Q(kind__in=[Kind.DONORS, Kind.PROMOTER])
    # Where the call counts without Stripe's fees, they stand on the other side of the books.
    net = Q(kind=Kind.FEES, campaign__application__call__count_basis=Call.CountBasis.NET)
    raised = (
        Account.objects.filter(counted | net, campaign=OuterRef("campaign"))
        .values("campaign")
        .annotate(total=-Sum("balance_cents"))
        .values("total")
    )
    below = Grant.objects.filter(state=Grant.State.AWARDED).annotate(
        raised_now=Coalesce(Subquery(raised), 0),
        is_open=Exists(Shortfall.objects.open().filter(grant=OuterRef("pk"))),
    )
    return list(
        below.filter(Q(raised_now__lt=F("threshold_cents")) | Q(is_open=True)).select_related("campaign")
    )


@transaction.atomic
def follow_shortfall(*, grant: Grant, now: datetime) -> Shortfall | None:
    """Open, adjust or close the shortfall of an awarded grant so that it says what is missing now; return the open one.

    The grant stays: an award is a right that only a reasoned act takes back. Source: L. 241/1990 art. 21-quinquies.
    """
    _fund, campaign = lock_campaign(grant.campaign)
    grant = Grant.objects.select_for_update(no_key=True).get(pk=grant.pk)
    if grant.state != Grant.State.AWARDED:
        return None
    missing = missing_cents(grant)
    shortfall = grant.shortfalls.open().first()
    if missing and shortfall is None:
        shortfall = Shortfall.objects.create(grant=grant, amount_cents=missing, opened_at=now)
        queue_mail_to_members(
            organization=campaign.organization,
            key=f"shortfall_opened:{shortfall.pk}",
            topic=campaign.call.mail_topic,
            template="shortfall_opened",
            context={"campaign": campaign, "shortfall": shortfall},
            now=now,
        )
    elif shortfall and not missing:
        _end(shortfall, State.RESTORED, now)
    elif shortfall and shortfall.amount_cents != missing:
        shortfall.amount_cents = missing
        shortfall.save(update_fields=["amount_cents"])
    return shortfall if missing else None


@transaction.atomic
def cover_shortfall(
    *, shortfall: Shortfall, amount_cents: int, note: str, by: User, now: datetime
) -> Shortfall:
    """Write that the promoter has covered a shortfall with its own funds, as an officer has seen and says how.

    Raise OwnBody, ShortfallOver when it is not open any more, or nothing is written down, and OtherSum when it is not, in
    cents, what the officer has read.
    """
    _fund, campaign = lock_campaign(shortfall.grant.campaign)
    refuse_own_body(campaign.organization, by)
    shortfall = Shortfall.objects.select_for_update(no_key=True).get(pk=shortfall.pk)
    if shortfall.state != State.OPEN or not note.strip():
        raise ShortfallOver(str(shortfall.pk))
    refuse_other_sum(amount_cents, shortfall.amount_cents)
    shortfall.note = note.strip()[:1000]
    shortfall.covered_by = by
    _end(shortfall, State.COVERED, now)
    return shortfall


def close_shortfalls(*, grant: Grant, now: datetime) -> None:
    """Close what is open on a grant that has been taken back; the caller holds the campaign locked."""
    for shortfall in grant.shortfalls.open():
        _end(shortfall, State.CLOSED, now)


def _end(shortfall: Shortfall, state: Shortfall.State, now: datetime) -> None:
    """Close a shortfall."""
    shortfall.state = state
    shortfall.ended_at = now
    shortfall.save(update_fields=["state", "ended_at", "note", "covered_by"])
