from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from accounts.services import refuse_own_body
from campaigns.models import Campaign
from campaigns.services import WrongState, mark_cure
from donations.services import basis_cents, update_reached
from ledger.models import Account, Entry
from ledger.services import account, post
from matching.models import Cure, CurePayment, Grant
from matching.services.campaign import lock_campaign, refuse_other_sum

Kind = Account.Kind
Status = Campaign.Status


class NotAllowed(Exception):
    """Say that the call does not let the promoter restore the threshold, or that no money is missing."""


class EvidenceMissing(Exception):
    """Say that a payment of the promoter needs the evidence an officer has seen."""


def may_be_cured(campaign: Campaign, grant: Grant | None, now: datetime) -> bool:
    """Say whether a closing campaign below its threshold, locked by the caller, has days to restore it.

    Only one that had reached it, and not when its grant has been refused or taken back meanwhile.
    """
    if campaign.first_reached_at is None or not campaign.call.cure_days:
        return False
    if grant and grant.state in Grant.OVER:
        return False
    return campaign.cure_until is None or now < campaign.cure_until


def begin_cure(*, campaign: Campaign, now: datetime) -> Cure:
    """Give a closing campaign, locked by the caller, its days to restore the threshold; they are counted once."""
    until = campaign.cure_until or now + timedelta(days=campaign.call.cure_days)
    mark_cure(campaign=campaign, until=until, now=now)
    cure, created = Cure.objects.get_or_create(
        campaign=campaign,
        defaults={"missing_cents": _missing(campaign), "started_at": now, "until": until},
    )
    if not created:
        cure.state = Cure.State.OPEN
        cure.ended_at = None
        cure.save(update_fields=["state", "ended_at"])
    return cure


def end_cure(*, campaign: Campaign, state: Cure.State, now: datetime) -> None:
    """Write how the days of a campaign ended, if it had any; what the promoter had paid in stops counting on failure."""
    cure = Cure.objects.filter(campaign=campaign, state=Cure.State.OPEN).first()
    if cure is None:
        return
    cure.state = state
    cure.ended_at = now
    cure.save(update_fields=["state", "ended_at"])
    paid = cure.payments.aggregate(total=Sum("amount_cents", default=0))["total"]
    if state == Cure.State.LAPSED and paid:
        # The money has never left the promoter's bank: it only stops counting.
        _post(campaign, -paid, f"cure_lapsed:{cure.pk}", now)


@transaction.atomic
def record_cure_payment(
    *, cure: Cure, amount_cents: int, evidence: str, by: User, now: datetime
) -> CurePayment:
    """Count a traced payment with which the promoter makes up what is missing, because an officer has seen the proof.

    It has to be exactly what is missing, in cents. Raise EvidenceMissing, OwnBody, WrongState when the days are over,
    NotAllowed when the call does not admit it or no money is missing, OtherSum when another sum is missing by now.
    """
    if not evidence.strip():
        raise EvidenceMissing
    _fund, campaign = lock_campaign(cure.campaign)
    refuse_own_body(campaign.organization, by)
    if campaign.status != Status.CURE or not campaign.is_open(now):
        raise WrongState(f"{campaign.slug} is {campaign.status}")
    missing = _missing(campaign)
    if not campaign.call.promoter_may_cure or not missing:
        raise NotAllowed(campaign.slug)
    refuse_other_sum(amount_cents, missing)
    payment = CurePayment.objects.create(
        cure=cure, amount_cents=missing, evidence=evidence.strip()[:500], recorded_by=by, recorded_at=now
    )
    _post(campaign, missing, f"cure:{payment.pk}", now, by=by, reason=payment.evidence)
    update_reached(campaign=campaign, now=now)
    return payment


def _missing(campaign: Campaign) -> int:
    """Return what a campaign lacks to its threshold by the call's own count, in cents."""
    return max(campaign.threshold_cents - basis_cents(campaign), 0)


def _post(
    campaign: Campaign, cents: int, key: str, now: datetime, by: User | None = None, reason: str = ""
) -> None:
    """Count money that stands at the promoter's bank; negative cents stop counting it."""
    post(
        key=key,
        kind=Entry.Kind.OFFLINE if cents > 0 else Entry.Kind.RECOUNT,
        postings=[
            (account(Kind.OFFLINE, campaign=campaign), cents),
            (account(Kind.DONORS, campaign=campaign), -cents),
        ],
        now=now,
        by=by,
        reason=reason,
    )
