"""What a failed refund leaves with the platform comes back to the promoter's account, and is fetched if the gift goes back."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations import stripe_gateway, tasks
from donations.models import ConnectedAccount, Donation, Outgoing, Reversal
from donations.services import owe_payout, owe_refund, postpone_look, return_transfer, sync_payment
from matching.services import close_campaign, settle_campaign
from tests.donations.at_stripe import refund_at_stripe
from tests.factories import give, twin

Kind = Outgoing.Kind
Progress = Outgoing.Status


def on_account(campaign: Campaign) -> int:
    """Return what stands on the body's account at Stripe, in cents."""
    account = ConnectedAccount.objects.get(organization=campaign.organization)
    return twin("truth")["balances"].get(account.stripe_account_id, {}).get("eur", 0)


def end(campaign: Campaign) -> None:
    """Take a campaign past its deadline to its outcome."""
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)


@pytest.fixture
def stranded(campaign: Campaign) -> Donation:
    """Return a gift whose refund of 20 euro, made at Stripe, has failed: the money stands with the platform."""
    give(campaign=campaign, amount_cents=1_000_000, email="b@b.it")
    gift = give(campaign=campaign, amount_cents=5000)
    refund = refund_at_stripe(gift, 2000)
    sync_payment(donation=gift, now=timezone.now())
    twin("refund_outcome", refund=refund, status="failed")
    gift = sync_payment(donation=gift, now=timezone.now())
    assert (gift.status, gift.kept_cents) == (Donation.Status.SETTLED, 5000)
    assert on_account(campaign) == 1_003_000
    return gift


def move() -> None:
    """Let the workers look and send."""
    tasks.return_transfers()
    tasks.send_outgoing()


def test_return_transfers_waits_for_the_campaigns_success(campaign: Campaign, stranded: Donation) -> None:
    move()

    assert return_transfer(donation=stranded, now=timezone.now()) is None
    assert not Outgoing.objects.exists()


def test_return_transfers_brings_the_money_back_once_and_it_is_paid_out(
    campaign: Campaign, stranded: Donation, officer: User
) -> None:
    end(campaign)

    move()
    move()

    outgoing = Outgoing.objects.get()
    assert (outgoing.kind, outgoing.amount_cents, outgoing.status) == (Kind.TRANSFER, 2000, Progress.PAID)
    assert on_account(campaign) == 1_005_000
    assert owe_payout(campaign=campaign, by=officer, now=timezone.now()).amount_cents == 1_005_000
    tasks.send_outgoing()
    assert on_account(campaign) == 0
    call_command("audit")


def test_return_transfers_fetches_it_again_when_the_gift_goes_back(
    campaign: Campaign, stranded: Donation, officer: User
) -> None:
    end(campaign)
    move()

    owe_refund(donation=stranded, by=officer, reason="Ripensato.", now=timezone.now())
    tasks.send_refunds()
    move()
    move()

    assert Reversal.objects.filter(status=Reversal.Status.SUCCEEDED).count() == 1
    # The platform has paid the refund: first what was transferred anew comes back, then the rest of the gift.
    recoveries = Outgoing.objects.filter(kind=Kind.RECOVERY, status=Progress.PAID).order_by("pk")
    assert [recovery.amount_cents for recovery in recoveries] == [2000, 3000]
    move()
    assert recoveries.count() == 2
    assert on_account(campaign) == 1_000_000
    call_command("audit")


def test_return_transfers_asks_stripe_less_and_less_when_nothing_is_missing(
    campaign: Campaign, stranded: Donation, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(campaign)
    move()
    asked: list[int] = []
    payment = stripe_gateway.retrieve_payment(stranded)
    monkeypatch.setattr(stripe_gateway, "retrieve_payment", lambda gift: asked.append(gift.pk) or payment)
    failed = Reversal.objects.get()

    for minutes in range(0, 60, 5):
        with time_machine.travel(failed.created_at + timedelta(minutes=minutes + 1), tick=False):
            tasks.return_transfers()

    # After one minute, and whenever it is twice as old.
    assert len(asked) == 4
    failed.refresh_from_db()
    assert failed.look_at == failed.created_at + timedelta(minutes=72)
    postpone_look(donation=stranded, now=failed.created_at + timedelta(days=9))
    failed.refresh_from_db()
    assert failed.look_at == failed.created_at + timedelta(days=10)


def test_send_outgoing_gives_the_transfer_up_when_the_gift_is_owed_back_first(
    campaign: Campaign, stranded: Donation, officer: User
) -> None:
    end(campaign)
    tasks.return_transfers()

    owe_refund(donation=stranded, by=officer, reason="Ripensato.", now=timezone.now())
    tasks.send_outgoing()

    assert Outgoing.objects.get().status == Progress.CANCELLED


def test_a_gift_has_one_transfer_at_a_time(campaign: Campaign, stranded: Donation) -> None:
    end(campaign)
    tasks.return_transfers()
    row: dict[str, Any] = Outgoing.objects.values().get()

    assert return_transfer(donation=stranded, now=timezone.now()) is None
    with pytest.raises(IntegrityError, match="outgoing_one_at_a_time_of_gift"), transaction.atomic():
        Outgoing.objects.create(**{**row, "id": None})
