from datetime import datetime

from django.db import transaction

from calls.models import Fund
from campaigns.models import Campaign
from campaigns.services import mark_closing, mark_settled
from donations.services import close_when_refunded, owe_refunds_of_failed_campaign
from ledger.models import Account, Entry
from ledger.services import account, post, raised_cents
from matching import rules
from matching.models import Grant
from matching.services.award import decide_grant
from matching.services.campaign import lock_campaign, tell_promoter

Kind = Account.Kind
Status = Campaign.Status


class GrantAwarded(Exception):
    """Say that a campaign an officer has ended holds an award: only a reasoned act takes that back."""


@transaction.atomic
def close_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """End the giving at the deadline; the outcome follows when no payment is under way any more."""
    _fund, campaign = lock_campaign(campaign)
    if Campaign.objects.closing_due(now).filter(pk=campaign.pk).exists():
        mark_closing(campaign=campaign)
    return campaign


@transaction.atomic
def settle_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """Decide the outcome of a closing campaign with no payment under way: succeeded, or everything goes back.

    A grant once awarded is a right that only a reasoned act takes back, so its campaign succeeds whatever is refunded
    after the award. Source: L. 241/1990 art. 21-quinquies and 21-nonies.
    """
    fund, campaign = lock_campaign(campaign)
    if campaign.status != Status.CLOSING or campaign.donations.pending().exists():
        return campaign
    grant = Grant.objects.select_for_update(no_key=True).filter(campaign=campaign).first()
    raised = raised_cents(campaign)
    awarded = grant is not None and grant.state == Grant.State.AWARDED
    if campaign.suspended_at and awarded:
        raise GrantAwarded(campaign.slug)
    reached = rules.has_reached(raised, campaign.threshold_cents)
    if campaign.suspended_at or not (awarded or reached):
        _fail(campaign, fund, grant, raised, now)
        return campaign
    if grant and grant.state == Grant.State.RESERVED:
        # In one transaction with the outcome, so that no refund can fall between the two.
        decide_grant(grant, campaign, fund, raised, now)
    _succeed(campaign, raised, now)
    return campaign


def _succeed(campaign: Campaign, raised: int, now: datetime) -> None:
    """Make the gifts the promoter's."""
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


def _fail(campaign: Campaign, fund: Fund, grant: Grant | None, raised: int, now: datetime) -> None:
    """Owe every donor the money back and return what was set aside to the fund."""
    owe_refunds_of_failed_campaign(campaign=campaign, now=now)
    if grant and grant.state == Grant.State.RESERVED:
        post(
            key=f"return:{campaign.pk}",
            kind=Entry.Kind.RETURN,
            postings=[
                (account(Kind.AVAILABLE, fund=fund), grant.amount_cents),
                (account(Kind.RESERVED, fund=fund, campaign=campaign), -grant.amount_cents),
            ],
            now=now,
        )
    if grant:
        grant.state = Grant.State.RETURNED
        grant.returned_at = now
        grant.save(update_fields=["state", "returned_at"])
    mark_settled(campaign=campaign, status=Status.FAILED, raised_cents=raised, now=now)
    close_when_refunded(campaign)
    tell_promoter(campaign, "campaign_failed", {"raised_cents": raised}, now)
