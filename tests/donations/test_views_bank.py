"""The page on which a donor names a bank account."""

import logging

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations import tasks
from donations.bank_forms import BankAccountForm
from donations.models import BankRefund, Donation, Reversal
from donations.services import ask_again, give_bank_account, iban_of
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.donations.returned import IBAN, come_back, links
from tests.factories import give
from tests.pages import words_of

GERMAN = "DE89 3704 0044 0532 0130 00"


@pytest.fixture
def asked(campaign: Campaign, officer: User) -> Reversal:
    """Return a refund by bank transfer whose donor is being asked for an account."""
    come_back(give(campaign=campaign), officer)
    tasks.ask_for_bank_accounts()
    return Reversal.objects.get(method="bank")


def page() -> str:
    """Return the address of the page in the donor's last mail."""
    return reverse("donations:bank_account", args=[links()[-1]])


def test_bank_account_asks_and_says_what_for(client: Client, asked: Reversal) -> None:
    response = client.get(page())

    words = words_of(response)
    assert response.status_code == 200
    assert "20 €" in words.replace("\xa0", " ") and "IBAN" in words
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_bank_account_keeps_the_account_and_serves_once(client: Client, asked: Reversal) -> None:
    url = page()

    response = client.post(url, {"holder": "  Ada   Neri ", "iban": GERMAN.lower()})

    bank = BankRefund.objects.get()
    assert response.url == reverse("donations:donation_status", args=[asked.donation.access_token])
    assert (bank.holder, iban_of(bank), bank.iban_last4) == ("Ada Neri", GERMAN.replace(" ", ""), "3000")
    assert client.get(url).status_code == 410
    assert client.post(url, {"holder": "Eva", "iban": IBAN}).status_code == 410
    assert BankRefund.objects.get().holder == "Ada Neri"
    assert "bonifico" in words_of(client.get(response.url)) or "conto" in words_of(client.get(response.url))


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("holder", {"holder": " "}),
        ("holder", {"holder": "12"}),
        ("iban", {"iban": ""}),
        ("iban", {"iban": "IT60X0542811101000000123457"}),
        ("iban", {"iban": "IT60X05428111010000001234"}),
        ("iban", {"iban": "US64SVBKUS6S3300958879"}),
        ("iban", {"iban": "AE070331234567890123456"}),
        ("iban", {"iban": "boh"}),
    ],
)
def test_bank_account_says_next_to_the_field_what_is_wrong(
    client: Client, asked: Reversal, field: str, change: dict[str, str]
) -> None:
    typed = {"holder": "Ada Neri", "iban": GERMAN, **change}

    response = client.post(page(), typed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    kept = "iban" if field == "holder" else "holder"
    assert f'value="{typed[kept]}"' in response.content.decode()
    assert f"id_{field}_error" in response.content.decode()
    assert BankRefund.objects.get().answered_at is None


def test_bank_account_by_an_older_link_is_gone(client: Client, asked: Reversal, officer: User) -> None:
    old = page()
    ask_again(reversal=asked, by=officer, now=timezone.now())

    assert client.get(old).status_code == 410
    assert client.get(page()).status_code == 200


def test_bank_account_never_stands_in_logs_or_mails(
    client: Client, asked: Reversal, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post(page(), {"holder": "Ada Neri", "iban": IBAN})

    assert IBAN not in caplog.text
    assert not Mail.objects.filter(body__contains="0542811101").exists()


def test_form_takes_every_way_of_writing_an_iban() -> None:
    for typed in (IBAN, "it60 x054 2811 1010 0000 0123 456", "IT60-X0542811101000000123456"):
        form = BankAccountForm({"holder": "Ada", "iban": typed})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["iban"] == IBAN


# --- The desk ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ready(asked: Reversal) -> Reversal:
    """Return one whose donor has named an account."""
    give_bank_account(token=links()[-1], holder="Ada Neri", iban=IBAN, now=timezone.now())
    asked.refresh_from_db()
    return asked


def test_donors_own_page_says_what_a_bank_refund_waits_for(client: Client, asked: Reversal) -> None:
    own = reverse("donations:donation_status", args=[asked.donation.access_token])
    waiting = words_of(client.get(own))
    give_bank_account(token=links()[-1], holder="Ada Neri", iban=IBAN, now=timezone.now())
    ready = words_of(client.get(own))

    assert "apri il link nel nostro ultimo messaggio" in waiting and "non devi fare" not in waiting
    assert "il bonifico è in preparazione" in ready
    assert "sostituito da un bonifico" in waiting and "un funzionario cerca" not in waiting


PROOF = {"paid_on": "2026-01-31", "reference": "CRO 777", "reason": "Carta chiusa"}


def test_desk_shows_the_account_in_full_only_where_it_is_paid_to(ready: Reversal, officer: User) -> None:
    desk = desk_of(officer)

    step = text_of(desk.get(row_url(ready, "record_transfer")))
    row, rows = text_of(desk.get(row_url(ready))), text_of(desk.get(list_url(ready, queue="to_pay")))

    assert "IT60 X054 2811 1010 0000 0123 456" in step and "Ada Neri" in step
    assert "… 3456" in row
    assert "0542811101" not in (row + rows).replace(" ", "")
    assert "To pay by bank · 1" in rows


def test_desk_records_a_transfer_once(ready: Reversal, officer: User) -> None:
    desk = desk_of(officer)

    done = text_of(take_step(desk, row_url(ready, "record_transfer"), **PROOF))
    late = text_of(desk.get(row_url(ready, "record_transfer"), follow=True))

    ready.refresh_from_db()
    assert "Recorded" in done and "does not wait for a bank transfer any more" in late
    assert (ready.status, ready.bank.reference, ready.bank.paid_by) == ("succeeded", "CRO 777", officer)
    assert "No refund has to be paid by bank transfer." in text_of(desk.get(list_url(ready, queue="to_pay")))


@pytest.mark.parametrize(
    ("field", "change"),
    [("paid_on", {"paid_on": "2999-01-01"}), ("reference", {"reference": ""}), ("reason", {"reason": ""})],
)
def test_desk_wants_the_whole_proof(
    ready: Reversal, officer: User, field: str, change: dict[str, str]
) -> None:
    response = take_step(desk_of(officer), row_url(ready, "record_transfer"), **{**PROOF, **change})

    assert list(response.context["form"].errors) == [field]


def test_desk_lets_nobody_pay_without_the_right(ready: Reversal) -> None:
    reader = desk_of(officer_with("donations.view_reversal", "donations.view_bankrefund"))

    assert reader.get(row_url(ready)).status_code == 200
    assert reader.get(row_url(ready, "record_transfer")).status_code == 403
    assert reader.post(row_url(ready, "ask_again"), {"seen": ""}).status_code == 403


def test_desk_asks_the_donor_again(ready: Reversal, officer: User) -> None:
    words = text_of(take_step(desk_of(officer), row_url(ready, "ask_again")))

    assert "new link is on its way" in words
    assert len(links()) == 2


def test_desk_counts_what_waits_on_its_first_page(ready: Reversal, officer: User) -> None:
    assert "Refunds to pay by bank transfer" in text_of(desk_of(officer).get(reverse("admin:index")))


def test_desk_hides_the_link_from_officers(asked: Reversal, officer: User) -> None:
    mail = Mail.objects.get(key__startswith="donation_bank_asked:")

    page = desk_of(officer).get(row_url(mail)).content.decode()

    assert mail.subject in page and links()[-1] not in page


def test_give_back_of_a_part_says_what_stays(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign, amount_cents=5000)
    desk = desk_of(officer)

    told = text_of(desk.post(row_url(gift, "give_back"), {"amount": "12,50", "reason": "", "preview": "1"}))
    take_step(desk, row_url(gift, "give_back"), amount="12,50", reason="Parte")

    assert "€12.50 go back" in told and "€37.50 of the gift stay" in told
    assert Reversal.objects.get().amount_cents == 1250
    gift.refresh_from_db()
    assert gift.status == Donation.Status.SETTLED


@pytest.mark.parametrize("typed", ["0", "50,01", "-1", "boh", ""])
def test_give_back_says_next_to_the_amount_what_is_wrong(
    campaign: Campaign, officer: User, typed: str
) -> None:
    gift = give(campaign=campaign, amount_cents=5000)

    response = take_step(desk_of(officer), row_url(gift, "give_back"), amount=typed, reason="Parte")

    assert list(response.context["form"].errors) == ["amount"]
    assert not Reversal.objects.exists()
