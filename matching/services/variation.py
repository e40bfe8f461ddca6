from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.services import refuse_own_body
from campaigns.models import Campaign, CostVariation
from campaigns.services import VARIABLE, WrongState, mark_varied
from donations.services import recount_campaign, update_reached
from ledger.models import Account, Entry
from ledger.services import account, post
from matching.models import Grant
from matching.services.act import ActMissing
from matching.services.campaign import lock_campaign, tell_promoter

Kind = Account.Kind


class CostNotLower(Exception):
    """Say that a variation only lowers a cost, and not below what the call admits."""


@transaction.atomic
def lower_cost(
    *,
    campaign: Campaign,
    cost_cents: int,
    act_number: str,
    act_date: date,
    reason: str,
    by: User,
    now: datetime,
) -> CostVariation:
    """Lower the admitted cost of a project by an approved variation: threshold and grant fall with it, never rise.

    What is set aside above the new grant is the fund's again. Raise ActMissing, OwnBody, WrongState after the
    deadline or once the threshold was ever reached, CostNotLower. Units: cents.
    """
    if not (act_number.strip() and reason.strip()):
        raise ActMissing
    _fund, campaign = lock_campaign(campaign)
    refuse_own_body(campaign.organization, by)
    _require_variable(campaign, now)
    if not 0 < cost_cents < campaign.cost_cents or not campaign.call.admits_cost(cost_cents):
        raise CostNotLower(str(cost_cents))
    promise = campaign.call.promise(cost_cents)
    variation = CostVariation.objects.create(
        campaign=campaign,
        old_cost_cents=campaign.cost_cents,
        cost_cents=cost_cents,
        threshold_cents=promise.threshold_cents,
        grant_due_cents=promise.grant_cents,
        act_number=act_number.strip(),
        act_date=act_date,
        reason=reason.strip(),
        decided_by=by,
        decided_at=now,
    )
    mark_varied(campaign=campaign, variation=variation, own_cents=promise.own_cents)
    _free_reservation(campaign, variation, by, now)
    _count_anew(campaign, now)
    _tell(campaign, variation, now)
    return variation


def _tell(campaign: Campaign, variation: CostVariation, now: datetime) -> None:
    """Write to the promoter that its cost is lower."""
    facts = {"variation": variation}
    tell_promoter(campaign, "campaign_cost_lowered", facts, now, suffix=f":{variation.pk}")


def _require_variable(campaign: Campaign, now: datetime) -> None:
    """Raise WrongState once the threshold was ever reached, and from the deadline on, also of a suspended campaign."""
    is_over = campaign.closes_at is not None and now >= campaign.closes_at
    if campaign.first_reached_at or campaign.status not in VARIABLE or is_over:
        raise WrongState(f"{campaign.slug} is {campaign.status}")


def _count_anew(campaign: Campaign, now: datetime) -> None:
    """Let what counts follow the lower threshold: the limits that are shares of it, and whether it is reached."""
    recount_campaign(campaign=campaign, now=now)
    update_reached(campaign=campaign, now=now)


def _free_reservation(campaign: Campaign, variation: CostVariation, by: User, now: datetime) -> None:
    """Return to the fund what is set aside above the new grant, and write the new inputs of the formula."""
    grant = Grant.objects.select_for_update(no_key=True).filter(campaign=campaign).first()
    if grant is None:
        return
    freed = grant.amount_cents - variation.grant_due_cents
    if freed > 0:
        post(
            key=f"variation:{variation.pk}",
            kind=Entry.Kind.RETURN,
            postings=[
                (account(Kind.AVAILABLE, fund=grant.fund), freed),
                (account(Kind.RESERVED, fund=grant.fund, campaign=campaign), -freed),
            ],
            now=now,
            by=by,
            reason=f"{variation.act_number}: {variation.reason}"[:500],
        )
        grant.amount_cents = variation.grant_due_cents
    grant.cost_cents = variation.cost_cents
    grant.threshold_cents = variation.threshold_cents
    grant.due_cents = variation.grant_due_cents
    grant.save(update_fields=["amount_cents", "cost_cents", "threshold_cents", "due_cents"])
