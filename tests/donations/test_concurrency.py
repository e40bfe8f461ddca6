"""Many gifts, workers and messages at the same instant."""

import json
from datetime import timedelta
from functools import partial

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Mail, User
from campaigns.models import Campaign
from civicfund.limits import read_limits
from donations.models import Donation, Reversal, StripeEvent
from donations.services import (
    NotRefundable,
    apply_event,
    claim_events,
    claim_reversals,
    counters,
    owe_refund,
    record_event,
    send_refund,
    sync_payment,
)
from ledger.models import Account, Entry
from ledger.services import balance, raised_cents
from tests.donations.at_stripe import events, refunds_at_stripe, signature
from tests.factories import give, make_donation, pay
from tests.threads import at_once

Kind = Account.Kind
Status = Donation.Status

pytestmark = pytest.mark.usefixtures("real_transactions")


def sync(donation: Donation) -> Donation:
    """Read a gift from Stripe now."""
    return sync_payment(donation=donation, now=timezone.now())


def test_sync_payment_of_fifty_gifts_at_once_counts_every_cent(campaign: Campaign) -> None:
    gifts = [make_donation(campaign=campaign, amount_cents=20_000 + number) for number in range(50)]
    for gift in gifts:
        pay(gift)

    at_once(*[partial(sync, gift) for gift in gifts])

    campaign.refresh_from_db()
    total = sum(gift.amount_cents for gift in gifts)
    assert raised_cents(campaign) == balance(Kind.STRIPE, campaign=campaign) == total == 1_001_225
    assert Donation.objects.filter(status=Status.SETTLED).count() == 50
    entries = Entry.objects.filter(kind=Entry.Kind.CHARGE)
    assert entries.count() == 50
    at_last = entries.order_by("pk").last()
    assert campaign.reached_at == at_last.created_at
    call_command("audit")


def test_sync_payment_of_one_gift_by_eight_posts_once(campaign: Campaign) -> None:
    gift = make_donation(campaign=campaign)
    pay(gift)

    at_once(*[partial(sync, gift)] * 8)

    assert Entry.objects.filter(kind=Entry.Kind.CHARGE).count() == 1
    assert raised_cents(campaign) == 2000


def test_record_event_of_one_message_by_eight_keeps_one_row(campaign: Campaign) -> None:
    pay(make_donation(campaign=campaign))
    body = json.dumps(events()[-1]).encode()
    header = signature(body)

    at_once(*[lambda: record_event(body=body, signature=header, now=timezone.now())] * 8)

    assert StripeEvent.objects.count() == 1


def test_claim_events_never_hands_one_event_to_two_workers(campaign: Campaign) -> None:
    now = timezone.now()
    stored = [
        StripeEvent(stripe_id=f"evt_{number}", type="x", received_at=now, next_attempt_at=now)
        for number in range(100)
    ]
    StripeEvent.objects.bulk_create(stored)

    claimed = at_once(*[partial(claim_events, now=now, limit=20)] * 8)

    taken = [event.pk for batch in claimed for event in batch]
    assert len(taken) == len(set(taken))
    rest = len(claim_events(now=now, limit=100))
    assert len(taken) + rest == 100
    assert set(StripeEvent.objects.values_list("attempts", flat=True)) == {1}


def test_apply_event_by_four_workers_with_twice_the_messages_posts_once(campaign: Campaign) -> None:
    gifts = [make_donation(campaign=campaign) for _number in range(5)]
    for gift in gifts:
        pay(gift)
    now = timezone.now()
    stored = StripeEvent.objects.bulk_create(
        StripeEvent(
            stripe_id=f"evt_{number}",
            type="payment_intent.succeeded",
            reference=str(gifts[number % 5].public_id),
            received_at=now,
            next_attempt_at=now,
        )
        for number in range(20)
    )

    at_once(*[partial(apply_event, event=event, now=now) for event in stored])

    assert raised_cents(campaign) == 10_000
    assert set(StripeEvent.objects.values_list("outcome", flat=True)) == {"applied"}


def test_claim_reversals_never_hands_one_refund_to_two_workers(campaign: Campaign, officer: User) -> None:
    for _number in range(12):
        owe_refund(donation=give(campaign=campaign), by=officer, reason="Richiesta", now=timezone.now())
    now = timezone.now()

    claimed = at_once(*[partial(claim_reversals, now=now, limit=3)] * 6)

    taken = [reversal.pk for batch in claimed for reversal in batch]
    assert len(taken) == len(set(taken))
    assert len(taken) + len(claim_reversals(now=now)) == 12


def test_send_refund_by_four_while_the_gift_is_read_by_four_gives_back_once(
    campaign: Campaign, officer: User
) -> None:
    gift = give(campaign=campaign)
    reversal = owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())

    send = partial(send_refund, reversal=reversal, now=timezone.now())
    at_once(*[send, partial(sync, gift)] * 4)

    gift.refresh_from_db()
    assert gift.status == Status.REFUNDED
    assert len(refunds_at_stripe(gift)) == Reversal.objects.count() == 1
    assert balance(Kind.STRIPE, campaign=campaign) == balance(Kind.REFUNDS_OWED, campaign=campaign) == 0
    assert Mail.objects.filter(key__startswith="donation_refunded:").count() == 1
    call_command("audit")


def test_owe_refund_by_two_officers_at_once_is_decided_once(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign)

    def decide() -> bool:
        try:
            owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
        except NotRefundable:
            return False
        return True

    assert sorted(at_once(*[decide] * 4)) == [False, False, False, True]
    assert Reversal.objects.count() == 1


@pytest.mark.parametrize("redis_is_away", [False, True])
def test_counters_let_no_more_through_when_many_come_at_once(settings: Settings, redis_is_away: bool) -> None:
    cache.clear()
    if redis_is_away:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
    now = timezone.now() + timedelta(hours=1)

    def one() -> bool:
        return not counters.count(counters.buckets_of("x", "y", read_limits("3/600,9/3600"), now), now)

    assert sorted(at_once(*[one] * 6)) == [False] * 3 + [True] * 3
