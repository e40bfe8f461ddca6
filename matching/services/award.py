from datetime import datetime

from django.db import transaction

from calls.models import Call, Fund
from campaigns.models import Campaign
from donations.services import has_reached
from ledger.models import Account, Entry, Posting
from ledger.services import account, allocate_fund, balance, post, raised_cents
from matching import rules
from matching.models import Grant, Withdrawal
from matching.services.campaign import lock_campaign, tell_promoter
from matching.services.guard import refuse_while_stopped

Kind = Account.Kind
Status = Campaign.Status

#: States of a campaign in which its grant may be awarded.
RELEASING = (Status.OPEN, Status.CLOSING, Status.SUCCEEDED)


@transaction.atomic
def release_grant(*, campaign: Campaign, now: datetime) -> Grant | None:
    """Award the municipality's share to a campaign that has reached its threshold; a repetition changes nothing.

    The raised sum is read again under the lock. When the fund is short, the call's policy decides between a part and
    waiting. Return the grant, or None when the threshold is not reached any more or the campaign is suspended. Raise
    ReleasesStopped.
    """
    fund, campaign = lock_campaign(campaign)
    grant = Grant.objects.select_for_update(no_key=True).filter(campaign=campaign).first()
    if grant and grant.state in (Grant.State.AWARDED, *Grant.OVER):
        return grant
    reached = campaign.reached_at is not None and has_reached(campaign)
    if campaign.status not in RELEASING or campaign.suspended_at or not reached:
        return None
    if Withdrawal.objects.asked().filter(campaign=campaign).exists():
        return None
    raised = raised_cents(campaign)
    return decide_grant(grant, campaign, fund, raised, now)


def decide_grant(grant: Grant | None, campaign: Campaign, fund: Fund, raised: int, now: datetime) -> Grant:
    """Award what the rules give to a campaign that has reached its threshold, or let it wait for the fund."""
    refuse_while_stopped(campaign.call)
    allocate_fund(fund=fund, now=now)
    reserved = balance(Kind.RESERVED, fund=fund, campaign=campaign)
    available = balance(Kind.AVAILABLE, fund=fund) + reserved
    partial = campaign.call.partial_policy == Call.PartialPolicy.AUTO
    amount = rules.grant_cents(campaign.grant_due_cents, available, partial_allowed=partial)
    grant = grant or new_grant(campaign, fund)
    if amount == 0:
        return _wait(grant, now)
    _award(grant, campaign, amount, reserved, raised, available, now)
    return grant


def new_grant(campaign: Campaign, fund: Fund) -> Grant:
    """Return a grant, not yet saved, that carries the inputs of its formula."""
    call = campaign.call
    return Grant(
        campaign=campaign,
        fund=fund,
        amount_cents=0,
        cost_cents=campaign.cost_cents,
        threshold_bp=call.threshold_bp,
        grant_bp=call.grant_bp,
        cap_cents=call.cap_cents,
        threshold_cents=campaign.threshold_cents,
        due_cents=campaign.grant_due_cents,
    )


def _wait(grant: Grant, now: datetime) -> Grant:
    """Put a grant on the waiting list, once."""
    if grant.state != Grant.State.WAITLISTED:
        grant.state = Grant.State.WAITLISTED
        grant.waitlisted_at = now
        grant.save()
    return grant


def _award(
    grant: Grant, campaign: Campaign, amount: int, reserved: int, raised: int, available: int, now: datetime
) -> None:
    """Write the award with its evidence and move the money from where it stands."""
    gifts = Posting.objects.filter(account__campaign=campaign, account__kind=Kind.DONORS)
    grant.state = Grant.State.AWARDED
    grant.amount_cents = amount
    grant.awarded_at = now
    grant.rule_version = rules.RULE_VERSION
    grant.raised_cents = raised
    grant.available_cents = available
    grant.reached_at = campaign.reached_at
    grant.evidence_id = gifts.order_by("-entry_id").values_list("entry_id", flat=True).first()
    grant.save()
    source = Kind.RESERVED if reserved else Kind.AVAILABLE
    post(
        key=f"grant:{campaign.pk}",
        kind=Entry.Kind.GRANT,
        postings=[
            (account(Kind.AWARDED, fund=grant.fund, campaign=campaign), amount),
            (account(source, fund=grant.fund, campaign=campaign if reserved else None), -amount),
        ],
        now=now,
    )
    tell_promoter(campaign, "grant_awarded", {"grant": grant}, now)
