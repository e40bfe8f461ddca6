from datetime import datetime

from django.db import transaction

from calls.models import Fund
from campaigns.models import Campaign
from donations.services import has_reached
from ledger.models import Account, Entry, Posting
from ledger.services import account, allocate_fund, balance, post, raised_cents
from matching import rules
from matching.models import Grant, GrantOffer, Withdrawal
from matching.rules import Outcome
from matching.services.campaign import awaits_body, lock_campaign, tell_promoter
from matching.services.completion import complete_grants
from matching.services.guard import refuse_while_stopped
from matching.services.offering import end_offer, make_offer, most_declined_cents

Kind = Account.Kind
Status = Campaign.Status

#: States of a campaign in which its grant may be awarded.
RELEASING = (Status.OPEN, Status.CLOSING, Status.SUCCEEDED)


@transaction.atomic
def release_grant(*, campaign: Campaign, now: datetime) -> Grant | None:
    """Award the municipality's share to a campaign that has reached its threshold; a repetition changes nothing.

    The raised sum is read again under the lock. When the fund is short, the call's policy decides between a part, the
    offer of a part and waiting. Return the grant, or None when the threshold is not reached any more or the campaign is
    suspended or given up. Raise ReleasesStopped.
    """
    fund, campaign = lock_campaign(campaign)
    grant = Grant.objects.select_for_update(no_key=True).filter(campaign=campaign).first()
    if grant and grant.state in (Grant.State.AWARDED, *Grant.OVER):
        return grant
    reached = campaign.reached_at is not None and has_reached(campaign)
    if campaign.status not in RELEASING or campaign.suspended_at or not reached:
        return None
    if Withdrawal.objects.filter(campaign=campaign).exists():
        return None
    if awaits_body(campaign):
        return hold_for_body(grant, campaign, fund, now)
    raised = raised_cents(campaign)
    return decide_grant(grant, campaign, fund, raised, now)


def decide_grant(grant: Grant | None, campaign: Campaign, fund: Fund, raised: int, now: datetime) -> Grant:
    """Award or offer what the rules give to a campaign that has reached its threshold, or let it wait for the fund.

    Partial awards are completed first. A part offered before gives way to the whole grant when there is money for it.
    """
    refuse_while_stopped(campaign.call)
    allocate_fund(fund=fund, now=now)
    complete_grants(fund=fund, now=now)
    grant = grant or new_grant(campaign, fund)
    offer = grant.offers.open().first() if grant.pk else None
    reserved = balance(Kind.RESERVED, fund=fund, campaign=campaign)
    available = balance(Kind.AVAILABLE, fund=fund) + reserved
    share = rules.share(
        campaign.grant_due_cents,
        available,
        policy=campaign.call.partial_policy,
        min_partial_cents=campaign.call.min_partial_cents,
        declined_cents=most_declined_cents(grant),
    )
    if share.outcome == Outcome.AWARD and share.amount_cents:
        award_grant(grant, campaign, share.amount_cents, raised, now)
        if offer:
            end_offer(offer, GrantOffer.Status.OVERTAKEN, now)
    elif share.outcome == Outcome.OFFER and not offer:
        make_offer(grant, campaign, share.amount_cents, available, now)
    elif not offer:
        wait(grant, now)
    return grant


def hold_for_body(grant: Grant | None, campaign: Campaign, fund: Fund, now: datetime) -> Grant:
    """Keep the whole share of a group that has reached its threshold and is no body yet; nothing is awarded.

    What is set aside stands. Where nothing is, the share is set aside now, or waits its turn as any other does.
    """
    grant = grant or new_grant(campaign, fund)
    if grant.pk is None or grant.state == Grant.State.WAITLISTED:
        refuse_while_stopped(campaign.call)
        allocate_fund(fund=fund, now=now)
        complete_grants(fund=fund, now=now)
        if balance(Kind.AVAILABLE, fund=fund) >= campaign.grant_due_cents:
            set_aside(grant, campaign, now)
        else:
            wait(grant, now)
    if grant.held_at is None:
        grant.held_at = now
        grant.save(update_fields=["held_at"])
        tell_promoter(campaign, "grant_waits_for_body", {"grant": grant}, now)
    return grant


def set_aside(grant: Grant, campaign: Campaign, now: datetime) -> None:
    """Set the whole share of a campaign aside in its fund, which covers it."""
    grant.state = Grant.State.RESERVED
    grant.amount_cents = campaign.grant_due_cents
    grant.reserved_at = now
    grant.save()
    post(
        key=f"reservation:{campaign.pk}",
        kind=Entry.Kind.RESERVATION,
        postings=[
            (account(Kind.RESERVED, fund=grant.fund, campaign=campaign), grant.amount_cents),
            (account(Kind.AVAILABLE, fund=grant.fund), -grant.amount_cents),
        ],
        now=now,
    )


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


def wait(grant: Grant, now: datetime) -> None:
    """Put a grant on the waiting list; its place there is that of its campaign's reaching."""
    if grant.state != Grant.State.WAITLISTED:
        grant.state = Grant.State.WAITLISTED
        grant.amount_cents = 0
        grant.waitlisted_at = grant.waitlisted_at or now
        grant.save()


def award_grant(grant: Grant, campaign: Campaign, amount: int, raised: int, now: datetime) -> None:
    """Write the award with its evidence and move the money from where it stands: set aside first, then free."""
    fund = grant.fund
    reserved = balance(Kind.RESERVED, fund=fund, campaign=campaign)
    gifts = Posting.objects.filter(account__campaign=campaign, account__kind=Kind.DONORS)
    grant.state = Grant.State.AWARDED
    grant.amount_cents = amount
    grant.awarded_at = now
    grant.rule_version = rules.RULE_VERSION
    grant.raised_cents = raised
    grant.available_cents = balance(Kind.AVAILABLE, fund=fund) + reserved
    grant.reached_at = campaign.reached_at
    grant.evidence_id = gifts.order_by("-entry_id").values_list("entry_id", flat=True).first()
    grant.save()
    sources = [
        (account(Kind.RESERVED, fund=fund, campaign=campaign), -reserved),
        (account(Kind.AVAILABLE, fund=fund), reserved - amount),
    ]
    post(
        key=f"grant:{campaign.pk}",
        kind=Entry.Kind.GRANT,
        postings=[
            (account(Kind.AWARDED, fund=fund, campaign=campaign), amount),
            *[(source, cents) for source, cents in sources if cents],
        ],
        now=now,
    )
    tell_promoter(campaign, "grant_awarded", {"grant": grant}, now)
