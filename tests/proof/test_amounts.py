"""Every amount a citizen may give, every cost and cap: integer cents in, integer cents out, and none lost between."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from calls.rules import promise
from campaigns.models import Campaign
from campaigns.rules import gate
from civicfund.money import format_euro, parse_euro
from donations import services, stripe_gateway
from donations.models import Donation
from donations.stripe_answers import FeeState, Payment, RefundState
from ledger.models import Account, Posting
from matching.rules import share

#: Stripe takes from half a euro to a cent under a million.
GIFTS = st.integers(min_value=50, max_value=99_999_999)
COSTS = st.one_of(st.integers(min_value=1, max_value=999), st.integers(min_value=1, max_value=10**12))
CAPS = st.one_of(st.just(0), st.integers(min_value=0, max_value=10**11))


@example(cost=101, threshold_bp=5000, cap=10**9, raised=51)
@example(cost=1, threshold_bp=5000, cap=0, raised=1)
@example(cost=1, threshold_bp=1, cap=1, raised=0)
@given(cost=COSTS, threshold_bp=st.integers(min_value=1, max_value=9_999), cap=CAPS, raised=CAPS)
def test_every_cost_is_shared_to_the_cent(cost: int, threshold_bp: int, cap: int, raised: int) -> None:
    promised = promise(cost, threshold_bp, 10_000 - threshold_bp, cap)
    given_out = share(promised.grant_cents, raised, policy="auto").amount_cents
    shown = gate(
        cost_cents=cost,
        threshold_cents=promised.threshold_cents,
        grant_cents=promised.grant_cents,
        raised_cents=raised,
    )

    parts = [
        promised.threshold_cents,
        promised.grant_cents,
        promised.own_cents,
        given_out,
        shown.missing_cents,
    ]
    assert {type(part) for part in parts} == {int}
    assert sum(parts[:3]) == cost
    assert min(parts) >= 0 and 1 <= promised.threshold_cents <= cost
    assert promised.grant_cents <= cap and given_out <= min(promised.grant_cents, raised)
    # Half of 1.01 is 51 cents for the citizens and 50 for the city: a threshold is never missed by half a cent.
    assert promised.threshold_cents * 10_000 >= cost * threshold_bp
    assert shown.missing_cents == max(promised.threshold_cents - raised, 0)


@given(cents=GIFTS, language=st.sampled_from(["it", "en"]))
def test_every_gift_is_read_as_it_is_written(cents: int, language: str) -> None:
    assert parse_euro(format_euro(cents, language)) == cents


def answer(gift: Donation, fee: int, refunds: tuple[RefundState, ...] = ()) -> Payment:
    """Return what Stripe says about a gift that is paid."""
    return Payment(
        is_over=False,
        paid=True,
        amount_cents=gift.amount_cents,
        currency="eur",
        livemode=False,
        reference=str(gift.public_id),
        destination=gift.stripe_account_id,
        payment_intent_id=f"pi_{gift.pk}",
        charge_id=f"ch_{gift.pk}",
        charged_at=gift.created_at,
        reversible_cents=gift.amount_cents,
        read_in_seconds=0,
        card_fingerprint=f"card_{gift.pk}",
        refunds=refunds,
        fee=FeeState(f"txn_{gift.pk}", fee),
    )


@pytest.fixture
def ready(campaign: Campaign) -> Campaign:
    """Return an open campaign, ready to be given to again and again."""
    return campaign


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cents=GIFTS, fee=st.integers(min_value=0, max_value=2_000_000), back=st.integers(min_value=1))
@example(cents=200, fee=28, back=1)
@example(cents=99_999_999, fee=1_500_025, back=99_999_999)
def test_every_gift_stands_in_the_books_to_the_cent(
    ready: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch, cents: int, fee: int, back: int
) -> None:
    cents = max(cents, ready.call.minimum_gift_cents)
    now, back = timezone.now(), 1 + (back - 1) % cents
    said: list[Payment] = []
    monkeypatch.setattr(stripe_gateway, "retrieve_payment", lambda donation: said[-1])
    with transaction.atomic():
        gift = services.start_donation(campaign=ready, amount_cents=cents, email="a@example.org", now=now)
        Donation.objects.filter(pk=gift.pk).update(status="open", stripe_session_id=f"cs_{gift.pk}")
        gift.refresh_from_db()
        for refunds in ((), (RefundState(f"re_{gift.pk}", back, "succeeded", None),)):
            said.append(answer(gift, fee, refunds))
            gift = services.sync_payment(donation=gift, now=now)
            kept = cents - sum(refund.amount_cents for refund in refunds)
            held = dict(Account.objects.filter(campaign=ready).values_list("kind", "balance_cents"))
            assert (held["stripe"], -held["donors"], held.get("refunds_owed", 0)) == (kept, kept, 0)
            assert held.get("fees", 0) == fee
            assert gift.kept_cents == kept
        everything: list[Any] = list(Posting.objects.values_list("amount_cents", flat=True))
        assert sum(everything) == 0 and {type(one) for one in everything} == {int}
        transaction.set_rollback(True)
