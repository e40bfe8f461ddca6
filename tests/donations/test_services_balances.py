"""Every movement at Stripe against the ledger."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import (
    ConnectedAccount,
    Difference,
    Donation,
    Reconciliation,
    Reversal,
    StripeCursor,
    StripeTransaction,
)
from donations.services import (
    claim_reversals,
    owe_refund,
    reconcile_balances,
    reconcile_recent,
    send_refund,
    sync_payment,
)
from donations.stripe_answers import FeeState
from ledger.models import Account, Entry
from ledger.services import account, post
from tests.donations.at_stripe import answer_otherwise, refund_at_stripe
from tests.donations.comparing import compare_balances, foreign_charge, kinds, later
from tests.factories import give, make_donation, pay, twin

NOW = timezone.now()
HOUR = timedelta(hours=1)
Kind = Reconciliation.Kind
What = Difference.What
Status = Difference.Status


def given_back(campaign: Campaign, officer: User, cents: int = 4000) -> Donation:
    """Make a gift and send its refund."""
    gift = give(campaign=campaign, amount_cents=cents, email="indietro@example.org")
    owe_refund(donation=gift, by=officer, reason="Richiesta.", now=timezone.now())
    for reversal in claim_reversals(now=timezone.now()):
        send_refund(reversal=reversal, now=timezone.now())
    return gift


def test_reconcile_balances_finds_every_movement_in_the_books(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=3000)
    given_back(campaign, officer)

    run = compare_balances()

    assert (run.different, kinds()) == (0, [])
    # The platform's float; two charges, two transfers at both ends; a refund, its transfer back at both ends.
    assert StripeTransaction.objects.filter(is_own=False).count() == 9
    assert run.looked_at == StripeTransaction.objects.count()
    assert set(StripeCursor.objects.values_list("account_id", flat=True)) == {
        "",
        ConnectedAccount.objects.get().stripe_account_id,
    }


def test_reconcile_balances_reads_each_movement_once(campaign: Campaign) -> None:
    give(campaign=campaign)
    compare_balances()
    before = StripeTransaction.objects.count()
    give(campaign=campaign, email="b@example.org")

    compare_balances(later(61))
    compare_balances(later(62))

    assert StripeTransaction.objects.count() == before + 3


def test_reconcile_balances_finds_a_payment_without_a_posting(campaign: Campaign) -> None:
    give(campaign=campaign)
    intent = foreign_charge(1500)

    compare_balances()

    difference = Difference.objects.open().get()
    assert (difference.what, difference.stripe_id) == (What.MOVEMENT, intent)
    assert (difference.stripe_cents, difference.our_cents) == (1500, 0)


def test_reconcile_balances_leaves_alone_what_is_under_way(campaign: Campaign) -> None:
    foreign_charge(1500)
    pay(make_donation(campaign=campaign))

    compare_balances(timezone.now())

    assert kinds() == []


def test_reconcile_balances_finds_a_posting_without_a_movement(campaign: Campaign) -> None:
    give(campaign=campaign)
    post(
        key="charge:pi_invented",
        kind=Entry.Kind.CHARGE,
        postings=[
            (account(Account.Kind.STRIPE, campaign=campaign), 700),
            (account(Account.Kind.DONORS, campaign=campaign), -700),
        ],
        now=timezone.now(),
    )

    compare_balances()

    difference = Difference.objects.open().get()
    assert (difference.stripe_id, difference.ours) == ("pi_invented", "charge:pi_invented")
    assert (difference.stripe_cents, difference.our_cents) == (0, 700)


def test_reconcile_balances_finds_a_movement_posted_with_another_amount(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = make_donation(campaign=campaign, amount_cents=2000)
    pay(gift)
    answer_otherwise(monkeypatch, amount_cents=1900)
    reconcile_recent(now=timezone.now())

    compare_balances()

    difference = Difference.objects.open().get(what=What.MOVEMENT)
    assert (difference.stripe_cents, difference.our_cents) == (2000, 1900)


def test_reconcile_balances_lets_the_books_catch_up(campaign: Campaign) -> None:
    gift = give(campaign=campaign, amount_cents=5000)
    refund_at_stripe(gift)

    run = compare_balances()

    assert (run.healed, run.different, kinds()) == (1, 0, [])
    assert gift.reversals.get().status == Reversal.Status.SUCCEEDED


def test_reconcile_balances_calls_a_payment_that_nobody_has_told_for_days_no_difference(
    campaign: Campaign,
) -> None:
    gift = make_donation(campaign=campaign, amount_cents=2000)
    pay(gift)
    after_days = later(3 * 24 * 60)
    assert reconcile_recent(now=after_days).healed == 0  # type: ignore[union-attr]

    run = compare_balances(after_days)

    gift.refresh_from_db()
    assert (run.healed, run.different, kinds()) == (1, 0, [])
    assert gift.status == Donation.Status.SETTLED


def test_reconcile_balances_raises_what_cannot_catch_up(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = give(campaign=campaign, amount_cents=5000)
    refund_at_stripe(gift)
    with monkeypatch.context() as patched:
        patched.setattr("donations.services.recent.sync_payment", lambda donation, now: 1 // 0)
        compare_balances()
    assert [what for what, _stripe_id in kinds()] == ["movement"]

    assert compare_balances(later(61)).healed == 2
    assert kinds() == []


def test_reconcile_balances_leaves_alone_a_payment_of_nobody_that_is_going_back(campaign: Campaign) -> None:
    intent = foreign_charge(1500)
    twin("advance", seconds=3600)
    stripe_gateway._client().v1.refunds.create({"payment_intent": intent})

    # Of its two movements only the first is old enough to be looked at.
    compare_balances(later(65))
    assert kinds() == []
    compare_balances(later(90))
    assert kinds() == []


def test_reconcile_balances_accepts_a_refund_under_way_and_one_that_came_back(
    campaign: Campaign, officer: User
) -> None:
    twin("next_refunds", status="pending", count=1)
    gift = given_back(campaign, officer)
    assert gift.reversals.get().status == Reversal.Status.SENT
    compare_balances()
    assert kinds() == []

    twin("refund_outcome", refund=gift.reversals.get().stripe_refund_id, status="failed")
    reconcile_recent(now=later())
    compare_balances(later(61))

    assert gift.reversals.get().status == Reversal.Status.FAILED
    assert kinds() == []


def test_reconcile_balances_knows_the_platforms_own_money(campaign: Campaign) -> None:
    twin("topup", amount=5000)
    twin("topup", amount=-700)

    compare_balances()

    assert kinds() == []
    assert StripeTransaction.objects.filter(is_own=True).count() >= 2


def test_reconcile_balances_finds_a_balance_that_is_not_the_sum_of_its_movements(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(campaign=campaign)
    truth = stripe_gateway.retrieve_balance
    monkeypatch.setattr(stripe_gateway, "retrieve_balance", lambda account_id: truth(account_id) + 1)

    compare_balances()

    assert sorted(Difference.objects.open().values_list("what", flat=True)) == ["balance", "balance"]
    found = Difference.objects.open().first()
    assert found is not None
    assert found.stripe_cents == (found.our_cents or 0) + 1


def test_reconcile_balances_runs_once_a_night(campaign: Campaign) -> None:
    now = timezone.now()

    assert reconcile_balances(not_after=now - HOUR, now=now) is not None
    assert reconcile_balances(not_after=now - HOUR, now=now + HOUR) is None
    assert reconcile_balances(not_after=now + HOUR, now=now + 2 * HOUR) is not None


@pytest.mark.parametrize("outcome", ["", "won", "lost"])
def test_reconcile_balances_follows_a_dispute(campaign: Campaign, outcome: str) -> None:
    gift = give(campaign=campaign, amount_cents=5000)
    dispute = twin("dispute", charge=gift.stripe_charge_id)
    assert (compare_balances().healed, kinds()) == (1, [])

    if outcome:
        twin("dispute_close", dispute=dispute["id"], status=outcome)
        sync_payment(donation=gift, now=timezone.now())
    compare_balances(later(61))

    assert kinds() == []
    # Of the payment, and of the dispute.
    assert Entry.objects.filter(kind=Entry.Kind.FEE).count() == 2


def test_reconcile_balances_finds_a_fee_posted_with_another_amount(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = make_donation(campaign=campaign, amount_cents=2000)
    pay(gift)
    answer_otherwise(monkeypatch, fee=FeeState("txn_other", 12))
    reconcile_recent(now=timezone.now())

    compare_balances()

    # The fee at Stripe has no entry, and the entry has no fee at Stripe.
    found = sorted(Difference.objects.open().values_list("what", "stripe_cents", "our_cents"))
    assert found == [("fee", 0, 12), ("fee", 55, 0)]


def test_reconcile_balances_tells_a_payment_of_nobody_once_and_forgets_it_when_it_went_back(
    campaign: Campaign,
) -> None:
    intent = foreign_charge(1500)
    reconcile_recent(now=later())
    compare_balances(later(20))
    assert kinds() == [("payment", intent)]

    stripe_gateway._client().v1.refunds.create({"payment_intent": intent, "amount": 500})
    reconcile_recent(now=later(121))
    compare_balances(later(30))
    assert list(Difference.objects.open().values_list("stripe_id", "stripe_cents")) == [(intent, 1000)]
    stripe_gateway._client().v1.refunds.create({"payment_intent": intent})
    compare_balances(later(40))
    reconcile_recent(now=later(182))
    compare_balances(later(50))

    assert kinds() == []
