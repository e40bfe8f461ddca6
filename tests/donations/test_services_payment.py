"""Reading a payment from Stripe and posting the difference, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from accounts.models import User
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from donations.models import Donation, Reversal
from donations.services import owe_refund, start_donation, sync_payment
from donations.stripe_answers import StripeUnavailable
from ledger.models import Account, Entry
from ledger.services import balance, raised_cents
from matching.services import close_campaign, settle_campaign
from tests.donations.at_stripe import answer_otherwise
from tests.factories import DECLINED, give, make_donation, pay, twin

Kind = Account.Kind
Status = Donation.Status


def sync(donation: Donation) -> Donation:
    """Read a gift from Stripe now."""
    return sync_payment(donation=donation, now=timezone.now())


def books(campaign: Campaign) -> dict[str, int]:
    """Return the campaign's balances that are not zero, without Stripe's fees."""
    held = Account.objects.filter(campaign=campaign, fund=None).exclude(balance_cents=0)
    return dict(held.exclude(kind__in=["fees", "platform"]).values_list("kind", "balance_cents"))


def test_sync_payment_counts_a_paid_gift(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    at_stripe = pay(donation)
    now = timezone.now()

    settled = sync_payment(donation=donation, now=now)

    donation.refresh_from_db()
    assert settled.status == donation.status == Status.SETTLED
    assert (donation.settled_at, donation.charged_cents) == (now, 2000)
    assert donation.stripe_payment_intent_id == at_stripe["payment_intent"]
    assert donation.stripe_charge_id == at_stripe["charge"]
    assert abs(donation.charged_at - now) < timedelta(minutes=1)
    assert books(campaign) == {"stripe": 2000, "donors": -2000}
    entry = Entry.objects.get(kind=Entry.Kind.CHARGE)
    assert (entry.key, entry.created_at) == (f"charge:{at_stripe['payment_intent']}", now)
    call_command("audit")


def test_sync_payment_again_changes_nothing(campaign: Campaign) -> None:
    donation = give(campaign=campaign)

    again = sync_payment(donation=donation, now=timezone.now() + timedelta(hours=1))

    assert (again.status, again.settled_at) == (Status.SETTLED, donation.settled_at)
    assert Entry.objects.filter(kind=Entry.Kind.CHARGE).count() == 1
    assert raised_cents(campaign) == 2000


def test_sync_payment_of_a_stale_row_posts_nothing_twice(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    stale = Donation.objects.get(pk=donation.pk)
    pay(donation)
    sync(donation)

    again = sync(stale)

    assert again.status == Status.SETTLED
    assert books(campaign) == {"stripe": 2000, "donors": -2000}


def test_sync_payment_before_a_payment_page_asks_nobody(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = start_donation(
        campaign=campaign, amount_cents=2000, email="donor@example.org", now=timezone.now()
    )
    monkeypatch.setattr("donations.stripe_gateway.retrieve_payment", None)

    assert sync(donation).status == Status.CREATED


def test_sync_payment_leaves_a_declined_gift_open_for_another_card(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    assert pay(donation, DECLINED)["outcome"] == "declined"

    assert sync(donation).status == Status.OPEN
    assert books(campaign) == {}

    pay(donation)
    assert sync(donation).status == Status.SETTLED


def test_sync_payment_expires_a_gift_whose_page_ran_out_of_time(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    twin("advance", seconds=3600)
    now = timezone.now()

    expired = sync_payment(donation=donation, now=now)
    sync_payment(donation=donation, now=now + timedelta(hours=1))

    expired.refresh_from_db()
    assert (expired.status, expired.expired_at) == (Status.EXPIRED, now)
    assert books(campaign) == {}


def test_sync_payment_counts_an_expired_gift_that_was_paid_after_all(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation(campaign=campaign)
    with monkeypatch.context() as lie:
        answer_otherwise(lie, is_over=True, paid=False)
        assert sync(donation).status == Status.EXPIRED
    pay(donation)

    settled = sync(donation)

    assert (settled.status, settled.expired_at) == (Status.SETTLED, None)
    assert raised_cents(campaign) == 2000


@pytest.mark.usefixtures("impatient")
def test_sync_payment_without_stripe_changes_nothing(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    twin("fail", path="checkout/sessions", method="GET", status=503, count=3)

    with pytest.raises(StripeUnavailable):
        sync(donation)

    donation.refresh_from_db()
    assert donation.status == Status.OPEN
    assert sync(donation).status == Status.SETTLED


def test_sync_payment_books_nothing_when_the_row_cannot_be_written(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)

    def fail(**fields: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("donations.services.payment.update_reached", fail)
        with pytest.raises(RuntimeError):
            sync(donation)

    donation.refresh_from_db()
    assert donation.status == Status.OPEN
    assert books(campaign) == {}
    assert not Entry.objects.filter(kind=Entry.Kind.CHARGE).exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount_cents": 1999}, "amount: 1999 instead of 2000"),
        ({"amount_cents": 200_000}, "amount: 200000 instead of 2000"),
        ({"currency": "usd"}, "currency: usd instead of eur"),
        ({"destination": "acct_other"}, "account: acct_other instead of acct_"),
        ({"destination": ""}, "account:  instead of acct_"),
        ({"reference": "another-gift"}, "gift: another-gift instead of "),
        ({"livemode": True}, "real money: True instead of False"),
    ],
)
def test_sync_payment_quarantines_what_it_cannot_explain(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], words: str
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    answer_otherwise(monkeypatch, **change)

    with translation.override("en"):
        strange = sync(donation)
    sync(donation)

    strange.refresh_from_db()
    cents = change.get("amount_cents", 2000)
    assert strange.status == Status.QUARANTINED
    assert words in strange.quarantine_reason
    assert books(campaign) == {"stripe": cents, "quarantine": -cents}
    assert raised_cents(campaign) == 0
    call_command("audit")


def test_sync_payment_gives_back_a_gift_charged_at_the_deadline(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    answer_otherwise(monkeypatch, charged_at=campaign.closes_at)

    late = sync(donation)
    sync(donation)

    reversal = Reversal.objects.get(donation=donation)
    assert late.status == Status.REFUND_DUE
    assert (reversal.reason, reversal.amount_cents) == (Reversal.Reason.LATE, 2000)
    assert books(campaign) == {"stripe": 2000, "refunds_owed": -2000}
    assert raised_cents(campaign) == 0
    call_command("audit")


def test_sync_payment_counts_a_gift_charged_in_the_last_second(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    close_campaign(campaign=campaign, now=campaign.closes_at)
    answer_otherwise(monkeypatch, charged_at=campaign.closes_at - timedelta(seconds=1))

    settled = sync_payment(donation=donation, now=campaign.closes_at + timedelta(minutes=5))

    assert settled.status == Status.SETTLED
    assert raised_cents(campaign) == 2000


def test_sync_payment_gives_back_a_gift_that_arrives_after_the_outcome(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation(campaign=campaign)
    with monkeypatch.context() as lie:
        answer_otherwise(lie, is_over=True, paid=False)
        sync(donation)
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)
    pay(donation)

    late = sync(donation)

    campaign.refresh_from_db()
    assert late.status == Status.REFUND_DUE
    assert campaign.status == Campaign.Status.FAILED
    assert books(campaign) == {"stripe": 2000, "refunds_owed": -2000}
    call_command("audit")


def test_sync_payment_counts_a_gift_paid_while_the_campaign_is_suspended(
    campaign: Campaign, officer: User
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    suspend_campaign(campaign=campaign, by=officer, reason="Verifica in corso", now=timezone.now())

    assert sync(donation).status == Status.SETTLED
    assert raised_cents(campaign) == 2000


def test_sync_payment_writes_the_instant_of_the_very_gift_that_carries_it_over(campaign: Campaign) -> None:
    start = timezone.now()
    reached = []
    for number, cents in enumerate([999_800, 200, 5000]):
        give(campaign=campaign, amount_cents=cents, now=start + timedelta(seconds=number))
        campaign.refresh_from_db()
        reached.append(campaign.reached_at)

    second = start + timedelta(seconds=1)
    assert reached == [None, second, second]


def test_sync_payment_does_not_reach_a_cent_below(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=999_999)

    campaign.refresh_from_db()
    assert campaign.reached_at is None


def test_owe_refund_below_the_threshold_takes_the_reaching_back_until_it_is_reached_anew(
    campaign: Campaign, officer: User
) -> None:
    give(campaign=campaign, amount_cents=990_000)
    small = give(campaign=campaign, amount_cents=10_000)

    owe_refund(donation=small, by=officer, reason="Richiesta del donatore", now=timezone.now())

    campaign.refresh_from_db()
    assert campaign.reached_at is None
    later = timezone.now() + timedelta(seconds=5)
    give(campaign=campaign, amount_cents=10_000, now=later)
    campaign.refresh_from_db()
    assert campaign.reached_at == later


def test_owe_refund_above_the_threshold_leaves_the_reaching_alone(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=1_000_000)
    extra = give(campaign=campaign, amount_cents=10_000)
    campaign.refresh_from_db()
    reached = campaign.reached_at

    owe_refund(donation=extra, by=officer, reason="Richiesta del donatore", now=timezone.now())

    campaign.refresh_from_db()
    assert campaign.reached_at == reached is not None
    assert balance(Kind.REFUNDS_OWED, campaign=campaign) == -10_000
