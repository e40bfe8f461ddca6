"""Money that goes back: decided once, sent once, and owed until the donor has it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import Donation, Reversal
from donations.services import (
    NotRefundable,
    claim_reversals,
    owe_refund,
    retry_refund,
    send_refund,
    sync_payment,
)
from donations.stripe_answers import StripeRefused, StripeUnavailable
from ledger.models import Account, Entry
from ledger.services import balance
from matching.services import close_campaign, settle_campaign
from tests.donations.at_stripe import answer_otherwise, refund_at_stripe, refunds_at_stripe
from tests.factories import give, make_donation, pay, twin

Kind = Account.Kind
Progress = Reversal.Status
Status = Donation.Status


def owed(campaign: Campaign) -> int:
    """Return what a campaign owes to donors, in cents."""
    return -balance(Kind.REFUNDS_OWED, campaign=campaign)


def raised(campaign: Campaign) -> int:
    """Return what counts for a campaign that is not decided, in cents."""
    return -balance(Kind.DONORS, campaign=campaign)


def send_next() -> Reversal:
    """Claim the one refund that is due, send it, and return it."""
    (reversal,) = claim_reversals(now=timezone.now())
    send_refund(reversal=reversal, now=timezone.now())
    reversal.refresh_from_db()
    return reversal


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift of 20 euro that counts."""
    return give(campaign=campaign)


@pytest.fixture
def due(gift: Donation, officer: User) -> Reversal:
    """Return a refund of it that an officer has decided."""
    return owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=timezone.now())


def fail_campaign(campaign: Campaign) -> Campaign:
    """Let a campaign miss its threshold."""
    close_campaign(campaign=campaign, now=campaign.closes_at)
    return settle_campaign(campaign=campaign, now=campaign.closes_at)


def test_owe_refund_moves_the_money_at_once(campaign: Campaign, gift: Donation, officer: User) -> None:
    now = timezone.now()

    reversal = owe_refund(donation=gift, by=officer, reason=" Pagata due volte ", now=now)

    gift.refresh_from_db()
    entry = Entry.objects.get(key=f"owed:{reversal.pk}")
    assert (reversal.status, reversal.reason, reversal.amount_cents) == (Progress.DUE, "officer", 2000)
    assert (reversal.note, reversal.actor) == ("Pagata due volte", officer)
    assert (entry.actor, entry.reason) == (officer, "Pagata due volte")
    assert (gift.status, gift.refund_due_at) == (Status.REFUND_DUE, now)
    assert (raised(campaign), owed(campaign)) == (0, 2000)
    assert refunds_at_stripe(gift) == []
    call_command("audit")


@pytest.mark.parametrize("reason", ["", "   "])
def test_owe_refund_needs_a_reason(gift: Donation, officer: User, reason: str) -> None:
    with pytest.raises(NotRefundable):
        owe_refund(donation=gift, by=officer, reason=reason, now=timezone.now())

    assert not Reversal.objects.exists()


def test_owe_refund_decides_once(gift: Donation, due: Reversal, officer: User) -> None:
    with pytest.raises(NotRefundable):
        owe_refund(donation=gift, by=officer, reason="Ancora", now=timezone.now())

    assert Reversal.objects.get() == due


def test_owe_refund_refuses_a_gift_that_is_not_paid(campaign: Campaign, officer: User) -> None:
    donation = make_donation(campaign=campaign)

    with pytest.raises(NotRefundable):
        owe_refund(donation=donation, by=officer, reason="Richiesta", now=timezone.now())


def test_owe_refund_gives_back_what_was_really_taken_of_a_gift_in_quarantine(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    with monkeypatch.context() as lie:
        answer_otherwise(lie, amount_cents=1500)
        sync_payment(donation=donation, now=timezone.now())

    reversal = owe_refund(donation=donation, by=officer, reason="Importo sbagliato", now=timezone.now())

    assert reversal.amount_cents == 1500
    assert balance(Kind.QUARANTINE, campaign=campaign) == 0
    assert owed(campaign) == 1500
    call_command("audit")


def test_owe_refund_after_success_takes_it_from_the_promoter(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=1_000_000)
    gift = give(campaign=campaign)
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)

    owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=timezone.now())

    assert balance(Kind.PROMOTER, campaign=campaign) == -1_000_000
    assert owed(campaign) == 2000
    call_command("audit")


def test_owe_refund_of_a_gift_in_quarantine_makes_a_refunded_campaign_owe_again(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    with monkeypatch.context() as lie:
        answer_otherwise(lie, currency="usd")
        sync_payment(donation=donation, now=timezone.now())
    assert fail_campaign(campaign).status == Campaign.Status.REFUNDED

    owe_refund(donation=donation, by=officer, reason="Valuta sbagliata", now=timezone.now())

    campaign.refresh_from_db()
    assert campaign.status == Campaign.Status.FAILED
    call_command("audit")
    send_next()
    campaign.refresh_from_db()
    assert campaign.status == Campaign.Status.REFUNDED
    call_command("audit")


def test_send_refund_gives_the_money_back_and_tells_the_donor(
    campaign: Campaign, gift: Donation, due: Reversal
) -> None:
    sent = send_next()

    gift.refresh_from_db()
    (at_stripe,) = refunds_at_stripe(gift)
    assert (sent.status, sent.stripe_refund_id) == (Progress.SUCCEEDED, at_stripe.id)
    assert (at_stripe.amount, at_stripe.status) == (2000, "succeeded")
    assert at_stripe.metadata["reversal"] == str(due.pk)
    assert gift.status == Status.REFUNDED
    assert gift.refunded_at is not None
    assert (owed(campaign), balance(Kind.STRIPE, campaign=campaign)) == (0, 0)
    assert Mail.objects.filter(key=f"donation_refunded:{due.pk}", recipient=gift.email).count() == 1
    account = gift.stripe_account_id
    assert twin("truth")["balances"][account]["eur"] == 0
    call_command("audit")


def test_send_refund_twice_makes_one_refund(gift: Donation, due: Reversal) -> None:
    send_refund(reversal=due, now=timezone.now())
    send_refund(reversal=due, now=timezone.now())

    assert len(refunds_at_stripe(gift)) == 1
    assert Entry.objects.filter(kind=Entry.Kind.REFUND).count() == 1
    assert Mail.objects.filter(key__startswith="donation_refunded:").count() == 1


@pytest.mark.usefixtures("impatient")
def test_send_refund_after_a_lost_answer_makes_one_refund(
    campaign: Campaign, gift: Donation, due: Reversal
) -> None:
    now = timezone.now()
    (reversal,) = claim_reversals(now=now)
    twin("fail", path="/v1/refunds", status="drop_after", count=3)
    with pytest.raises(StripeUnavailable):
        send_refund(reversal=reversal, now=now)
    assert owed(campaign) == 2000

    (again,) = claim_reversals(now=now + Reversal.LEASE)
    send_refund(reversal=again, now=now + Reversal.LEASE)

    gift.refresh_from_db()
    assert gift.status == Status.REFUNDED
    assert len(refunds_at_stripe(gift)) == 1
    assert owed(campaign) == 0


@pytest.mark.usefixtures("impatient")
def test_send_refund_after_stripe_forgot_the_key_looks_before_it_asks(gift: Donation, due: Reversal) -> None:
    now = timezone.now()
    (reversal,) = claim_reversals(now=now)
    twin("fail", path="/v1/refunds", status="drop_after", count=3)
    with pytest.raises(StripeUnavailable):
        send_refund(reversal=reversal, now=now)
    twin("advance", seconds=25 * 3600)

    (again,) = claim_reversals(now=now + timedelta(hours=25))
    send_refund(reversal=again, now=now + timedelta(hours=25))

    assert len(refunds_at_stripe(gift)) == 1
    gift.refresh_from_db()
    assert gift.status == Status.REFUNDED


def test_send_refund_refused_stays_owed(
    campaign: Campaign, gift: Donation, due: Reversal, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The bank is faster than the reading that comes before the refund.
    answer_otherwise(monkeypatch, disputes=())
    twin("dispute", charge=gift.stripe_charge_id)
    (reversal,) = claim_reversals(now=timezone.now())

    with pytest.raises(StripeRefused, match="charge_disputed"):
        send_refund(reversal=reversal, now=timezone.now())

    reversal.refresh_from_db()
    gift.refresh_from_db()
    assert (reversal.status, gift.status) == (Progress.DUE, Status.REFUND_DUE)
    assert owed(campaign) == 2000


def test_send_refund_pending_is_finished_by_a_later_reading(
    campaign: Campaign, gift: Donation, due: Reversal
) -> None:
    twin("next_refunds", status="pending", at_once=True)
    sent = send_next()
    assert (sent.status, sent.ended_at) == (Progress.SENT, None)
    assert owed(campaign) == 2000
    call_command("audit")
    twin("refund_outcome", refund=sent.stripe_refund_id, status="succeeded")

    refunded = sync_payment(donation=gift, now=timezone.now())

    sent.refresh_from_db()
    assert (sent.status, refunded.status) == (Progress.SUCCEEDED, Status.REFUNDED)
    assert owed(campaign) == 0
    call_command("audit")


@pytest.mark.parametrize("first", ["pending", "succeeded"])
@pytest.mark.parametrize("end", ["failed", "canceled"])
def test_retry_refund_sends_a_refund_that_came_back_once_more(
    campaign: Campaign, gift: Donation, due: Reversal, officer: User, first: str, end: str
) -> None:
    twin("next_refunds", status=first, at_once=True)
    sent = send_next()
    twin("refund_outcome", refund=sent.stripe_refund_id, status=end)
    back = sync_payment(donation=gift, now=timezone.now())
    sent.refresh_from_db()
    assert (sent.status, back.status, back.refunded_at) == (Progress.FAILED, Status.REFUND_DUE, None)
    assert owed(campaign) == balance(Kind.STRIPE, campaign=campaign) == 2000
    assert claim_reversals(now=timezone.now()) == []
    call_command("audit")

    retry_refund(reversal=sent, by=officer, now=timezone.now())
    again = send_next()

    gift.refresh_from_db()
    assert (again.status, again.actor, gift.status) == (Progress.SUCCEEDED, officer, Status.REFUNDED)
    assert again.pk != sent.pk
    assert owed(campaign) == balance(Kind.STRIPE, campaign=campaign) == 0
    call_command("audit")


def test_retry_refund_refuses_while_one_is_on_its_way(gift: Donation, due: Reversal, officer: User) -> None:
    with pytest.raises(NotRefundable):
        retry_refund(reversal=due, by=officer, now=timezone.now())


def test_retry_refund_refuses_when_the_donor_has_the_money(due: Reversal, officer: User) -> None:
    sent = send_next()

    with pytest.raises(NotRefundable):
        retry_refund(reversal=sent, by=officer, now=timezone.now())


def test_sync_payment_never_takes_a_refund_back_to_an_earlier_state(
    gift: Donation, due: Reversal, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin("next_refunds", status="pending", at_once=True)
    sent = send_next()
    stale = stripe_gateway.retrieve_payment(gift)
    twin("refund_outcome", refund=sent.stripe_refund_id, status="succeeded")
    sync_payment(donation=gift, now=timezone.now())
    monkeypatch.setattr(stripe_gateway, "retrieve_payment", lambda donation: stale)

    sync_payment(donation=gift, now=timezone.now())

    sent.refresh_from_db()
    gift.refresh_from_db()
    assert (sent.status, gift.status) == (Progress.SUCCEEDED, Status.REFUNDED)


def test_settle_campaign_owes_only_what_is_left_of_each_gift(campaign: Campaign, gift: Donation) -> None:
    give(campaign=campaign, amount_cents=3000)
    refund_at_stripe(gift, 500)
    sync_payment(donation=gift, now=timezone.now())

    fail_campaign(campaign)

    amounts = Reversal.objects.filter(reason="failure").order_by("pk").values_list("amount_cents", flat=True)
    assert list(amounts) == [1500, 3000]
    assert owed(campaign) == 4500
    call_command("audit")
