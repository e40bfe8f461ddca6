"""How a refund is asked for: what went back another way is found first, and whose money it takes."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import Donation, Reversal
from donations.services import claim_reversals, owe_refund, retry_refund, send_refund, sync_payment
from donations.stripe_answers import StripeUnavailable
from ledger.models import Account
from matching.services import close_campaign, settle_campaign
from tests.donations.at_stripe import refund_at_stripe, refunds_at_stripe
from tests.factories import give, twin

Progress = Reversal.Status
Status = Donation.Status


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift of 20 euro that counts."""
    return give(campaign=campaign)


def owe(gift: Donation, officer: User) -> Reversal:
    """Decide that a gift goes back."""
    return owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=timezone.now())


def sync(gift: Donation) -> Donation:
    """Read a gift from Stripe now."""
    return sync_payment(donation=gift, now=timezone.now())


def fail_refund(gift: Donation, refund: str) -> Donation:
    """Let a refund come back, and read it."""
    twin("refund_outcome", refund=refund, status="failed")
    return sync(gift)


def books(campaign: Campaign) -> dict[str, int]:
    """Return the campaign's balances that are not zero, without Stripe's fees."""
    held = Account.objects.filter(campaign=campaign, fund=None).exclude(balance_cents=0)
    return dict(held.exclude(kind__in=["fees", "platform"]).values_list("kind", "balance_cents"))


def with_promoter(gift: Donation) -> int:
    """Return what the promoter's organization has at Stripe, in cents."""
    return twin("truth")["balances"][gift.stripe_account_id]["eur"]


def rows() -> list[tuple[str, str, int]]:
    """Return the reason, state and cents of every refund, the oldest first."""
    return list(Reversal.objects.order_by("pk").values_list("reason", "status", "amount_cents"))


def test_send_refund_after_a_part_went_back_at_stripe_sends_the_rest(
    campaign: Campaign, gift: Donation
) -> None:
    end = campaign.closes_at
    close_campaign(campaign=campaign, now=end)
    settle_campaign(campaign=campaign, now=end)
    refund_at_stripe(gift, 500)

    (first,) = claim_reversals(now=end)
    send_refund(reversal=first, now=end)

    assert rows() == [
        ("failure", "superseded", 2000),
        ("external", "succeeded", 500),
        ("failure", "due", 1500),
    ]
    assert [one.amount for one in refunds_at_stripe(gift)] == [500]
    assert books(campaign) == {"stripe": 1500, "refunds_owed": -1500}
    call_command("audit")
    (rest,) = claim_reversals(now=end)
    send_refund(reversal=rest, now=end)
    sync(gift)
    gift.refresh_from_db()
    campaign.refresh_from_db()
    assert (gift.status, campaign.status) == (Status.REFUNDED, Campaign.Status.REFUNDED)
    assert [one.amount for one in refunds_at_stripe(gift)] == [1500, 500]
    assert books(campaign) == {}
    call_command("audit")


def test_sync_payment_keeps_who_decided_when_a_part_went_back_at_stripe(
    campaign: Campaign, gift: Donation, officer: User
) -> None:
    decided = owe(gift, officer)
    refund_at_stripe(gift, 500)

    assert sync(gift).status == Status.REFUND_DUE
    sync(gift)

    decided.refresh_from_db()
    rest = Reversal.objects.get(status=Progress.DUE)
    assert (decided.status, decided.stripe_refund_id) == (Progress.SUPERSEDED, None)
    assert decided.ended_at is not None
    assert (rest.amount_cents, rest.reason, rest.actor, rest.note) == (1500, "officer", officer, decided.note)
    send_refund(reversal=decided, now=timezone.now())
    assert [one.amount for one in refunds_at_stripe(gift)] == [500]
    call_command("audit")


def test_send_refund_still_owes_a_part_at_stripe_that_comes_back_later(
    campaign: Campaign, gift: Donation, officer: User
) -> None:
    owe(gift, officer)
    part = refund_at_stripe(gift, 500)
    sync(gift)
    send_refund(reversal=Reversal.objects.get(status=Progress.DUE), now=timezone.now())

    owed = fail_refund(gift, part)

    assert owed.status == Status.REFUND_DUE
    assert books(campaign) == {"stripe": 500, "refunds_owed": -500}
    call_command("audit")
    failed = Reversal.objects.get(status=Progress.FAILED)
    again = retry_refund(reversal=failed, by=officer, now=timezone.now())
    assert failed.reason == Reversal.Reason.EXTERNAL
    assert (again.amount_cents, again.reason, again.actor) == (500, Reversal.Reason.OFFICER, officer)
    with pytest.raises(IntegrityError, match="reversal_one_at_a_time"), transaction.atomic():
        Reversal.objects.create(
            donation=gift,
            amount_cents=500,
            reason=Reversal.Reason.LATE,
            created_at=timezone.now(),
            next_attempt_at=timezone.now(),
        )
    send_refund(reversal=again, now=timezone.now())
    gift.refresh_from_db()
    assert (gift.status, books(campaign)) == (Status.REFUNDED, {})
    call_command("audit")


def test_send_refund_takes_the_money_of_one_that_came_back_from_the_platform(
    gift: Donation, officer: User
) -> None:
    other = give(campaign=gift.campaign, amount_cents=3000)
    send_refund(reversal=owe(gift, officer), now=timezone.now())
    (first,) = refunds_at_stripe(gift)
    fail_refund(gift, first.id)
    assert with_promoter(gift) == 3000

    again = retry_refund(reversal=Reversal.objects.get(), by=officer, now=timezone.now())
    send_refund(reversal=again, now=timezone.now())

    second, _first = refunds_at_stripe(gift)
    assert first.transfer_reversal
    assert (second.transfer_reversal, second.status) == (None, "succeeded")
    assert with_promoter(gift) == other.amount_cents
    assert (again.reason, again.note) == (Reversal.Reason.OFFICER, "Richiesta del donatore")
    call_command("audit")


@pytest.mark.parametrize("reversed_before", [True, False])
def test_send_refund_after_one_at_stripe_failed_takes_the_money_from_where_it_is(
    gift: Donation, officer: User, reversed_before: bool
) -> None:
    give(campaign=gift.campaign, amount_cents=3000)
    twin("topup", amount=2000)
    refund = refund_at_stripe(gift, reverse_transfer=reversed_before)
    sync(gift)
    assert fail_refund(gift, refund).status == Status.SETTLED
    assert with_promoter(gift) == (3000 if reversed_before else 5000)

    send_refund(reversal=owe(gift, officer), now=timezone.now())

    ours, _theirs = refunds_at_stripe(gift)
    assert (ours.transfer_reversal is None, ours.status) == (reversed_before, "succeeded")
    assert with_promoter(gift) == 3000
    gift.refresh_from_db()
    assert gift.status == Status.REFUNDED
    call_command("audit")


def test_send_refund_asks_with_a_new_key_before_stripe_forgets_the_old_one(
    gift: Donation, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    reversal = owe(gift, officer)
    asked: list[int] = []

    def create_refund(reversal: Reversal, *, attempt: int, **fields: Any) -> None:
        asked.append(attempt)
        raise StripeUnavailable

    monkeypatch.setattr(stripe_gateway, "create_refund", create_refund)
    day, moment = timedelta(hours=23), timedelta(seconds=1)
    for later in (timedelta(0), day - moment, day, 2 * day - moment, 2 * day):
        with pytest.raises(StripeUnavailable):
            send_refund(reversal=reversal, now=reversal.created_at + later)

    assert asked == [0, 0, 1, 1, 2]


@pytest.mark.usefixtures("impatient")
def test_send_refund_is_tried_again_although_stripe_repeats_an_error_for_a_day(
    gift: Donation, officer: User
) -> None:
    reversal = owe(gift, officer)
    twin("fail", path="/v1/refunds", status=500)
    for later in (timedelta(0), timedelta(hours=22)):
        with pytest.raises(StripeUnavailable):
            send_refund(reversal=reversal, now=reversal.created_at + later)

    send_refund(reversal=reversal, now=reversal.created_at + timedelta(hours=23))

    assert len(refunds_at_stripe(gift)) == 1
    gift.refresh_from_db()
    assert gift.status == Status.REFUNDED
