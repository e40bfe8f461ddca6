"""Promises of the database about receipts and about the log of exports."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations.models import Donation, DonorExport, Receipt
from donations.services import issue_receipt
from tests.factories import give


@pytest.fixture
def receipt(campaign: Campaign) -> Receipt:
    """Return a receipt that is out."""
    receipt = issue_receipt(donation=give(campaign=campaign), now=timezone.now())
    assert receipt is not None
    return receipt


def another(receipt: Receipt, **changes: Any) -> None:
    """Try to write a second receipt like the first, with other facts."""
    fields = {
        "donation": receipt.donation,
        "payee": receipt.payee,
        "year": receipt.year,
        "number": receipt.number + 1,
        "amount_cents": 2000,
        "payee_name": "Associazione",
        "payee_seat": "Via Padova 1, Milano",
        "issued_at": timezone.now(),
        "voided_at": timezone.now(),
        "void_reason": "returned",
    }
    with transaction.atomic():
        Receipt.objects.create(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"number": 1}, "receipt_number_once"),
        ({"voided_at": None, "void_reason": ""}, "receipt_one_valid_per_gift"),
        ({"amount_cents": 0}, "receipt_amount_positive"),
        ({"void_reason": ""}, "receipt_void_has_reason"),
        ({"voided_at": None}, "receipt_void_has_reason"),
        ({"relief_bp": 3000}, "receipt_relief_has_register"),
    ],
)
def test_receipt_that_breaks_a_promise_is_refused(
    receipt: Receipt, changes: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        another(receipt, **changes)


def test_receipt_is_replaced_once(receipt: Receipt) -> None:
    another(receipt, replaces=receipt)

    with pytest.raises(IntegrityError, match="replaces"):
        another(receipt, number=receipt.number + 2, replaces=receipt)


@pytest.mark.parametrize(
    "change",
    [{"amount_cents": 1}, {"number": 9}, {"payee_name": "Altra"}, {"relief_bp": 0, "payee_seat": "Altrove"}],
)
def test_receipt_says_for_ever_what_it_said(receipt: Receipt, change: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk).update(**change)


def test_receipt_that_is_void_stays_void(receipt: Receipt) -> None:
    Receipt.objects.filter(pk=receipt.pk).update(voided_at=timezone.now(), void_reason="returned")

    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk).update(voided_at=None, void_reason="")


def test_receipt_is_never_deleted(receipt: Receipt) -> None:
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        receipt.delete()


def test_donor_export_is_neither_changed_nor_deleted(campaign: Campaign, officer: User) -> None:
    log = DonorExport.objects.create(
        organization=campaign.organization,
        year=2026,
        donors=0,
        total_cents=0,
        exported_at=timezone.now(),
        actor=officer,
    )

    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        DonorExport.objects.filter(pk=log.pk).update(donors=1)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        log.delete()


def test_receipt_is_called_by_number_and_year(receipt: Receipt) -> None:
    assert str(receipt) == f"1/{receipt.year}"


def test_valid_receipt_is_the_one_that_is_not_void(receipt: Receipt) -> None:
    gift = Donation.objects.with_campaign().get(pk=receipt.donation.pk)

    assert gift.valid_receipt == receipt
    Receipt.objects.filter(pk=receipt.pk).update(voided_at=timezone.now(), void_reason="returned")
    assert Donation.objects.with_campaign().get(pk=gift.pk).valid_receipt is None
