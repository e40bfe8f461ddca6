from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.services import refuse_own_body
from campaigns.models import Campaign
from ledger.models import Account, Entry
from ledger.services import account, post
from matching.models import AdministrativeAct, Grant, GrantOffer, Revocation, Withdrawal
from matching.services.act import ActMissing, record_act
from matching.services.campaign import lock_campaign, tell_promoter
from matching.services.keeping import open_leaving
from matching.services.shortfall import close_shortfalls
from matching.services.withdrawal import complete_withdrawal

Kind = Account.Kind
State = Revocation.State
Status = Campaign.Status


class NotRevocable(Exception):
    """Say that a grant is not in a state in which it can be taken back."""


class SamePerson(Exception):
    """Say that who proposed a revocation cannot confirm it: two officers take a grant back."""


@transaction.atomic
def propose_revocation(
    *, grant: Grant, cause: Revocation.Cause, reason: str, by: User, now: datetime
) -> Revocation:
    """Propose, as one officer and with a reason, that a grant be refused or taken back; nothing moves yet.

    Raise ActMissing without a reason, OwnBody, NotRevocable when the grant is over or another proposal is open.
    """
    if not reason.strip():
        raise ActMissing
    _fund, campaign = lock_campaign(grant.campaign)
    refuse_own_body(campaign.organization, by)
    grant = Grant.objects.select_for_update(no_key=True).get(pk=grant.pk)
    if grant.state in Grant.OVER or grant.revocations.proposed().exists():
        raise NotRevocable(str(grant.pk))
    return Revocation.objects.create(
        grant=grant, cause=cause, reason=reason.strip(), proposed_by=by, proposed_at=now
    )


@transaction.atomic
def drop_revocation(*, revocation: Revocation, reason: str, by: User, now: datetime) -> Revocation:
    """Drop a proposal that is not followed, and say why; who made it may drop it too.

    Raise ActMissing without a reason, OwnBody, NotRevocable when it is decided already.
    """
    if not reason.strip():
        raise ActMissing
    refuse_own_body(revocation.grant.campaign.organization, by)
    revocation = _proposed(revocation)
    revocation.drop_reason = reason.strip()
    revocation.state = State.DROPPED
    revocation.decided_by = by
    revocation.decided_at = now
    revocation.save(update_fields=["state", "decided_by", "decided_at", "drop_reason"])
    return revocation


@transaction.atomic
def confirm_revocation(
    *, revocation: Revocation, act_number: str, act_date: date, office: str, by: User, now: datetime
) -> Revocation:
    """Take a grant back by a reasoned act, as a second officer: its money is the fund's again.

    A promoter who waived it withdraws the campaign with that; otherwise donors may leave for some days, since the
    project they gave to has changed. Raise SamePerson, OwnBody, ActMissing, NotRevocable.
    Source: L. 241/1990 art. 21-quinquies and 21-nonies.
    """
    _fund, campaign = lock_campaign(revocation.grant.campaign)
    refuse_own_body(campaign.organization, by)
    revocation = _proposed(revocation)
    if revocation.proposed_by_id == by.pk:
        raise SamePerson(str(revocation.pk))
    act = record_act(number=act_number, day=act_date, office=office, by=by, now=now)
    revocation.state = State.CONFIRMED
    revocation.decided_by = by
    revocation.decided_at = now
    revocation.act = act
    revocation.save(update_fields=["state", "decided_by", "decided_at", "act"])
    _take_back(revocation, act, by, now)
    return revocation


def _proposed(revocation: Revocation) -> Revocation:
    """Return a proposal, locked, or raise NotRevocable."""
    revocation = Revocation.objects.select_for_update(no_key=True, of=("self",)).get(pk=revocation.pk)
    if revocation.state != State.PROPOSED:
        raise NotRevocable(str(revocation.pk))
    return revocation


def _take_back(revocation: Revocation, act: AdministrativeAct, by: User, now: datetime) -> None:
    """Move the money back to the fund and write what that means for grant, campaign and donors."""
    fund, campaign = lock_campaign(revocation.grant.campaign)
    grant = Grant.objects.select_for_update(no_key=True).get(campaign=campaign)
    if grant.state in Grant.OVER:
        raise NotRevocable(str(grant.pk))
    awarded = grant.state == Grant.State.AWARDED
    source = Kind.AWARDED if awarded else Kind.RESERVED
    grant.offers.open().update(status=GrantOffer.Status.LAPSED, ended_at=now)
    total = grant.total_cents
    if total:
        post(
            key=f"revocation:{revocation.pk}",
            kind=Entry.Kind.REVOCATION,
            postings=[
                (account(Kind.AVAILABLE, fund=fund), total),
                (account(source, fund=fund, campaign=campaign), -total),
            ],
            now=now,
            by=by,
            reason=f"{act}: {revocation.reason}"[:500],
        )
    grant.state = Grant.State.REVOKED if awarded else Grant.State.REFUSED
    grant.revoked_at = now if awarded else None
    grant.refused_at = None if awarded else now
    grant.save(update_fields=["state", "revoked_at", "refused_at"])
    close_shortfalls(grant=grant, now=now)
    withdrawal = Withdrawal.objects.asked().filter(campaign=campaign).first()
    if withdrawal:
        complete_withdrawal(withdrawal=withdrawal, campaign=campaign, by=by, now=now)
    elif campaign.status in (Status.OPEN, Status.CLOSING, Status.CURE, Status.SUCCEEDED):
        open_leaving(campaign, revocation.reason, by, now)
    tell_promoter(campaign, "grant_revoked", {"revocation": revocation, "act": act}, now)
