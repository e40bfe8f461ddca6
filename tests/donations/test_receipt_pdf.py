"""The receipt as a tagged PDF: what it says, to whom, and the same bytes each time."""

import io
import re

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import OrgKind, User
from campaigns.models import Campaign
from donations.models import Donation, Receipt
from donations.receipt_pdf import receipt_pdf
from donations.services import correct_receipt, issue_receipt, owe_refund
from tests.factories import edit_body, give

TAX_CODE = "RSSMRA85T10A562S"
RELIEF = "117/2017"


def receipt_of(donation: Donation) -> Receipt:
    """Issue a gift's receipt."""
    receipt = issue_receipt(donation=donation, now=timezone.now())
    assert receipt is not None
    return receipt


def reader(receipt: Receipt, language: str = "it") -> PdfReader:
    """Return a receipt's PDF, read again."""
    return PdfReader(io.BytesIO(receipt_pdf(receipt, language=language)))


def words(receipt: Receipt, language: str = "it") -> str:
    """Return the words of a receipt as one line."""
    text = " ".join(page.extract_text() for page in reader(receipt, language).pages)
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def registered(campaign: Campaign) -> Campaign:
    """Return a campaign of a body in the register of the Third Sector."""
    edit_body(organization=campaign.organization, runts_number="RUNTS-4711")
    return campaign


@pytest.mark.parametrize(("language", "title"), [("it", "Ricevuta n. 1/"), ("en", "Receipt no. 1/")])
def test_receipt_pdf_is_tagged_and_has_title_and_language(
    campaign: Campaign, language: str, title: str
) -> None:
    pdf = reader(receipt_of(give(campaign=campaign)), language)

    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title.startswith(title)
    assert b"pdfuaid" in pdf.trailer["/Root"]["/Metadata"].get_object().get_data()


def test_receipt_pdf_is_set_with_the_letters_of_the_site(campaign: Campaign) -> None:
    pdf = reader(receipt_of(give(campaign=campaign)))

    fonts = {str(font.get_object()["/BaseFont"]) for font in pdf.pages[0]["/Resources"]["/Font"].values()}
    assert fonts
    assert all("Titillium" in font for font in fonts)


def test_receipt_pdf_gives_the_same_bytes_each_time(campaign: Campaign) -> None:
    receipt = receipt_of(give(campaign=campaign))

    assert receipt_pdf(receipt, language="it") == receipt_pdf(
        Receipt.objects.get(pk=receipt.pk), language="it"
    )
    assert receipt_pdf(receipt, language="it") != receipt_pdf(receipt, language="en")


def test_receipt_pdf_says_what_a_receipt_has_to_say(registered: Campaign) -> None:
    gift = give(campaign=registered, amount_cents=12_050, name="Ada Bianchi", tax_code=TAX_CODE)
    payee = registered.organization

    text = words(receipt_of(gift))

    told = [
        f"1/{timezone.localdate().year}",
        payee.legal_name,
        payee.tax_code,
        "RUNTS-4711",
        "Via Padova 1, Milano",
    ]
    told += ["Ada Bianchi", TAX_CODE, "120,50", "centoventi/50", "carta di pagamento", registered.title]
    told += [registered.call.title, str(gift.public_id), "erogazione liberale", RELIEF, "30"]
    assert [one for one in told if one not in text.replace("\u00a0", " ")] == []


def test_receipt_pdf_in_english_says_it_in_english(registered: Campaign) -> None:
    text = words(receipt_of(give(campaign=registered)), "en")

    assert "payment card" in text
    assert "€20" in text
    assert "venti" not in text


@pytest.mark.parametrize("kind", [OrgKind.NON_PROFIT, OrgKind.SOCIAL_ENTERPRISE])
def test_receipt_pdf_has_no_words_of_taxes_where_there_is_no_right(
    registered: Campaign, kind: OrgKind
) -> None:
    edit_body(organization=registered.organization, kind=kind)

    text = words(receipt_of(give(campaign=registered)))

    assert "erogazione liberale" in text
    assert RELIEF not in text


def test_receipt_pdf_keeps_what_it_said_when_the_body_changes_its_data(registered: Campaign) -> None:
    receipt = receipt_of(give(campaign=registered))
    before = receipt_pdf(receipt, language="it")

    edit_body(
        organization=registered.organization, legal_name="Altro nome", address="Altrove 9", runts_number=""
    )

    assert receipt_pdf(Receipt.objects.get(pk=receipt.pk), language="it") == before


def test_receipt_pdf_of_a_void_receipt_says_so_and_names_no_donor(
    registered: Campaign, officer: User
) -> None:
    gift = give(campaign=registered, name="Ada Bianchi", tax_code=TAX_CODE)
    receipt = receipt_of(gift)
    owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    correct_receipt(receipt=receipt, now=timezone.now())
    receipt.refresh_from_db()

    text = words(receipt)

    assert "ANNULLATA" in text
    assert "Ada" not in text
    assert TAX_CODE not in text
    assert RELIEF not in text
