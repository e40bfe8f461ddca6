"""Refunds that somebody made in Stripe's own dashboard."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations.models import Donation, Reversal
from donations.services import claim_reversals, owe_refund, retry_refund, send_refund, sync_payment
from ledger.models import Account
from ledger.services import balance
from matching.services import close_campaign, settle_campaign
from tests.donations.at_stripe import answer_otherwise, refund_at_stripe
from tests.factories import give, make_donation, pay, twin

Kind = Account.Kind
Progress = Reversal.Status
Status = Donation.Status


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift of 20 euro that counts."""
    return give(campaign=campaign)


def sync(donation: Donation) -> Donation:
    """Read a gift from Stripe now."""
    return sync_payment(donation=donation, now=timezone.now())


def books(campaign: Campaign) -> dict[str, int]:
    """Return the campaign's balances that are not zero, without Stripe's fees."""
    held = Account.objects.filter(campaign=campaign, fund=None).exclude(balance_cents=0)
    return dict(held.exclude(kind__in=["fees", "platform"]).values_list("kind", "balance_cents"))


def end_refund(donation: Donation, refund: str, status: str) -> Donation:
    """Let a refund end so at Stripe, and read it."""
    twin("refund_outcome", refund=refund, status=status)
    return sync(donation)


def test_sync_payment_books_a_full_refund_made_at_stripe(campaign: Campaign, gift: Donation) -> None:
    refund = refund_at_stripe(gift)

    refunded = sync(gift)
    sync(gift)

    reversal = Reversal.objects.get()
    assert (reversal.reason, reversal.status) == (Reversal.Reason.EXTERNAL, Progress.SUCCEEDED)
    assert (reversal.stripe_refund_id, reversal.amount_cents) == (refund, 2000)
    assert refunded.status == Status.REFUNDED
    assert books(campaign) == {}
    assert Mail.objects.filter(key=f"donation_refunded:{reversal.pk}").count() == 1
    call_command("audit")


def test_sync_payment_books_a_partial_refund_made_at_stripe(campaign: Campaign, gift: Donation) -> None:
    refund_at_stripe(gift, 500)

    kept = sync(gift)
    sync(gift)

    assert kept.status == Status.SETTLED
    assert Reversal.objects.get().amount_cents == 500
    assert books(campaign) == {"stripe": 1500, "donors": -1500}
    call_command("audit")


def test_sync_payment_keeps_two_equal_partial_refunds_apart(campaign: Campaign, gift: Donation) -> None:
    refund_at_stripe(gift, 500)
    refund_at_stripe(gift, 500)

    sync(gift)

    assert Reversal.objects.count() == 2
    assert books(campaign) == {"stripe": 1000, "donors": -1000}


def test_sync_payment_closes_a_gift_given_back_in_parts(campaign: Campaign, gift: Donation) -> None:
    refund_at_stripe(gift, 500)
    sync(gift)
    refund_at_stripe(gift, 1500)

    assert sync(gift).status == Status.REFUNDED
    assert books(campaign) == {}
    call_command("audit")


def test_sync_payment_owes_a_partial_refund_that_is_on_its_way(campaign: Campaign, gift: Donation) -> None:
    twin("next_refunds", status="pending", at_once=True)
    refund_at_stripe(gift, 500)

    sync(gift)

    assert books(campaign) == {"stripe": 2000, "donors": -1500, "refunds_owed": -500}
    call_command("audit")


@pytest.mark.parametrize("first", ["pending", "succeeded"])
@pytest.mark.parametrize("cents", [500, 2000])
def test_sync_payment_counts_a_gift_again_whose_refund_at_stripe_failed(
    campaign: Campaign, gift: Donation, first: str, cents: int
) -> None:
    twin("next_refunds", status=first, at_once=True)
    refund = refund_at_stripe(gift, cents)
    sync(gift)

    kept = end_refund(gift, refund, "failed")
    sync(gift)

    assert (kept.status, kept.refund_due_at, kept.refunded_at) == (Status.SETTLED, None, None)
    assert books(campaign) == {"stripe": 2000, "donors": -2000}
    call_command("audit")


def test_sync_payment_takes_the_reaching_back_and_gives_it_anew(campaign: Campaign) -> None:
    gift = give(campaign=campaign, amount_cents=1_000_000)
    refund = refund_at_stripe(gift, 1)
    sync(gift)
    campaign.refresh_from_db()
    assert campaign.reached_at is None
    now = timezone.now()
    twin("refund_outcome", refund=refund, status="failed")

    sync_payment(donation=gift, now=now)

    campaign.refresh_from_db()
    assert campaign.reached_at == now


def test_sync_payment_takes_a_refund_at_stripe_for_the_one_that_is_owed(
    campaign: Campaign, gift: Donation, officer: User
) -> None:
    due = owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    refund = refund_at_stripe(gift)

    refunded = sync(gift)

    due.refresh_from_db()
    assert Reversal.objects.get() == due
    assert (due.status, due.stripe_refund_id, refunded.status) == (
        Progress.SUCCEEDED,
        refund,
        Status.REFUNDED,
    )
    assert claim_reversals(now=timezone.now()) == []
    call_command("audit")


def test_sync_payment_does_not_call_a_gift_refunded_while_a_part_is_on_its_way(
    campaign: Campaign, gift: Donation, officer: User
) -> None:
    twin("next_refunds", status="pending", at_once=True)
    part = refund_at_stripe(gift, 500)
    sync(gift)
    rest = owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    assert rest.amount_cents == 1500

    send_refund(reversal=rest, now=timezone.now())

    gift.refresh_from_db()
    assert gift.status == Status.REFUND_DUE
    assert books(campaign) == {"stripe": 500, "refunds_owed": -500}
    call_command("audit")
    assert end_refund(gift, part, "succeeded").status == Status.REFUNDED
    assert books(campaign) == {}
    call_command("audit")


def test_sync_payment_still_owes_what_an_officer_decided_when_a_part_at_stripe_fails(
    campaign: Campaign, gift: Donation, officer: User
) -> None:
    twin("next_refunds", status="pending", at_once=True)
    part = refund_at_stripe(gift, 500)
    sync(gift)
    rest = owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    send_refund(reversal=rest, now=timezone.now())

    owed = end_refund(gift, part, "failed")

    assert owed.status == Status.REFUND_DUE
    assert books(campaign) == {"stripe": 500, "refunds_owed": -500}
    call_command("audit")
    again = retry_refund(reversal=Reversal.objects.get(reason="external"), by=officer, now=timezone.now())
    assert again.amount_cents == 500


def test_send_refund_of_the_rest_does_not_call_a_gift_refunded_whose_part_came_back(
    campaign: Campaign, gift: Donation, officer: User
) -> None:
    twin("next_refunds", status="pending", at_once=True)
    part = refund_at_stripe(gift, 500)
    sync(gift)
    rest = owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    end_refund(gift, part, "failed")

    send_refund(reversal=rest, now=timezone.now())

    gift.refresh_from_db()
    assert gift.status == Status.REFUND_DUE
    assert books(campaign) == {"stripe": 500, "refunds_owed": -500}
    call_command("audit")
    again = retry_refund(reversal=Reversal.objects.get(reason="external"), by=officer, now=timezone.now())
    send_refund(reversal=again, now=timezone.now())
    gift.refresh_from_db()
    assert gift.status == Status.REFUNDED
    call_command("audit")


def test_sync_payment_still_owes_a_part_that_comes_back_after_the_campaign_failed(
    campaign: Campaign, gift: Donation
) -> None:
    part = refund_at_stripe(gift, 500)
    sync(gift)
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)
    (rest,) = claim_reversals(now=campaign.closes_at)
    send_refund(reversal=rest, now=timezone.now())
    campaign.refresh_from_db()
    assert campaign.status == Campaign.Status.REFUNDED

    back = end_refund(gift, part, "failed")

    campaign.refresh_from_db()
    assert (back.status, campaign.status) == (Status.REFUND_DUE, Campaign.Status.FAILED)
    assert books(campaign) == {"stripe": 500, "refunds_owed": -500}
    call_command("audit")


def test_sync_payment_never_counts_a_late_gift_because_a_refund_at_stripe_failed(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    answer_otherwise(monkeypatch, charged_at=campaign.closes_at)
    late = sync(donation)
    refund = refund_at_stripe(late)
    assert sync(late).status == Status.REFUNDED

    owed = end_refund(late, refund, "failed")

    assert owed.status == Status.REFUND_DUE
    assert books(campaign) == {"stripe": 2000, "refunds_owed": -2000}
    call_command("audit")


@pytest.mark.parametrize("cents", [500, 2000])
def test_sync_payment_gives_back_from_quarantine_at_stripe(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, cents: int
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    with monkeypatch.context() as lie:
        answer_otherwise(lie, currency="usd")
        strange = sync(donation)
    twin("next_refunds", status="pending", at_once=True)
    refund = refund_at_stripe(strange, cents)
    sync(strange)
    call_command("audit")

    end_refund(strange, refund, "succeeded")

    rest = 2000 - cents
    assert balance(Kind.STRIPE, campaign=campaign) == -balance(Kind.QUARANTINE, campaign=campaign) == rest
    call_command("audit")
