"""What a donor may still decide about a gift."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Mail, OrgKind, User
from campaigns.models import Campaign
from donations.models import Donation, Party, Receipt
from donations.services import (
    MessageClosed,
    NoTaxRelief,
    choose_appearance,
    flag_party,
    issue_receipt,
    sync_payment,
    tell_tax_code,
)
from ledger.services import raised_cents
from tests.factories import edit_body, give, make_donation, pay

TAX_CODE = "RSSMRA85T10A562S"


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift to a body in the register, with its receipt."""
    edit_body(organization=campaign.organization, runts_number="4711")
    gift = give(campaign=campaign, name="Ada", message="Forza!")
    issue_receipt(donation=gift, now=timezone.now())
    return gift


def numbers(gift: Donation) -> list[tuple[int, str]]:
    """Return the numbers of a gift's receipts, each with why it is void."""
    return list(Receipt.objects.filter(donation=gift).order_by("number").values_list("number", "void_reason"))


def test_choose_appearance_shows_the_name_and_another_message(gift: Donation) -> None:
    gift = choose_appearance(donation=gift, name="", show_name=True, message="Avanti!", now=timezone.now())

    gift.refresh_from_db()
    assert (gift.name, gift.show_name, gift.message) == ("Ada", True, "Avanti!")
    assert numbers(gift) == [(1, "")]


def test_choose_appearance_keeps_the_name_that_is_there(gift: Donation) -> None:
    gift = choose_appearance(
        donation=gift, name="Grace", show_name=True, message="Forza!", now=timezone.now()
    )

    assert gift.name == "Ada"


def test_choose_appearance_with_a_first_name_issues_the_receipt_anew(campaign: Campaign) -> None:
    gift = give(campaign=campaign, name="")
    issue_receipt(donation=gift, now=timezone.now())

    choose_appearance(donation=gift, name="Ada", show_name=False, message="", now=timezone.now())

    assert numbers(gift) == [(1, "data"), (2, "")]


def test_choose_appearance_after_the_end_hides_the_name_but_leaves_the_message(gift: Donation) -> None:
    later = gift.campaign.closes_at + timedelta(seconds=1)
    choose_appearance(donation=gift, name="", show_name=True, message="Forza!", now=timezone.now())

    choose_appearance(donation=gift, name="", show_name=False, message="Forza!", now=later)
    with pytest.raises(MessageClosed):
        choose_appearance(donation=gift, name="", show_name=True, message="Troppo tardi", now=later)

    gift.refresh_from_db()
    assert (gift.show_name, gift.message) == (False, "Forza!")


def test_tell_tax_code_issues_the_receipt_anew_and_writes_once(gift: Donation) -> None:
    for _time in range(2):
        tell_tax_code(donation=gift, tax_code=TAX_CODE, opt_out=False, now=timezone.now())

    gift.refresh_from_db()
    assert gift.tax_code == TAX_CODE
    assert numbers(gift) == [(1, "data"), (2, "")]
    assert Mail.objects.filter(key__startswith="receipt_replaced:").count() == 1


def test_tell_tax_code_before_the_receipt_needs_no_other_one(campaign: Campaign) -> None:
    edit_body(organization=campaign.organization, runts_number="4711")
    gift = give(campaign=campaign)

    tell_tax_code(donation=gift, tax_code=TAX_CODE, opt_out=True, now=timezone.now())
    issue_receipt(donation=gift, now=timezone.now())

    gift.refresh_from_db()
    assert gift.tax_reporting_opt_out
    assert numbers(gift) == [(1, "")]


def test_tell_tax_code_takes_it_away(gift: Donation) -> None:
    tell_tax_code(donation=gift, tax_code=TAX_CODE, opt_out=False, now=timezone.now())
    tell_tax_code(donation=gift, tax_code="", opt_out=False, now=timezone.now())

    gift.refresh_from_db()
    assert gift.tax_code == ""
    assert numbers(gift) == [(1, "data"), (2, "data"), (3, "")]


def test_tell_tax_code_where_there_is_no_right_keeps_nothing(campaign: Campaign) -> None:
    edit_body(organization=campaign.organization, kind=OrgKind.MSME, runts_number="4711")
    gift = give(campaign=campaign)

    with pytest.raises(NoTaxRelief):
        tell_tax_code(donation=gift, tax_code=TAX_CODE, opt_out=False, now=timezone.now())

    gift.refresh_from_db()
    assert gift.tax_code == ""


def test_tell_tax_code_of_a_public_body_lets_the_gift_count_no_more(gift: Donation, officer: User) -> None:
    public = make_donation(campaign=gift.campaign, email="protocollo@ente.example.net")
    pay(public, card="5555555555554444")
    public = sync_payment(donation=public, now=timezone.now())
    tell_tax_code(donation=public, tax_code=TAX_CODE, opt_out=False, now=timezone.now())
    flag_party(donation=public, party=Party.PUBLIC_BODY, by=officer, reason="È un ente.", now=timezone.now())

    tell_tax_code(donation=gift, tax_code=TAX_CODE, opt_out=False, now=timezone.now())

    gift.refresh_from_db()
    assert (gift.party, gift.counted_cents, gift.uncounted_cents) == (Party.PUBLIC_BODY, 0, 2000)
    assert raised_cents(gift.campaign) == 0
