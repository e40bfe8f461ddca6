"""Opening, matching and settling campaigns: every change to grants happens in a function of this module.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction. Locks are taken
in one order everywhere: fund, campaign, donation; so no two campaigns can award the same money.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.services import queue_mail_to_members
from calls.models import Call, Fund
from campaigns.models import Campaign
from campaigns.services import mark_closing, mark_open, mark_opening_refused, mark_refunded, mark_settled
from donations.models import ConnectedAccount
from donations.services import owe_refunds_of_failed_campaign
from ledger.models import Account, Entry, Posting
from ledger.services import account, allocate_fund, balance, post, raised_cents
from matching import rules
from matching.models import AuditRun, Grant

Kind = Account.Kind
Refusal = Campaign.OpeningRefusal
Status = Campaign.Status

#: States of a campaign in which its grant may be awarded.
RELEASING = (Status.OPEN, Status.CLOSING, Status.SUCCEEDED)


class GrantAwarded(Exception):
    """Say that a campaign an officer has ended holds an award: only a reasoned act takes that back."""


@transaction.atomic
def open_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """Open a scheduled campaign at its time, setting the municipality's share aside where the call says so.

    A campaign whose grant the fund does not cover, or whose organization cannot receive gifts, stays scheduled and says
    why; a campaign that is not due any more is left alone.
    """
    fund, campaign = _locked(campaign)
    if not Campaign.objects.opening_due(now).filter(pk=campaign.pk).exists():
        return campaign
    ready = ConnectedAccount.objects.filter(organization=campaign.organization, ready_at__isnull=False)
    if not ready.exists():
        mark_opening_refused(campaign=campaign, refusal=Refusal.PAYMENTS_NOT_READY, now=now)
        return campaign
    if campaign.call.reservation_mode == Call.ReservationMode.RESERVED:
        allocate_fund(fund=fund, now=now)
        if balance(Kind.AVAILABLE, fund=fund) < campaign.grant_due_cents:
            mark_opening_refused(campaign=campaign, refusal=Refusal.GRANT_NOT_COVERED, now=now)
            return campaign
        _reserve(campaign, fund, now)
    mark_open(campaign=campaign, now=now)
    return campaign


@transaction.atomic
def release_grant(*, campaign: Campaign, now: datetime) -> Grant | None:
    """Award the municipality's share to a campaign that has reached its threshold; a repetition changes nothing.

    The raised sum is read again under the lock. When the fund is short, the call's policy decides between a part and
    waiting. Return the grant, or None when the threshold is not reached any more or the campaign is suspended.
    """
    fund, campaign = _locked(campaign)
    grant = Grant.objects.select_for_update(no_key=True).filter(campaign=campaign).first()
    if grant and grant.state in (Grant.State.AWARDED, Grant.State.RETURNED):
        return grant
    raised = raised_cents(campaign)
    reached = campaign.reached_at is not None and rules.has_reached(raised, campaign.threshold_cents)
    if campaign.status not in RELEASING or campaign.suspended_at or not reached:
        return None
    return _decide_grant(grant, campaign, fund, raised, now)


@transaction.atomic
def close_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """End the giving at the deadline; the outcome follows when no payment is under way any more."""
    _fund, campaign = _locked(campaign)
    if Campaign.objects.closing_due(now).filter(pk=campaign.pk).exists():
        mark_closing(campaign=campaign)
    return campaign


@transaction.atomic
def settle_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """Decide the outcome of a closing campaign with no payment under way: succeeded, or everything goes back.

    A grant once awarded is a right that only a reasoned act takes back, so its campaign succeeds whatever is refunded
    after the award. Source: L. 241/1990 art. 21-quinquies and 21-nonies.
    """
    fund, campaign = _locked(campaign)
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
        _decide_grant(grant, campaign, fund, raised, now)
    _succeed(campaign, raised, now)
    return campaign


def record_audit(*, found: Mapping[str, Sequence[Sequence[object]]], now: datetime) -> AuditRun:
    """Keep the result of an audit: the offending rows of every check, by its name."""
    broken = {name: [[str(value) for value in row] for row in rows] for name, rows in found.items() if rows}
    return AuditRun.objects.create(ran_at=now, is_balanced=not broken, broken=broken)


def _decide_grant(grant: Grant | None, campaign: Campaign, fund: Fund, raised: int, now: datetime) -> Grant:
    """Award what the rules give to a campaign that has reached its threshold, or let it wait for the fund."""
    allocate_fund(fund=fund, now=now)
    reserved = balance(Kind.RESERVED, fund=fund, campaign=campaign)
    available = balance(Kind.AVAILABLE, fund=fund) + reserved
    partial = campaign.call.partial_policy == Call.PartialPolicy.AUTO
    amount = rules.grant_cents(campaign.grant_due_cents, available, partial_allowed=partial)
    grant = grant or _new_grant(campaign, fund)
    if amount == 0:
        return _wait(grant, now)
    _award(grant, campaign, amount, reserved, raised, available, now)
    return grant


def _reserve(campaign: Campaign, fund: Fund, now: datetime) -> None:
    """Set a campaign's grant aside."""
    amount = campaign.grant_due_cents
    if amount == 0:
        return
    grant = _new_grant(campaign, fund)
    grant.state = Grant.State.RESERVED
    grant.amount_cents = amount
    grant.reserved_at = now
    grant.save()
    post(
        key=f"reservation:{campaign.pk}",
        kind=Entry.Kind.RESERVATION,
        postings=[
            (account(Kind.RESERVED, fund=fund, campaign=campaign), amount),
            (account(Kind.AVAILABLE, fund=fund), -amount),
        ],
        now=now,
    )


def _new_grant(campaign: Campaign, fund: Fund) -> Grant:
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
    _tell(campaign, "grant_awarded", {"grant": grant}, now)


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
    _tell(campaign, "campaign_succeeded", {"raised_cents": raised}, now)


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
    if balance(Kind.REFUNDS_OWED, campaign=campaign) == 0:
        mark_refunded(campaign=campaign)
    _tell(campaign, "campaign_failed", {"raised_cents": raised}, now)


def _tell(campaign: Campaign, template: str, facts: dict[str, object], now: datetime) -> None:
    """Write to the members of the promoter, once per campaign."""
    queue_mail_to_members(
        organization=campaign.organization,
        key=f"{template}:{campaign.pk}",
        template=template,
        context={"campaign": campaign, **facts},
        now=now,
    )


def _locked(campaign: Campaign) -> tuple[Fund, Campaign]:
    """Lock a campaign's fund, then the campaign, and return both as they are now."""
    fund = Fund.objects.select_for_update(no_key=True).get(pk=campaign.fund.pk)
    locked = Campaign.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "application__call", "application__session__fund", "application__organization"
    )
    return fund, locked.get(pk=campaign.pk)
