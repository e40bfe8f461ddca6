"""Gifts outside the site that have to go back: the promoter gives them back and proves it, an officer checks the proof."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from campaigns.models import Campaign
from campaigns.services import WrongState
from donations.models import Evidence, OfflineDonation, OfflineReturn
from donations.services.counting import recount, stand
from donations.services.evidence import EvidenceUnusable, is_unused
from donations.services.offline import (
    end_offline,
    lapse_offline_donations,
    lock_offline,
    refuse_own,
    tell_donor,
    tell_members,
)
from donations.services.reconciliation import ReasonMissing
from donations.services.reversal import update_reached
from donations.services.standing import close_when_refunded
from ledger.models import Account, Entry
from ledger.services import account, post

Kind = Account.Kind
Proof = OfflineReturn.Status
Reason = OfflineDonation.ReturnReason
Status = OfflineDonation.Status


class ReturnedTooEarly(Exception):
    """Say that a gift went back before it was received, or on a day that is still to come."""


def owe_offline_gifts(*, campaign: Campaign, reason: str, now: datetime) -> None:
    """Make the promoter owe every verified gift outside the site back; the caller holds the campaign locked.

    It is called before the outcome is written, so that the gifts leave from where they stand. What nobody has verified
    lapses.
    """
    lapse_offline_donations(campaign=campaign, now=now)
    gifts = list(campaign.offline_donations.verified().select_for_update(no_key=True, of=("self",)))
    if not gifts:
        return
    counted = sum(gift.counted_cents for gift in gifts)
    uncounted = sum(gift.uncounted_cents for gift in gifts)
    source = Kind.PROMOTER if campaign.status == Campaign.Status.SUCCEEDED else Kind.DONORS
    steps = [(source, counted), (Kind.UNCOUNTED, uncounted), (Kind.OFFLINE_OWED, -counted - uncounted)]
    for gift in gifts:
        gift.counted_cents = gift.uncounted_cents = 0
        _mark_due(gift, reason, now)
        tell_donor(gift, campaign, "offline_gift_owed", now)
    post(
        key=f"failure_offline:{campaign.pk}",
        kind=Entry.Kind.FAILURE,
        postings=[(account(kind, campaign=campaign), cents) for kind, cents in steps if cents],
        now=now,
    )
    _tell_owed(campaign, gifts, "offline_returns_due", f":{campaign.pk}", now)


@transaction.atomic
def owe_offline_return(*, gift: OfflineDonation, reason: str, by: User, now: datetime) -> OfflineDonation:
    """Decide, as an officer and with a reason, that the promoter gives one verified gift back; it counts no more.

    Raise WrongState, OwnEntry, OwnBody, ReasonMissing.
    """
    campaign, gift = lock_offline(gift, Status.VERIFIED)
    refuse_own(gift, by)
    if not reason.strip():
        raise ReasonMissing
    kept = gift.kept_cents
    postings = stand(gift, campaign, leaving_cents=kept)
    _mark_due(gift, Reason.OFFICER, now)
    post(
        key=f"offline_owed:{gift.pk}",
        kind=Entry.Kind.REFUND_OWED,
        postings=[*postings, (account(Kind.OFFLINE_OWED, campaign=campaign), -kept)],
        now=now,
        by=by,
        reason=reason.strip()[:500],
    )
    recount(gift, campaign, now=now, by=by, reason=reason.strip()[:500])
    update_reached(campaign=campaign, now=now)
    tell_donor(gift, campaign, "offline_gift_owed", now)
    _tell_owed(campaign, [gift], "offline_returns_due", f":gift-{gift.pk}", now)
    return gift


@transaction.atomic
def annul_offline_donation(*, gift: OfflineDonation, reason: str, by: User, now: datetime) -> OfflineDonation:
    """Take a gift out of the books because its money never came: a cheque without cover, a transfer recalled.

    That may turn out after the campaign has failed, too: then the promoter owes it no more, and a proof of its return that
    waits is refused with the same reason. Raise WrongState, OwnEntry, OwnBody, ReasonMissing.
    """
    campaign, gift = lock_offline(gift, Status.VERIFIED, Status.RETURN_DUE)
    refuse_own(gift, by)
    if not reason.strip():
        raise ReasonMissing
    is_owed = gift.status == Status.RETURN_DUE
    gone = gift.proved_cents if is_owed else gift.kept_cents
    postings = (
        [(account(Kind.OFFLINE_OWED, campaign=campaign), gone)]
        if is_owed
        else stand(gift, campaign, leaving_cents=gone)
    )
    end_offline(gift, Status.ANNULLED, now, by=by, reason=reason)
    for proof in gift.returns.filter(status=Proof.GIVEN):
        _decide(proof, gift, Proof.REFUSED, gift.ended_reason, by, now)
    post(
        key=f"offline_annulled:{gift.pk}",
        kind=Entry.Kind.OFFLINE_REFUND,
        postings=[*postings, (account(Kind.OFFLINE, campaign=campaign), -gone)],
        now=now,
        by=by,
        reason=gift.ended_reason,
    )
    if is_owed:
        close_when_refunded(campaign)
    else:
        recount(gift, campaign, now=now, by=by, reason=gift.ended_reason)
        update_reached(campaign=campaign, now=now)
    tell_members(campaign, "offline_gift_refused", f":{gift.pk}", {"gift": gift}, now)
    return gift


@transaction.atomic
def give_return_proof(
    *, gift: OfflineDonation, returned_on: date, evidence: Evidence, today: date, by: User, now: datetime
) -> OfflineReturn:
    """Hand in, as its promoter, the proof that a gift was given back.

    Raise WrongState when it is not owed or a proof is being checked, ReturnedTooEarly, EvidenceUnusable.
    """
    campaign, gift = lock_offline(gift, Status.RETURN_DUE)
    if gift.returns.filter(status=Proof.GIVEN).exists():
        raise WrongState(gift.pk)
    if not gift.received_on <= returned_on <= today:
        raise ReturnedTooEarly(gift.received_on)
    if not is_unused(evidence, campaign):
        raise EvidenceUnusable(evidence.pk)
    return OfflineReturn.objects.create(
        donation=gift, returned_on=returned_on, evidence=evidence, given_by=by, given_at=now
    )


@transaction.atomic
def accept_return(*, proof: OfflineReturn, by: User, now: datetime) -> OfflineReturn:
    """Write, as an officer who has checked the proof, that a gift is back with its donor: nothing of it is owed any more.

    Raise WrongState, OwnEntry, OwnBody.
    """
    campaign, gift = lock_offline(proof.donation, Status.RETURN_DUE)
    proof = _decide(proof, gift, Proof.ACCEPTED, "", by, now)
    gift.status = Status.RETURNED
    gift.ended_at = now
    gift.ended_by = by
    gift.save(update_fields=["status", "ended_at", "ended_by"])
    post(
        key=f"offline_return:{gift.pk}",
        kind=Entry.Kind.OFFLINE_REFUND,
        postings=[
            (account(Kind.OFFLINE_OWED, campaign=campaign), gift.proved_cents),
            (account(Kind.OFFLINE, campaign=campaign), -gift.proved_cents),
        ],
        now=now,
        by=by,
    )
    close_when_refunded(campaign)
    return proof


@transaction.atomic
def refuse_return(*, proof: OfflineReturn, reason: str, by: User, now: datetime) -> OfflineReturn:
    """Refuse, as an officer, a proof that does not convince: the gift stays owed, the promoter reads why.

    Raise WrongState, OwnEntry, OwnBody, ReasonMissing.
    """
    campaign, gift = lock_offline(proof.donation, Status.RETURN_DUE)
    if not reason.strip():
        raise ReasonMissing
    proof = _decide(proof, gift, Proof.REFUSED, reason.strip()[:500], by, now)
    tell_members(campaign, "offline_return_refused", f":{proof.pk}", {"gift": gift, "proof": proof}, now)
    return proof


@transaction.atomic
def remind_of_returns(*, campaign: Campaign, now: datetime) -> None:
    """Write again to a promoter who owes gifts outside the site back; each reminder once, one mail for all gifts."""
    campaign = Campaign.objects.select_for_update(no_key=True, of=("self",)).get(pk=campaign.pk)
    due = list(campaign.offline_donations.reminder_due(now))
    for gift in due:
        # A server that stood still for weeks sends one reminder, not all that it missed.
        gift.reminders = gift.reminders_due(now)
        gift.save(update_fields=["reminders"])
    if due:
        still = list(campaign.offline_donations.without_proof())
        # By a gift and its own number, which never comes twice.
        suffix = f":{campaign.pk}:{due[0].pk}:{due[0].reminders}"
        _tell_owed(campaign, still, "offline_returns_reminder", suffix, now)


def _mark_due(gift: OfflineDonation, reason: str, now: datetime) -> None:
    """Write into a gift, locked by the caller, that its promoter has to give it back."""
    gift.status = Status.RETURN_DUE
    gift.return_due_at = now
    gift.return_reason = reason
    gift.save(update_fields=["status", "return_due_at", "return_reason", "counted_cents", "uncounted_cents"])


def _decide(
    proof: OfflineReturn, gift: OfflineDonation, status: str, reason: str, by: User, now: datetime
) -> OfflineReturn:
    """Write an officer's word about a proof; the caller holds the gift locked."""
    refuse_own(gift, by)
    proof = OfflineReturn.objects.get(pk=proof.pk)
    if proof.status != Proof.GIVEN:
        raise WrongState(proof.pk)
    proof.status = status
    proof.reason = reason
    proof.decided_at = now
    proof.decided_by = by
    proof.save(update_fields=["status", "reason", "decided_at", "decided_by"])
    return proof


def _tell_owed(
    campaign: Campaign, gifts: list[OfflineDonation], template: str, suffix: str, now: datetime
) -> None:
    """Write to the promoter which gifts are to be given back, and how much that is."""
    total = sum(gift.proved_cents for gift in gifts)
    tell_members(campaign, template, suffix, {"gifts": gifts, "total_cents": total}, now)
