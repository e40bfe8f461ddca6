from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail, refuse_own_body
from calls.models import Fund
from campaigns.models import Campaign
from campaigns.services import WITHDRAWABLE, WrongState, mark_waiver, mark_withdrawn
from donations.models import Donation, OfflineDonation, Reversal
from donations.services import owe_offline_gifts, owe_refunds_of_campaign, owe_refunds_that_money_reaches
from ledger.models import Account
from ledger.services import balance, raised_cents
from matching.models import Cure, Grant, Withdrawal
from matching.services.campaign import lock_campaign, return_grant, tell_promoter
from matching.services.cure import end_cure

Stage = Withdrawal.Stage
State = Withdrawal.State
Status = Campaign.Status


class ReasonMissing(Exception):
    """Say that donors read why a campaign is withdrawn."""


class WaitsForAct(Exception):
    """Say that an awarded grant is given up only with the act that takes it back."""


def stage_of(campaign: Campaign, grant: Grant | None) -> Withdrawal.Stage:
    """Return the moment in a campaign's life, which decides what its withdrawal needs."""
    if campaign.opened_at is None:
        return Stage.BEFORE_OPENING
    if grant and grant.state == Grant.State.AWARDED:
        return Stage.AWARDED
    return Stage.REACHED if campaign.reached_at else Stage.RUNNING


@transaction.atomic
def withdraw_campaign(*, campaign: Campaign, reason: str, by: User, now: datetime) -> Withdrawal:
    """End a campaign because its promoter wishes so; everything goes back to the donors and the fund.

    Before the opening and below the threshold it happens at once. Above it an officer acknowledges it first; with a
    grant awarded it is a waiver, which the act that takes the grant back completes. Raise ReasonMissing, and WrongState
    when the campaign is over or this has been asked already.
    """
    if not reason.strip():
        raise ReasonMissing
    fund, campaign = lock_campaign(campaign)
    if campaign.status not in WITHDRAWABLE or Withdrawal.objects.filter(campaign=campaign).exists():
        raise WrongState(f"{campaign.slug} is {campaign.status}")
    grant = Grant.objects.select_for_update(no_key=True).filter(campaign=campaign).first()
    stage = stage_of(campaign, grant)
    if stage == Stage.RUNNING and balance(Account.Kind.PAID_OUT, campaign=campaign):
        raise WrongState(f"the gifts of {campaign.slug} are with its promoter's bank")
    at_once = stage in (Stage.BEFORE_OPENING, Stage.RUNNING)
    withdrawal = Withdrawal.objects.create(
        campaign=campaign,
        stage=stage,
        state=State.DONE if at_once else State.ASKED,
        reason=reason.strip(),
        asked_by=by,
        asked_at=now,
        done_at=now if at_once else None,
    )
    if at_once:
        _end(withdrawal, campaign, fund, grant, now)
    else:
        mark_waiver(campaign=campaign, asked_at=now)
        tell_promoter(campaign, "withdrawal_asked", {"withdrawal": withdrawal}, now)
    return withdrawal


@transaction.atomic
def acknowledge_withdrawal(*, withdrawal: Withdrawal, by: User, now: datetime) -> Withdrawal:
    """Take note, as an officer, that a campaign above its threshold is withdrawn before its grant was awarded.

    Raise OwnBody, WaitsForAct when the grant is awarded, WrongState when there is nothing to acknowledge.
    """
    _fund, campaign = lock_campaign(withdrawal.campaign)
    refuse_own_body(campaign.organization, by)
    withdrawal = Withdrawal.objects.select_for_update(no_key=True, of=("self",)).get(pk=withdrawal.pk)
    if withdrawal.state != State.ASKED:
        raise WrongState(f"withdrawal of {campaign.slug} is {withdrawal.state}")
    if withdrawal.stage == Stage.AWARDED:
        raise WaitsForAct(campaign.slug)
    return complete_withdrawal(withdrawal=withdrawal, campaign=campaign, by=by, now=now)


def complete_withdrawal(*, withdrawal: Withdrawal, campaign: Campaign, by: User, now: datetime) -> Withdrawal:
    """Carry out a withdrawal the municipality has answered; the caller holds fund and campaign locked."""
    withdrawal.state = State.DONE
    withdrawal.acknowledged_by = by
    withdrawal.done_at = now
    withdrawal.save(update_fields=["state", "acknowledged_by", "done_at"])
    mark_waiver(campaign=campaign, asked_at=None)
    grant = Grant.objects.select_for_update(no_key=True).filter(campaign=campaign).first()
    _end(withdrawal, campaign, campaign.fund, grant, now)
    return withdrawal


def _end(withdrawal: Withdrawal, campaign: Campaign, fund: Fund, grant: Grant | None, now: datetime) -> None:
    """Owe every gift back, return what was set aside, close the campaign for good and write to everybody.

    After a payout only what is still at Stripe goes back, in the order of the gifts; an officer sees the rest. What was
    given outside the site never was at Stripe: the promoter owes it back whatever has been paid out.
    """
    paid_out = balance(Account.Kind.PAID_OUT, campaign=campaign)
    tell_promoter(campaign, "campaign_withdrawn", {"withdrawal": withdrawal, "paid_out_cents": paid_out}, now)
    if paid_out:
        # What has left for the promoter's bank cannot go back from here: giving it back is the promoter's duty.
        for donation in owe_refunds_that_money_reaches(campaign=campaign, now=now):
            _tell_donor(donation, campaign, now)
        owe_offline_gifts(campaign=campaign, reason=OfflineDonation.ReturnReason.WITHDRAWN, now=now)
        return_grant(grant, campaign, fund, now)
        return
    end_cure(campaign=campaign, state=Cure.State.LAPSED, now=now)
    raised = raised_cents(campaign)
    donors = list(campaign.donations.settled().order_by("pk"))
    owe_refunds_of_campaign(campaign=campaign, reason=Reversal.Reason.WITHDRAWN, now=now)
    owe_offline_gifts(campaign=campaign, reason=OfflineDonation.ReturnReason.WITHDRAWN, now=now)
    return_grant(grant, campaign, fund, now)
    mark_withdrawn(campaign=campaign, reason=withdrawal.reason, raised_cents=raised, now=now)
    for donation in donors:
        _tell_donor(donation, campaign, now)


def _tell_donor(donation: Donation, campaign: Campaign, now: datetime) -> None:
    """Write to one donor that the campaign is withdrawn and the gift comes back."""
    queue_mail(
        key=f"donation_withdrawn:{donation.pk}",
        topic=campaign.call.mail_topic,
        recipient=donation.email,
        template="donation_withdrawn",
        context={"donation": donation, "campaign": campaign},
        language=donation.language,
        now=now,
    )
