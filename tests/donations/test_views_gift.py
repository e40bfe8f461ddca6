"""The donor's own page: receipts, what went back, and what can still be chosen."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations.models import Donation, Receipt
from donations.services import correct_receipt, issue_receipt, owe_refund
from tests.factories import edit_body, give, make_campaign
from tests.pages import words_of

TAX_CODE = "RSSMRA85T10A562S"


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift to a body in the register, with its receipt."""
    edit_body(organization=campaign.organization, runts_number="4711")
    gift = give(campaign=campaign, name="Ada", email="ada@example.org", message="Forza!")
    issue_receipt(donation=gift, now=timezone.now())
    return gift


def address(name: str, gift: Donation, *more: object) -> str:
    """Return the address of one of the gift's pages."""
    return reverse(f"donations:{name}", args=[gift.access_token, *more])


def receipt_address(receipt: Receipt) -> str:
    """Return the address of a receipt's PDF."""
    return address("receipt", receipt.donation, receipt.year, receipt.number)


def test_receipt_is_given_to_who_has_the_link(client: Client, gift: Donation) -> None:
    answer = client.get(receipt_address(gift.receipts.get()))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_receipt_of_another_gift_is_not_found(client: Client, gift: Donation, campaign: Campaign) -> None:
    other = give(campaign=campaign)
    receipt = gift.receipts.get()

    assert client.get(address("receipt", other, receipt.year, receipt.number)).status_code == 404
    forged = receipt_address(receipt).replace(gift.access_token, gift.access_token[:-1] + "~")
    assert client.get(forged).status_code == 404


def test_gift_page_shows_its_receipts_void_ones_too(client: Client, gift: Donation, officer: User) -> None:
    receipt = gift.receipts.get()
    page = client.get(address("donation_status", gift))
    assert receipt_address(receipt) in page.content.decode()

    owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    correct_receipt(receipt=receipt, now=timezone.now())
    page = client.get(address("donation_status", gift))

    assert "Annullata" in words_of(page)
    assert receipt_address(receipt) in page.content.decode()


def test_gift_appearance_changes_what_others_read(client: Client, gift: Donation) -> None:
    answer = client.post(address("gift_appearance", gift), {"show_name": "on", "message": "Avanti!"})

    assert answer.status_code == 302
    page = words_of(client.get(gift.campaign.get_absolute_url()))
    assert "Ada" in page and "Avanti!" in page


def test_gift_appearance_without_a_name_says_so_next_to_the_field(
    client: Client, gift: Donation, campaign: Campaign
) -> None:
    nameless = give(campaign=campaign, name="")

    page = client.post(address("gift_appearance", nameless), {"show_name": "on", "message": "Ciao"})

    assert page.status_code == 422
    assert "Ciao" in page.content.decode()
    nameless.refresh_from_db()
    assert not nameless.show_name


def test_gift_tax_code_is_checked_and_nothing_typed_is_lost(client: Client, gift: Donation) -> None:
    page = client.post(address("gift_tax_code", gift), {"tax_code": "RSSMRA85T10A562X"})

    assert page.status_code == 422
    assert "RSSMRA85T10A562X" in page.content.decode()
    assert gift.receipts.count() == 1


def test_gift_tax_code_stands_on_a_new_receipt(client: Client, gift: Donation) -> None:
    answer = client.post(address("gift_tax_code", gift), {"tax_code": "rssmra85t10 a562s", "opt_out": "on"})

    assert answer.status_code == 302
    gift.refresh_from_db()
    assert (gift.tax_code, gift.tax_reporting_opt_out) == (TAX_CODE, True)
    assert gift.receipts.count() == 2


def test_gift_tax_code_is_not_asked_where_it_gives_no_right(client: Client, campaign: Campaign) -> None:
    gift = give(campaign=campaign)

    page = client.get(address("donation_status", gift)).content.decode()
    form = client.get(reverse("donations:donate", args=[campaign.slug])).content.decode()

    assert 'name="tax_code"' not in page
    assert 'name="tax_code"' not in form
    assert client.post(address("gift_tax_code", gift), {"tax_code": TAX_CODE}).status_code == 404


def test_donate_asks_the_tax_code_where_it_gives_a_right(client: Client, gift: Donation) -> None:
    page = client.get(reverse("donations:donate", args=[gift.campaign.slug])).content.decode()

    assert 'name="tax_code"' in page
    assert 'name="tax_code"' in client.get(address("donation_status", gift)).content.decode()


def test_gift_page_of_a_gift_that_goes_back_shows_open_campaigns_nearby(
    client: Client, gift: Donation, officer: User, organizer: User
) -> None:
    near = make_campaign(officer=officer, promoter=organizer, call=gift.campaign.call)
    owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    page = client.get(address("donation_status", gift)).content.decode()
    assert near.get_absolute_url() not in page

    Campaign.objects.filter(pk=gift.campaign.pk).update(closes_at=timezone.now())
    page = client.get(address("donation_status", gift)).content.decode()

    assert near.get_absolute_url() in page


def test_public_pages_tell_neither_address_nor_tax_code(client: Client, gift: Donation) -> None:
    Donation.objects.filter(pk=gift.pk).update(tax_code=TAX_CODE, show_name=True)
    public = ["/", reverse("campaigns:campaign_list"), gift.campaign.get_absolute_url()]

    for path in [*public, gift.campaign.call.get_absolute_url()]:
        page = client.get(path).content.decode()
        assert "ada@example.org" not in page
        assert TAX_CODE not in page


def test_my_donations_leads_to_the_receipt(client: Client, gift: Donation, stranger: User) -> None:
    Donation.objects.filter(pk=gift.pk).update(donor=stranger)
    client.force_login(stranger)

    page = client.get(reverse("donations:my_donations")).content.decode()

    assert receipt_address(gift.receipts.get()) in page
