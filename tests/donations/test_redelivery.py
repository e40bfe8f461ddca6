"""Whatever order Stripe's messages come in, and however often, the books are the same."""

import random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from campaigns.models import Campaign
from donations import tasks
from donations.models import Donation, Reversal, StripeEvent
from ledger.models import Account, Entry
from tests.donations.at_stripe import deliver, events, refund_at_stripe, refunds_at_stripe
from tests.factories import DECLINED, give, make_donation, pay, twin


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply events when a test says so, and not by a worker."""
    monkeypatch.setattr(tasks.apply_events, "delay_on_commit", lambda: None)


@pytest.fixture
def life(campaign: Campaign) -> list[dict[str, Any]]:
    """Live three gifts at Stripe, the site hearing nothing of it, and return every event that was made.

    One gift is given back in two parts, one after a declined card comes back after its refund had succeeded, one is
    paid; a fourth page runs out of time.
    """
    parts, returned, kept = (
        make_donation(campaign=campaign, amount_cents=cents) for cents in (600_000, 2000, 500_000)
    )
    unpaid = make_donation(campaign=campaign, amount_cents=700)
    pay(returned, DECLINED)
    for donation in (parts, returned, kept):
        donation.stripe_payment_intent_id = pay(donation)["payment_intent"]
    refund_at_stripe(parts, 500)
    refund_at_stripe(parts, 500)
    back = refund_at_stripe(returned)
    twin("refund_outcome", refund=back, status="failed")
    pay(unpaid, DECLINED)
    twin("advance", seconds=3600)
    return events()


def rows(campaign: Campaign) -> dict[str, Any]:
    """Return everything the events may have changed, without the numbers and instants that differ by turn."""
    campaign.refresh_from_db()
    return {
        "gifts": list(Donation.objects.order_by("pk").values_list("pk", "status", "charged_cents")),
        "refunds": sorted(
            Reversal.objects.values_list("donation", "stripe_refund_id", "status", "reason", "amount_cents")
        ),
        "balances": sorted(Account.objects.values_list("kind", "campaign", "fund", "balance_cents")),
        "charges": sorted(Entry.objects.filter(kind="charge").values_list("key", flat=True)),
        "reached": campaign.reached_at is not None,
    }


def tell(client: Client, messages: list[dict[str, Any]]) -> None:
    """Deliver messages one after the other, each applied before the next comes."""
    for message in messages:
        assert deliver(client, message).status_code == 200
        tasks.apply_events()


def after(client: Client, campaign: Campaign, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the rows that some messages leave behind, and forget them."""
    with transaction.atomic():
        tell(client, messages)
        call_command("audit", verbosity=0)
        left = rows(campaign)
        transaction.set_rollback(True)
    return left


def test_apply_events_leaves_the_same_rows_in_every_order(
    client: Client, campaign: Campaign, life: list[dict[str, Any]]
) -> None:
    expected = after(client, campaign, life)
    assert [status for _pk, status, _cents in expected["gifts"]] == [
        "settled",
        "settled",
        "settled",
        "expired",
    ]
    assert len(expected["refunds"]) == 3
    assert expected["reached"]

    twice_backwards = [message for message in reversed(life) for _time in range(2)]
    assert after(client, campaign, twice_backwards) == expected
    for seed in range(20):
        shuffled = random.Random(seed).sample(life, len(life))
        assert after(client, campaign, shuffled) == expected, f"seed {seed}"


def test_apply_events_needs_only_one_message_of_each_gift(
    client: Client, campaign: Campaign, life: list[dict[str, Any]]
) -> None:
    expected = after(client, campaign, life)
    last = {
        message["data"]["object"]["id"]: message
        for message in life
        if message["type"].startswith("checkout.session.")
    }

    assert len(last) == 4 < len(life)
    assert after(client, campaign, list(last.values())) == expected


def test_apply_events_while_the_refund_is_made_changes_nothing_either(
    client: Client, campaign: Campaign
) -> None:
    gift = give(campaign=campaign, amount_cents=2000)
    before = events()
    tell(client, before)
    refund_at_stripe(gift)
    new = [message for message in events() if message not in before]

    tell(client, [*reversed(before), *new, *before, *reversed(new)])

    gift.refresh_from_db()
    assert gift.status == Donation.Status.REFUNDED
    assert len(refunds_at_stripe(gift)) == Reversal.objects.count() == 1
    assert not StripeEvent.objects.filter(processed_at=None).exists()
    call_command("audit")
