"""Contested gifts: set apart, back in their place, or gone; and never refunded."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import Dispute, Donation, Reversal
from donations.services import (
    NotRefundable,
    claim_reversals,
    owe_refund,
    send_refund,
    sync_payment,
)
from donations.stripe_answers import DisputeState
from ledger.models import Account
from matching.services import close_campaign, settle_campaign
from tests.donations.at_stripe import answer_otherwise, refund_at_stripe, refunds_at_stripe
from tests.factories import give, make_donation, pay, twin

Status = Donation.Status
Progress = Reversal.Status


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift of 20 euro that counts."""
    return give(campaign=campaign)


def sync(gift: Donation) -> Donation:
    """Read a gift from Stripe now."""
    return sync_payment(donation=gift, now=timezone.now())


def contest(gift: Donation, **part: int) -> str:
    """Let a cardholder contest a gift, and read it; return the dispute's id."""
    dispute = twin("dispute", charge=gift.stripe_charge_id, **part)["id"]
    sync(gift)
    gift.refresh_from_db()
    return dispute


def decide(gift: Donation, dispute: str, status: str) -> None:
    """Let the bank decide, and read it."""
    twin("dispute_close", dispute=dispute, status=status)
    sync(gift)
    gift.refresh_from_db()
    gift.campaign.refresh_from_db()


def books(campaign: Campaign) -> dict[str, int]:
    """Return the campaign's balances that are not zero, without the fees."""
    held = Account.objects.filter(campaign=campaign, fund=None).exclude(balance_cents=0)
    return dict(held.exclude(kind__in=["fees", "platform"]).values_list("kind", "balance_cents"))


def cost(campaign: Campaign) -> int:
    """Return what the platform has paid for a campaign, in cents."""
    return -Account.objects.filter(campaign=campaign, kind="platform").balance()


def end(campaign: Campaign) -> Campaign:
    """Take a campaign past its deadline to its outcome."""
    close_campaign(campaign=campaign, now=campaign.closes_at)
    return settle_campaign(campaign=campaign, now=campaign.closes_at)


def send_due() -> None:
    """Send every refund that is owed."""
    for reversal in claim_reversals(now=timezone.now() + timedelta(days=100)):
        send_refund(reversal=reversal, now=timezone.now())


def test_book_disputes_sets_a_contested_gift_apart(campaign: Campaign, gift: Donation) -> None:
    contest(gift)
    sync(gift)

    dispute = Dispute.objects.get()
    assert gift.status == Status.DISPUTED and gift.disputed_at
    assert (dispute.amount_cents, dispute.held_cents, dispute.reason) == (2000, 2000, "fraudulent")
    assert books(campaign) == {"stripe": 2000, "disputes": -2000}
    assert Mail.objects.filter(key__startswith="gift_disputed:").count() == 1
    assert gift.email not in Mail.objects.get(key__startswith="gift_disputed:").body
    call_command("audit")


def test_book_disputes_takes_a_campaign_below_its_threshold_and_back(campaign: Campaign) -> None:
    gift = give(campaign=campaign, amount_cents=1_000_000)
    campaign.refresh_from_db()
    assert campaign.reached_at

    dispute = contest(gift)
    campaign.refresh_from_db()
    assert campaign.reached_at is None
    decide(gift, dispute, "won")

    campaign.refresh_from_db()
    assert campaign.reached_at
    assert (gift.status, gift.disputed_at) == (Status.SETTLED, None)
    assert books(campaign) == {"stripe": 1_000_000, "donors": -1_000_000}
    call_command("audit")


def test_book_disputes_closes_a_lost_gift(campaign: Campaign, gift: Donation) -> None:
    other = give(campaign=campaign, amount_cents=500)

    decide(gift, contest(gift), "lost")

    assert gift.status == Status.LOST and gift.lost_at
    assert books(campaign) == {"stripe": 500, "donors": -500}
    assert Dispute.objects.get().recovered_cents == 2000
    assert other.status == Status.SETTLED
    assert {mail.key.split(":")[0] for mail in Mail.objects.filter(key__startswith="gift_")} == {
        "gift_disputed",
        "gift_dispute_lost",
    }
    call_command("audit")


def test_book_disputes_counts_a_lost_gift_again_that_the_bank_gives_back(
    campaign: Campaign, gift: Donation
) -> None:
    dispute = contest(gift)
    decide(gift, dispute, "lost")

    decide(gift, dispute, "won")

    assert (gift.status, gift.lost_at) == (Status.SETTLED, None)
    assert books(campaign) == {"stripe": 2000, "donors": -2000}
    call_command("audit")


def test_book_disputes_reads_only_what_moves_on(
    campaign: Campaign, gift: Donation, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispute = contest(gift)
    stale = stripe_gateway.retrieve_payment(gift)
    decide(gift, dispute, "won")

    monkeypatch.setattr(stripe_gateway, "retrieve_payment", lambda donation: stale)
    assert sync(gift).status == Status.SETTLED
    assert books(campaign) == {"stripe": 2000, "donors": -2000}


def test_book_disputes_of_a_part_takes_only_that_part(campaign: Campaign, gift: Donation) -> None:
    dispute = contest(gift, amount=500)
    assert books(campaign) == {"stripe": 2000, "disputes": -2000}

    decide(gift, dispute, "lost")

    assert gift.status == Status.SETTLED
    assert books(campaign) == {"stripe": 1500, "donors": -1500}
    call_command("audit")


def test_owe_refund_refuses_a_contested_gift(gift: Donation, officer: User) -> None:
    dispute = contest(gift)

    with pytest.raises(NotRefundable):
        owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())

    decide(gift, dispute, "lost")
    with pytest.raises(NotRefundable):
        owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_send_refund_waits_for_an_open_dispute(
    campaign: Campaign, gift: Donation, officer: User, outcome: str
) -> None:
    reversal = owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    dispute = contest(gift)

    assert claim_reversals(now=timezone.now()) == []
    send_refund(reversal=reversal, now=timezone.now())
    assert refunds_at_stripe(gift) == []
    assert books(campaign) == {"stripe": 2000, "disputes": -2000}
    call_command("audit")
    decide(gift, dispute, outcome)
    send_due()

    gift.refresh_from_db()
    assert gift.status == {"won": Status.REFUNDED, "lost": Status.LOST}[outcome]
    assert [one.amount for one in refunds_at_stripe(gift)] == ([2000] if outcome == "won" else [])
    assert books(campaign) == {}
    call_command("audit")


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_settle_campaign_that_fails_while_a_gift_is_contested(
    campaign: Campaign, gift: Donation, outcome: str
) -> None:
    other = give(campaign=campaign, amount_cents=500)
    dispute = contest(gift)
    assert end(campaign).status == Campaign.Status.FAILED
    send_due()
    other.refresh_from_db()
    campaign.refresh_from_db()
    assert (other.status, campaign.status) == (Status.REFUNDED, Campaign.Status.FAILED)
    assert books(campaign) == {"stripe": 2000, "disputes": -2000}
    call_command("audit")

    decide(gift, dispute, outcome)
    assert gift.status == {"won": Status.REFUND_DUE, "lost": Status.LOST}[outcome]
    send_due()

    gift.refresh_from_db()
    campaign.refresh_from_db()
    assert gift.status == {"won": Status.REFUNDED, "lost": Status.LOST}[outcome]
    assert (campaign.status, books(campaign)) == (Campaign.Status.REFUNDED, {})
    call_command("audit")


def test_book_disputes_after_success_gives_a_won_gift_to_the_promoter(campaign: Campaign) -> None:
    gift = give(campaign=campaign, amount_cents=1_000_000)
    assert end(campaign).status == Campaign.Status.SUCCEEDED
    dispute = contest(gift)
    assert books(campaign) == {"stripe": 1_000_000, "disputes": -1_000_000}

    decide(gift, dispute, "won")

    assert books(campaign) == {"stripe": 1_000_000, "promoter": -1_000_000}
    call_command("audit")


def test_book_disputes_of_money_that_went_back_already_is_the_platforms_loss(
    campaign: Campaign, gift: Donation, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    send_due()
    before = cost(campaign)
    lost = DisputeState("du_x", 2000, "fraudulent", "lost", timezone.now(), None, ())
    answer_otherwise(monkeypatch, disputes=(lost,))
    assert sync(gift).status == Status.REFUNDED

    assert (books(campaign), cost(campaign) - before) == ({}, 2000)
    call_command("audit")


def test_book_disputes_of_a_partly_refunded_gift_holds_the_rest(campaign: Campaign, gift: Donation) -> None:
    refund_at_stripe(gift, 500)
    sync(gift)

    dispute = contest(gift)
    assert books(campaign) == {"stripe": 1500, "disputes": -1500}
    decide(gift, dispute, "lost")

    assert (gift.status, books(campaign)) == (Status.LOST, {})
    call_command("audit")


def test_book_fees_posts_what_stripe_keeps_once(campaign: Campaign, gift: Donation) -> None:
    assert (gift.fee_cents, cost(campaign)) == (55, 55)

    dispute = contest(gift)
    sync(gift)
    assert cost(campaign) == 2055
    decide(gift, dispute, "lost")

    assert cost(campaign) == 2055
    assert Account.objects.filter(campaign=campaign, kind="fees").balance() == 2055
    call_command("audit")


def test_book_fees_waits_for_a_balance_transaction_that_comes_later(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    with monkeypatch.context() as early:
        answer_otherwise(early, fee=None)
        gift = sync(donation)
    assert (gift.status, gift.fee_cents, cost(campaign)) == (Status.SETTLED, None, 0)

    assert sync(gift).fee_cents == 55
    assert cost(campaign) == 55
