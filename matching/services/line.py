"""Who is served next: campaigns that have reached their threshold, in an order decided beforehand."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from calls.models import Call, Fund
from campaigns.models import Campaign
from ledger.models import Account
from ledger.services import balance
from matching.models import Grant
from matching.services.award import RELEASING, release_grant
from matching.services.campaign import order_of
from matching.services.completion import complete_grants
from matching.services.offering import most_declined_cents

State = Grant.State

#: In calls without reservations the order of reaching decides. A campaign is looked at only when no transaction that
#: carries an earlier instant can still be waiting for a lock.
QUIET = timedelta(seconds=settings.LOCK_TIMEOUT_SECONDS + 2)


def campaigns_in_line(*, now: datetime, fund: Fund | None = None) -> list[Campaign]:
    """Return the campaigns that have reached their threshold, have no grant yet and are not given up, those served first first.

    The order is that of reaching, to the second, then of the protocol number: decided beforehand and verifiable.
    Source: L. 241/1990 art. 12.
    """
    reserved = Q(application__call__reservation_mode=Call.ReservationMode.RESERVED)
    due = (
        Campaign.objects.filter(reached_at__isnull=False)
        .filter(status__in=RELEASING)
        .filter(reserved | Q(reached_at__lte=now - QUIET))
        .filter(withdrawal=None)
        .exclude(grant__state__in=[State.AWARDED, *Grant.OVER])
        .filter(grant_due_cents__gt=0)
    )
    if fund is not None:
        due = due.filter(application__session__fund=fund)
    return sorted(due.with_story(), key=lambda campaign: order_of(campaign, campaign.reached_at))


def holds_the_line(grant: Grant | None) -> bool:
    """Say whether a grant that has just been looked at keeps everybody behind it waiting.

    One that waits, or whose promoter has not answered yet, is served before them when there is money. One that has
    declined at least what there is keeps its place but lets the next one pass.
    """
    if grant is None or grant.state not in (State.WAITLISTED, State.OFFERED):
        return False
    left = balance(Account.Kind.AVAILABLE, fund=grant.fund)
    return grant.state == State.OFFERED or left > most_declined_cents(grant) or left == 0


def serve_line(*, fund: Fund, now: datetime) -> None:
    """Give a fund's money, in the caller's transaction: partial awards first, then the waiting list. Raise ReleasesStopped."""
    complete_grants(fund=fund, now=now)
    for campaign in campaigns_in_line(now=now, fund=fund):
        if holds_the_line(release_grant(campaign=campaign, now=now)):
            return
