from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from calls.models import Call, Fund
from campaigns.models import Campaign
from campaigns.services import (
    WrongState,
    mark_answered,
    mark_closing,
    mark_keeping,
    mark_settled,
)
from donations.models import OfflineDonation, Reversal
from donations.services import (
    close_when_refunded,
    has_reached,
    lapse_offline_donations,
    outcome_waits_for_offline,
    owe_offline_gifts,
    owe_refunds_of_campaign,
)
from ledger.models import Account, Entry
from ledger.services import account, post, raised_cents
from matching.models import Cure, Grant, Withdrawal
from matching.services.award import decide_grant
from matching.services.campaign import awaits_body, lock_campaign, return_grant, tell_promoter
from matching.services.cure import begin_cure, end_cure, may_be_cured

Kind = Account.Kind
Status = Campaign.Status


class GrantAwarded(Exception):
    """Say that a campaign an officer has ended holds an award: only a reasoned act takes that back."""


@transaction.atomic
def close_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """End the giving at the deadline; the outcome follows when no payment is under way any more.

    Giving also ends when a threshold that had been undone is restored, and, where the call says so, as soon as gifts
    and grant cover the whole cost.
    """
    _fund, campaign = lock_campaign(campaign)
    restored = campaign.status == Status.CURE and has_reached(campaign)
    if restored or Campaign.objects.closing_due(now).filter(pk=campaign.pk).exists():
        mark_closing(campaign=campaign)
    elif _is_covered(campaign):
        mark_closing(campaign=campaign, covered_at=now)
    return campaign


def _is_covered(campaign: Campaign) -> bool:
    """Say whether an open campaign of a call that ends with it has its whole cost: raised >= C - G, in cents."""
    if campaign.status != Status.OPEN or not campaign.call.stops_when_covered:
        return False
    covered = raised_cents(campaign) >= campaign.cost_cents - campaign.grant_due_cents
    return covered and has_reached(campaign)


@transaction.atomic
def settle_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """Decide the outcome of a closing campaign with no payment under way: succeeded, or everything goes back.

    Gifts outside the site that were entered in time have some days to be verified first. A threshold that was reached and
    then undone may be restored for some days; a call may let a reduced project go on.
    A grant once awarded is a right that only a reasoned act takes back, so its campaign succeeds whatever is refunded
    after the award. Source: L. 241/1990 art. 21-quinquies and 21-nonies.
    """
    fund, campaign = lock_campaign(campaign)
    if campaign.status != Status.CLOSING or campaign.donations.pending().exists():
        return campaign
    if not campaign.suspended_at and outcome_waits_for_offline(campaign, now):
        return campaign
    if campaign.donors_may_leave(now) or Withdrawal.objects.asked().filter(campaign=campaign).exists():
        return campaign
    grant = Grant.objects.select_for_update(no_key=True).filter(campaign=campaign).first()
    awarded = grant is not None and grant.state == Grant.State.AWARDED
    if campaign.suspended_at and awarded:
        raise GrantAwarded(campaign.slug)
    if campaign.suspended_at:
        _fail(campaign, fund, grant, now)
    elif awarded or has_reached(campaign):
        if grant and grant.state == Grant.State.RESERVED and not awaits_body(campaign):
            # In one transaction with the outcome, so that no refund can fall between the two.
            decide_grant(grant, campaign, fund, raised_cents(campaign), now)
        _succeed(campaign, now)
    elif may_be_cured(campaign, grant, now):
        begin_cure(campaign=campaign, now=now)
    else:
        _miss(campaign, fund, grant, now)
    return campaign


def _miss(campaign: Campaign, fund: Fund, grant: Grant | None, now: datetime) -> None:
    """End a campaign below its threshold: its promoter is asked for a reduced project where the call allows it."""
    end_cure(campaign=campaign, state=Cure.State.LAPSED, now=now)
    if campaign.call.funding_mode == Call.FundingMode.KEEP_IT_ALL and raised_cents(campaign):
        return_grant(grant, campaign, fund, now)
        lapse_offline_donations(campaign=campaign, now=now)
        mark_keeping(campaign=campaign, until=now + timedelta(days=campaign.call.keep_days), now=now)
    else:
        _fail(campaign, fund, grant, now)


@transaction.atomic
def settle_keeping(*, campaign: Campaign, now: datetime) -> Campaign:
    """Decide the outcome of a campaign below its threshold in a call that lets reduced projects go on.

    It succeeds, without a grant, when its promoter has confirmed and the donors' days to leave are over; without an
    answer in time, or when everybody has left, everything goes back.
    """
    fund, campaign = lock_campaign(campaign)
    if not Campaign.objects.keeping_due(now).filter(pk=campaign.pk).exists():
        return campaign
    if campaign.kept_at and raised_cents(campaign):
        _succeed(campaign, now)
    else:
        _fail(campaign, fund, Grant.objects.filter(campaign=campaign).first(), now)
    return campaign


@transaction.atomic
def give_up_reduced_project(*, campaign: Campaign, by: User, now: datetime) -> Campaign:
    """Give everything back because the promoter says that no reduced project will be done. Raise WrongState."""
    fund, campaign = lock_campaign(campaign)
    if campaign.status != Status.KEEPING or campaign.kept_at:
        raise WrongState(f"{campaign.slug} is {campaign.status}")
    mark_answered(campaign=campaign, by=by)
    _fail(campaign, fund, Grant.objects.filter(campaign=campaign).first(), now)
    return campaign


def _succeed(campaign: Campaign, now: datetime) -> None:
    """Make the gifts the promoter's."""
    end_cure(campaign=campaign, state=Cure.State.RESTORED, now=now)
    lapse_offline_donations(campaign=campaign, now=now)
    raised = raised_cents(campaign)
    # Nothing is left when every gift was given back after the award.
    if raised:
        post(
            key=f"success:{campaign.pk}",
            kind=Entry.Kind.SUCCESS,
            postings=[
                (account(Kind.DONORS, campaign=campaign), raised),
                (account(Kind.PROMOTER, campaign=campaign), -raised),
            ],
            now=now,
        )
    mark_settled(campaign=campaign, status=Status.SUCCEEDED, raised_cents=raised, now=now)
    tell_promoter(campaign, "campaign_succeeded", {"raised_cents": raised}, now)


def _fail(campaign: Campaign, fund: Fund, grant: Grant | None, now: datetime) -> None:
    """Owe every donor the money back and return what was set aside to the fund."""
    end_cure(campaign=campaign, state=Cure.State.LAPSED, now=now)
    raised = raised_cents(campaign)
    owe_refunds_of_campaign(campaign=campaign, reason=Reversal.Reason.FAILURE, now=now)
    owe_offline_gifts(campaign=campaign, reason=OfflineDonation.ReturnReason.FAILURE, now=now)
    return_grant(grant, campaign, fund, now)
    mark_settled(campaign=campaign, status=Status.FAILED, raised_cents=raised, now=now)
    close_when_refunded(campaign)
    tell_promoter(campaign, "campaign_failed", {"raised_cents": raised}, now)
