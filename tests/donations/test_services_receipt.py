"""Receipts: one per gift, numbered per payee and year without gaps."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from donations.models import Donation, Receipt
from donations.services import issue_receipt, owe_refund
from tests.donations.at_stripe import answer_otherwise
from tests.factories import give, make_campaign
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
