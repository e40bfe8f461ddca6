"""Receipts: one per gift, numbered per payee and year without gaps."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from donations import services
from donations.models import Donation, Receipt
from donations.services import correct_receipt, issue_receipt, owe_refund, sync_payment
from donations.tasks import correct_receipts
from tests.donations.at_stripe import answer_otherwise, refund_at_stripe
from tests.factories import edit_body, give, make_campaign, twin
from tests.threads import at_once


def issue(donation: Donation) -> Receipt | None:
    """Write a gift's receipt now."""
    return issue_receipt(donation=donation, now=timezone.now())


def test_issue_receipt_numbers_gifts_in_the_order_of_issuing(campaign: Campaign) -> None:
    gifts = [give(campaign=campaign) for _number in range(3)]

    receipts = [issue(gift) for gift in gifts]

    assert [receipt.number for receipt in receipts] == [1, 2, 3]
    assert {receipt.payee for receipt in receipts} == {campaign.organization}
    assert {receipt.year for receipt in receipts} == {timezone.localdate().year}


def test_issue_receipt_is_written_once_and_mailed_once(campaign: Campaign) -> None:
    gift = give(campaign=campaign, email="ada@example.org", language="en")

    first, second = issue(gift), issue(gift)

    mail = Mail.objects.get(key=f"donation_receipt:{gift.pk}")
    assert first == second
    assert mail.recipient == "ada@example.org"
    assert f"{first.number}/{first.year}" in mail.body
    assert Mail.objects.filter(recipient="ada@example.org").count() == 1


def test_issue_receipt_numbers_each_payee_by_itself(
    campaign: Campaign, call: Call, officer: User, organizer: User
) -> None:
    other = make_campaign(officer=officer, promoter=organizer, call=call)

    assert [issue(give(campaign=one)).number for one in (campaign, other, campaign)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("charged_at", "year"),
    [
        (datetime(2024, 12, 31, 22, 59, 59, tzinfo=UTC), 2024),
        (datetime(2024, 12, 31, 23, 0, 0, tzinfo=UTC), 2025),
    ],
)
def test_issue_receipt_takes_the_year_of_the_payment_in_the_citys_time(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, charged_at: datetime, year: int
) -> None:
    issue(give(campaign=campaign))
    with monkeypatch.context() as clock:
        answer_otherwise(clock, charged_at=charged_at)
        gift = give(campaign=campaign)

    receipt = issue(gift)

    assert (receipt.year, receipt.number) == (year, 1)


def test_issue_receipt_writes_none_for_a_gift_owed_back_meanwhile(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign)
    owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=timezone.now())
    assert gift.status == Donation.Status.SETTLED, "the row the task has read before"

    assert issue(gift) is None

    assert not Receipt.objects.exists()
    assert not Mail.objects.filter(key__startswith="donation_receipt:").exists()


def test_issue_receipt_finds_the_one_of_a_gift_owed_back_later(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign)
    receipt = issue(gift)
    owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=timezone.now())

    assert issue(gift) == receipt


def test_issue_receipt_writes_nothing_when_the_mail_cannot_be_written(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = give(campaign=campaign)

    def fail(**fields: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("donations.services.receipt.queue_mail", fail)
        with pytest.raises(RuntimeError):
            issue(gift)

    assert not Receipt.objects.exists()
    assert issue(gift).number == 1


@pytest.mark.usefixtures("real_transactions")
def test_issue_receipt_at_once_leaves_no_gap_and_no_double(campaign: Campaign) -> None:
    gifts = [give(campaign=campaign) for _number in range(6)]

    at_once(*[partial(issue, gift) for gift in gifts * 2])

    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Mail.objects.filter(key__startswith="donation_receipt:").count() == 6


def replaced(receipt: Receipt) -> Receipt | None:
    """Let the receipt be looked at again now, and read it anew."""
    follower = correct_receipt(receipt=receipt, now=timezone.now())
    receipt.refresh_from_db()
    return follower


def test_correct_receipt_of_a_gift_that_is_kept_changes_nothing(campaign: Campaign) -> None:
    receipt = issue(give(campaign=campaign))

    assert replaced(receipt) == receipt
    assert receipt.is_valid
    assert Mail.objects.filter(recipient="donor@example.org").count() == 1


def test_correct_receipt_of_a_gift_given_back_makes_it_void(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign)
    receipt = issue(gift)
    owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())

    assert replaced(receipt) is None
    assert (receipt.is_valid, receipt.void_reason) == (False, "returned")
    assert issue(gift) is None
    assert list(gift.receipts.all()) == [receipt]


def test_correct_receipt_after_a_partial_refund_issues_one_for_the_rest(campaign: Campaign) -> None:
    gift = give(campaign=campaign, amount_cents=5000)
    receipt = issue(gift)
    refund_at_stripe(gift, 1500)
    sync_payment(donation=gift, now=timezone.now())

    follower = replaced(receipt)

    assert (receipt.void_reason, receipt.amount_cents) == ("reduced", 5000)
    assert (follower.number, follower.amount_cents, follower.replaces) == (2, 3500, receipt)
    assert replaced(follower) == follower
    assert Receipt.objects.count() == 2
    mail = Mail.objects.get(key=f"receipt_replaced:{follower.pk}")
    assert str(receipt) in mail.body and str(follower) in mail.body and "35" in mail.body


def test_correct_receipt_of_a_contested_gift_and_again_when_it_is_won(campaign: Campaign) -> None:
    gift = give(campaign=campaign)
    receipt = issue(gift)
    twin("dispute", charge=gift.stripe_charge_id)
    sync_payment(donation=gift, now=timezone.now())

    assert replaced(receipt) is None
    twin("dispute_close", dispute=gift.disputes.get().stripe_dispute_id, status="won")
    sync_payment(donation=gift, now=timezone.now())
    follower = issue(gift)

    assert (follower.number, follower.replaces, follower.amount_cents) == (2, receipt, 2000)


def test_untrue_finds_the_receipts_that_say_another_amount(campaign: Campaign, officer: User) -> None:
    kept, returned, reduced = (give(campaign=campaign, amount_cents=5000) for _number in range(3))
    receipts = [issue(gift) for gift in (kept, returned, reduced)]
    owe_refund(donation=returned, by=officer, reason="Richiesta", now=timezone.now())
    refund_at_stripe(reduced, 100)
    sync_payment(donation=reduced, now=timezone.now())

    assert set(Receipt.objects.untrue()) == set(receipts[1:])
    for receipt in receipts:
        correct_receipt(receipt=receipt, now=timezone.now())
    assert not Receipt.objects.untrue().exists()


def test_correct_receipts_looks_at_every_untrue_one(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gifts = [give(campaign=campaign) for _number in range(3)]
    receipts = [issue(gift) for gift in gifts]
    for gift in gifts[:2]:
        owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    truth = services.correct_receipt

    def fail_once(*, receipt: Receipt, now: datetime) -> Receipt | None:
        if receipt == receipts[0]:
            raise RuntimeError
        return truth(receipt=receipt, now=now)

    with monkeypatch.context() as broken:
        broken.setattr(services, "correct_receipt", fail_once)
        correct_receipts()
    assert list(Receipt.objects.untrue()) == receipts[:1]

    correct_receipts()
    assert list(Receipt.objects.valid()) == receipts[2:]


def test_correct_receipt_writes_nothing_when_the_new_one_cannot_be_written(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = give(campaign=campaign, amount_cents=5000)
    receipt = issue(gift)
    refund_at_stripe(gift, 1500)
    sync_payment(donation=gift, now=timezone.now())

    def fail(**fields: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("donations.services.receipt.queue_mail", fail)
        with pytest.raises(RuntimeError):
            replaced(receipt)

    receipt.refresh_from_db()
    assert receipt.is_valid


@pytest.mark.usefixtures("real_transactions")
def test_correct_receipt_at_once_issues_one(campaign: Campaign) -> None:
    gift = give(campaign=campaign, amount_cents=5000)
    receipt = issue(gift)
    refund_at_stripe(gift, 1500)
    sync_payment(donation=gift, now=timezone.now())

    at_once(*[partial(correct_receipt, receipt=receipt, now=timezone.now())] * 6)

    assert sorted(Receipt.objects.values_list("number", "amount_cents")) == [(1, 5000), (2, 3500)]
    assert Mail.objects.filter(key__startswith="receipt_replaced:").count() == 1


@pytest.mark.parametrize(("kind", "share"), [("odv", 3500), ("aps", 3000), ("non_profit", 0)])
def test_issue_receipt_keeps_the_payee_and_its_donors_right(
    campaign: Campaign, kind: str, share: int
) -> None:
    payee = edit_body(organization=campaign.organization, kind=kind, runts_number="4711")

    receipt = issue(give(campaign=campaign))

    assert receipt.relief_bp == share
    assert (receipt.payee_name, receipt.payee_seat) == (payee.legal_name, "Via Padova 1, Milano")
    mail = Mail.objects.get(key=f"donation_receipt:{receipt.donation.pk}")
    assert ("117/2017" in mail.body) == bool(share)
    assert f"/ricevuta/{receipt.year}/{receipt.number}/" in mail.body
