from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from calls.models import Fund
from campaigns.models import Campaign
from donations.services import has_reached
from ledger.models import Account, Entry
from ledger.services import account, balance, post
from matching import rules
from matching.models import Grant, GrantCompletion
from matching.services.campaign import lock_campaign, order_of, tell_promoter
from matching.services.guard import refuse_while_stopped

Kind = Account.Kind
Status = Campaign.Status

#: States of a campaign in which its partial award is completed.
COMPLETING = (Status.OPEN, Status.CLOSING, Status.SUCCEEDED)


def partial_grants() -> QuerySet[Grant]:
    """Return the awards that are less than what is due and may be completed."""
    done = F("amount_cents") + Coalesce(Sum("completions__amount_cents"), 0)
    awarded = Grant.objects.filter(state=Grant.State.AWARDED, campaign__status__in=COMPLETING)
    return awarded.annotate(done_cents=done).filter(done_cents__lt=F("due_cents"))


def partial_grants_in_order(fund: Fund) -> list[Grant]:
    """Return the partial awards of a fund in the order in which they are completed: that of reaching."""
    grants = partial_grants().filter(fund=fund).select_related("campaign__application__call")
    return sorted(
        grants.prefetch_related("completions"),
        key=lambda grant: order_of(grant.campaign, grant.reached_at),
    )


def funds_to_complete() -> QuerySet[Fund]:
    """Return the funds with money left and with partial awards."""
    partial = partial_grants().values("fund")
    return Fund.objects.filter(accounts__kind=Kind.AVAILABLE, accounts__balance_cents__gt=0, pk__in=partial)


@transaction.atomic
def complete_grants(*, fund: Fund, now: datetime) -> int:
    """Give the money a fund has to its partial awards, in the order of reaching; return how much, in cents.

    An award is never edited: each completion is a row of its own. A campaign that has fallen below its threshold gets
    nothing meanwhile. Raise ReleasesStopped.
    """
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund.pk)
    given = 0
    for grant in partial_grants_in_order(fund):
        refuse_while_stopped(grant.campaign.call)
        given += _complete(grant, balance(Kind.AVAILABLE, fund=fund), now)
    return given


def _complete(grant: Grant, available: int, now: datetime) -> int:
    """Complete one award with what there is, in cents; return what it got."""
    fund, campaign = lock_campaign(grant.campaign)
    amount = rules.completion_cents(grant.due_cents, grant.total_cents, available)
    if amount == 0 or not has_reached(campaign) or campaign.suspended_at:
        return 0
    entry = post(
        key=f"completion:{grant.pk}:{grant.total_cents}",
        kind=Entry.Kind.COMPLETION,
        postings=[
            (account(Kind.AWARDED, fund=fund, campaign=campaign), amount),
            (account(Kind.AVAILABLE, fund=fund), -amount),
        ],
        now=now,
    )
    completion = GrantCompletion.objects.create(
        grant=grant,
        amount_cents=amount,
        available_cents=available,
        rule_version=rules.RULE_VERSION,
        completed_at=now,
        entry=entry,
    )
    facts = {"grant": grant, "completion": completion}
    tell_promoter(campaign, "grant_completed", facts, now, suffix=f":{completion.pk}")
    return amount
