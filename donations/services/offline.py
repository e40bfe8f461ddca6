"""Gifts that went straight to the promoter's bank: entered by the promoter, counted when an officer has verified them."""

import uuid
from datetime import date, datetime
from typing import TypedDict

from django.db import transaction
from django.utils.timezone import get_default_timezone

from accounts.models import User
from accounts.services import queue_mail, queue_mail_to_members, refuse_own_body
from campaigns.models import Campaign
from campaigns.services import WrongState
from donations import rules
from donations.models import Evidence, OfflineDonation, Party
from donations.services.counting import limit_of, stand
from donations.services.evidence import EvidenceUnusable, is_unused
from donations.services.gift import CampaignNotOpen, GiftTooSmall
from donations.services.party import carry_word
from donations.services.payment import COUNTING
from donations.services.reconciliation import ReasonMissing
from donations.services.reversal import update_reached
from ledger.models import Account, Entry
from ledger.services import account, post

Kind = Account.Kind
Status = OfflineDonation.Status

#: For so many working days after the end of the giving the outcome waits for an officer's word.
GRACE_DAYS = 10


class NotTaken(Exception):
    """Say that the call takes no gifts outside the site."""


class DonorUnknown(Exception):
    """Say that the call limits or counts donors, and neither address nor tax code tells whose gift it is."""


class ReceivedOutside(Exception):
    """Say that a gift was not received within the campaign; carries the first and the last day that count."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(first, last)
        self.first = first
        self.last = last


class MoreThanEntered(Exception):
    """Say that nothing, or more than the promoter has entered, should be verified; carries the most, in cents."""


class OwnEntry(Exception):
    """Say that the person entered the gift: somebody else decides."""


class FormOfAnother(Exception):
    """Say that a form was sent before, for another campaign: only a new form makes a gift."""


class Entered(TypedDict):
    """What a promoter says of a gift; the amount in cents."""

    method: str
    name: str
    email: str
    tax_code: str
    amount_cents: int
    received_on: date


@transaction.atomic
def enter_offline_donation(
    *,
    campaign: Campaign,
    gift: Entered,
    evidence: Evidence,
    by: User,
    now: datetime,
    public_id: uuid.UUID | None = None,
) -> OfflineDonation:
    """Write down, as its promoter, a gift that reached the campaign's bank account; it counts once an officer verifies it.

    It may be entered until the end of the giving; the same form sent twice, told by its `public_id`, is one gift. Raise
    FormOfAnother, NotTaken, CampaignNotOpen, GiftTooSmall, ReceivedOutside, DonorUnknown and EvidenceUnusable. Source: only
    traceable gifts, which an officer has verified, carry a public share.
    """
    campaign = _locked(campaign)
    repeated = OfflineDonation.objects.filter(public_id=public_id).first() if public_id else None
    if repeated and repeated.campaign_id != campaign.pk:
        raise FormOfAnother(public_id)
    if repeated:
        return repeated
    _refuse_entry(campaign, gift, now)
    if not is_unused(evidence, campaign):
        raise EvidenceUnusable(evidence.pk)
    return OfflineDonation.objects.create(
        public_id=public_id or uuid.uuid4(),
        campaign=campaign,
        evidence=evidence,
        entered_by=by,
        entered_at=now,
        email_key=rules.email_key(gift["email"]),
        **gift,
    )


def _refuse_entry(campaign: Campaign, gift: Entered, now: datetime) -> None:
    """Raise what stands in the way of a gift by the rules of its call and of its campaign."""
    call = campaign.call
    if not call.offline_share_bp:
        raise NotTaken(call.slug)
    if not campaign.is_open(now):
        raise CampaignNotOpen(campaign.slug)
    if gift["amount_cents"] < call.minimum_gift_cents:
        raise GiftTooSmall(call.minimum_gift_cents)
    first, last = received_days(campaign, now)
    if not first <= gift["received_on"] <= last:
        raise ReceivedOutside(first, last)
    if needs_donor(campaign) and not (gift["email"] or gift["tax_code"]):
        raise DonorUnknown(campaign.slug)


@transaction.atomic
def withdraw_offline_donation(*, gift: OfflineDonation, by: User, now: datetime) -> OfflineDonation:
    """Take back, as its promoter, a gift no officer has decided about. Raise WrongState."""
    _campaign, gift = lock_offline(gift, Status.ENTERED)
    return end_offline(gift, Status.WITHDRAWN, now, by=by)


@transaction.atomic
def verify_offline_donation(
    *, gift: OfflineDonation, verified_cents: int, party: str, note: str, by: User, now: datetime
) -> OfflineDonation:
    """Count a gift outside the site because an officer has seen its proof; it may be less than the promoter entered.

    Those entered in time may be verified until the outcome is decided. What is above the call's share of the threshold,
    or its limit for one donor, is kept but does not count. Who gives, in the officer's word, holds for the donor's other
    gifts too, also for those that were settled before. Raise WrongState, OwnEntry, OwnBody, ReasonMissing, MoreThanEntered.
    """
    campaign, gift = lock_offline(gift, Status.ENTERED)
    if campaign.status not in COUNTING:
        raise WrongState(f"{campaign.slug} is {campaign.status}")
    refuse_own(gift, by)
    if not note.strip():
        raise ReasonMissing
    if not 0 < verified_cents <= gift.amount_cents:
        raise MoreThanEntered(gift.amount_cents)
    gift.status = Status.VERIFIED
    gift.verified_at = now
    gift.verified_by = by
    gift.verified_cents = verified_cents
    gift.note = note.strip()[:500]
    gift.party = Party(party)
    postings = stand(gift, campaign, leaving_cents=-verified_cents)
    gift.save()
    post(
        key=f"offline:{gift.pk}",
        kind=Entry.Kind.OFFLINE,
        postings=[(account(Kind.OFFLINE, campaign=campaign), verified_cents), *postings],
        now=now,
        by=by,
        reason=gift.note,
    )
    carry_word(gift, campaign, by=by, now=now)
    update_reached(campaign=campaign, now=now)
    tell_donor(gift, campaign, "offline_gift_verified", now)
    return gift


@transaction.atomic
def refuse_offline_donation(
    *, gift: OfflineDonation, reason: str, by: User, now: datetime
) -> OfflineDonation:
    """Refuse, as an officer, a gift whose proof does not convince; its promoter reads the reason.

    Raise WrongState, OwnEntry, OwnBody, ReasonMissing.
    """
    campaign, gift = lock_offline(gift, Status.ENTERED)
    refuse_own(gift, by)
    if not reason.strip():
        raise ReasonMissing
    end_offline(gift, Status.REFUSED, now, by=by, reason=reason)
    tell_members(campaign, "offline_gift_refused", f":{gift.pk}", {"gift": gift}, now)
    return gift


def outcome_waits_for_offline(campaign: Campaign, now: datetime) -> bool:
    """Say whether an officer still has days to verify what was entered before the end of the giving."""
    # Who restores a threshold gives after the cost was once covered.
    ended_at = campaign.cure_until or campaign.covered_at or campaign.closes_at
    if ended_at is None or now >= rules.working_days_after(ended_at, GRACE_DAYS, get_default_timezone()):
        return False
    return campaign.offline_donations.entered().exists()


def lapse_offline_donations(*, campaign: Campaign, now: datetime) -> None:
    """End what nobody verified before the outcome of a campaign the caller has locked; its promoter gets one mail."""
    entered = list(campaign.offline_donations.entered().select_for_update(no_key=True, of=("self",)))
    for gift in entered:
        end_offline(gift, Status.LAPSED, now)
    if entered:
        tell_members(campaign, "offline_gifts_lapsed", f":{campaign.pk}", {"gifts": entered}, now)


def needs_donor(campaign: Campaign) -> bool:
    """Say whether the call limits what counts of one donor, or counts donors: then each gift has to be somebody's."""
    return limit_of(campaign) is not None or bool(campaign.call.min_donors)


def received_days(campaign: Campaign, now: datetime) -> tuple[date, date]:
    """Return the first and the last day on which a gift to an open campaign may have been received."""
    if campaign.opened_at is None or campaign.gifts_until is None:
        raise CampaignNotOpen(campaign.slug)
    return rules.received_days(campaign.opened_at, campaign.gifts_until, now, get_default_timezone())


def lock_offline(gift: OfflineDonation, *states: str) -> tuple[Campaign, OfflineDonation]:
    """Lock a gift's campaign, then the gift, and return both as they are now. Raise WrongState in any other state."""
    campaign = _locked(gift.campaign)
    gift = OfflineDonation.objects.select_for_update(no_key=True, of=("self",)).get(pk=gift.pk)
    if gift.status not in states:
        raise WrongState(f"gift {gift.pk} is {gift.status}")
    return campaign, gift


def refuse_own(gift: OfflineDonation, by: User) -> None:
    """Raise OwnEntry when an officer entered a gift, OwnBody when he or she belongs to the body it went to."""
    if by.pk == gift.entered_by_id:
        raise OwnEntry(by.pk)
    refuse_own_body(gift.campaign.organization, by)


def tell_donor(gift: OfflineDonation, campaign: Campaign, template: str, now: datetime) -> None:
    """Write to a donor whose address the promoter gave; one without gets no mail."""
    if gift.email:
        queue_mail(
            key=f"{template}:{gift.pk}",
            topic=campaign.call.mail_topic,
            recipient=gift.email,
            template=template,
            context={"gift": gift, "campaign": campaign},
            language="it",
            now=now,
        )


def _locked(campaign: Campaign) -> Campaign:
    """Lock a campaign and return it as it is now."""
    rows = Campaign.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("application__call", "application__organization").get(pk=campaign.pk)


def end_offline(
    gift: OfflineDonation, status: str, now: datetime, by: User | None = None, reason: str = ""
) -> OfflineDonation:
    """Write how the life of a gift, locked by the caller, has ended; one that was annulled is owed no more."""
    if status == Status.ANNULLED:
        gift.return_due_at, gift.return_reason = None, ""
    gift.status = status
    gift.ended_at = now
    gift.ended_by = by
    gift.ended_reason = reason.strip()[:500]
    gift.save(
        update_fields=[
            "status",
            "ended_at",
            "ended_by",
            "ended_reason",
            "counted_cents",
            "uncounted_cents",
            "return_due_at",
            "return_reason",
        ]
    )
    return gift


def tell_members(
    campaign: Campaign, template: str, suffix: str, facts: dict[str, object], now: datetime
) -> None:
    """Write to the members of the promoter."""
    queue_mail_to_members(
        organization=campaign.organization,
        key=f"{template}{suffix}",
        topic=campaign.call.mail_topic,
        template=template,
        context={"campaign": campaign, **facts},
        now=now,
    )
