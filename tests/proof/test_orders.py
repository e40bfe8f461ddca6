"""Five messages about one gift in all their 120 orders, with repetitions: one end, and the same sums on every account."""

import io
import itertools
import random
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from donations import services, stripe_gateway
from donations.models import Dispute, Donation, Reversal, StripeEvent
from donations.stripe_answers import Payment
from ledger.models import Account, Entry
from tests.donations.at_stripe import events, refund_at_stripe
from tests.factories import make_donation, twin

START = timezone.now()
SLOW_REFUND = "4000000000007726"
CENTS, PART = 1_200_000, 300
FIVE = (
    "checkout.session.completed",
    "payment_intent.succeeded",
    "charge.refunded",
    "refund.updated",
    "charge.dispute.created",
)


class Life:
    """A gift that is paid, given back in part after a while, and contested for the rest, the site hearing nothing."""

    def __init__(self, campaign: Campaign) -> None:
        self.gift = make_donation(campaign=campaign, amount_cents=CENTS)
        paid = twin("pay", session=self.gift.stripe_session_id, card=SLOW_REFUND)
        after_paying = self._read()
        self.gift.stripe_payment_intent_id = paid["payment_intent"]
        refund = refund_at_stripe(self.gift, PART)
        while_pending = self._read()
        twin("refund_outcome", refund=refund, status="succeeded")
        after_refund = self._read()
        twin("dispute", charge=paid["charge"])
        #: What Stripe had to say when it sent each of the five.
        self.readings = dict(
            zip(FIVE, (after_paying, after_paying, while_pending, after_refund, self._read()), strict=True)
        )
        last = {event["type"]: event for event in events()}
        self.messages = [last[kind] for kind in FIVE]

    def _read(self) -> Payment:
        return stripe_gateway.retrieve_payment(self.gift)


@pytest.fixture
def life(campaign: Campaign) -> Life:
    """Return the gift, its five messages, and what Stripe said at each."""
    return Life(campaign)


def end_of(gift: Donation) -> dict[str, Any]:
    """Return everything the messages may have changed, without the numbers and instants that differ by turn."""
    gift.refresh_from_db()
    campaign = Campaign.objects.get(pk=gift.campaign_id)
    return {
        "gift": (gift.status, gift.charged_cents, gift.counted_cents, gift.kept_cents),
        "refunds": list(Reversal.objects.values_list("stripe_refund_id", "status", "amount_cents")),
        "disputes": list(Dispute.objects.values_list("stripe_dispute_id", "status", "amount_cents")),
        "entries": Counter(Entry.objects.values_list("kind", flat=True)),
        "balances": sorted(Account.objects.values_list("kind", "campaign", "fund", "balance_cents")),
        "reached": campaign.reached_at is not None,
    }


def sums_of(end: dict[str, Any]) -> dict[str, Any]:
    """Return an end without its single movements, and without the accounts on which nothing is left."""
    balances = [account for account in end["balances"] if account[-1]]
    return {**end, "entries": None, "balances": balances}


def tell(messages: list[dict[str, Any]]) -> None:
    """Keep one message after the other and apply it, as the worker does; the impatient are tried again at each turn."""
    waiting: list[StripeEvent] = []
    for message in messages:
        thing = message["data"]["object"]
        reference = thing.get("client_reference_id") or thing.get("metadata", {}).get("donation", "")
        intent = thing["id"] if thing["object"] == "payment_intent" else thing["payment_intent"]
        fields = {"type": message["type"], "object_id": thing["id"], "reference": reference}
        event, is_new = StripeEvent.objects.get_or_create(
            stripe_id=message["id"],
            defaults={**fields, "payment_intent_id": intent, "received_at": START, "next_attempt_at": START},
        )
        if is_new:
            waiting.append(event)
        waiting = [event for event in waiting if not is_applied(event)]
    assert waiting == []


def is_applied(event: StripeEvent) -> bool:
    """Apply a message; say whether it found its gift."""
    try:
        services.apply_event(event=event, now=START)
    except services.PaymentPageUnknown:
        return False
    return True


def repeated(order: tuple[Any, ...], seed: int) -> list[Any]:
    """Return an order in which one or two have come a second time, somewhere."""
    chance = random.Random(seed)
    more = list(order)
    for one in chance.sample(order, 1 + seed % 2):
        more.insert(chance.randint(0, len(more)), one)
    return more


def test_five_messages_in_every_order_have_one_end(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    # All has happened at Stripe: whenever it is asked, it says the same.
    truth = stripe_gateway.retrieve_payment(life.gift)
    monkeypatch.setattr(stripe_gateway, "retrieve_payment", lambda donation: truth)
    ends = []
    for seed, order in enumerate(itertools.permutations(life.messages)):
        with transaction.atomic():
            tell(repeated(order, seed))
            ends.append(end_of(life.gift))
            transaction.set_rollback(True)

    assert len(ends) == 120
    assert [seed for seed, end in enumerate(ends) if end != ends[0]] == []
    assert ends[0]["gift"] == ("disputed", CENTS, 0, 0)
    assert [status for _id, status, _cents in ends[0]["refunds"]] == ["succeeded"]
    assert [cents for _id, _status, cents in ends[0]["disputes"]] == [CENTS - PART]


def test_five_old_answers_in_every_order_have_the_end_of_the_newest(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker may be slow: what Stripe said at each of the five instants is booked in whatever order."""
    said: list[Payment] = []
    monkeypatch.setattr(stripe_gateway, "retrieve_payment", lambda donation: said[-1])
    ends = []
    for seed, order in enumerate(itertools.permutations(life.readings.values())):
        with transaction.atomic():
            for payment in repeated(order, seed):
                said.append(payment)
                services.sync_payment(donation=life.gift, now=START)
            ends.append(end_of(life.gift))
            if seed == 0:
                call_command("audit", books_only=True, stdout=io.StringIO())
            transaction.set_rollback(True)

    assert len(ends) == 120
    # A refund that was seen on its way has one movement more than one that was seen at its end; the sums are the same.
    assert {seed: end for seed, end in enumerate(ends) if sums_of(end) != sums_of(ends[0])} == {}
    assert ends[0]["gift"] == ("disputed", CENTS, 0, 0)
