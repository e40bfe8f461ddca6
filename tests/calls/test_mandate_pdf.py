"""The letter of mandate as a tagged PDF."""

import io
import re

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from calls.mandate_pdf import mandate_pdf
from calls.models import Call, Partner
from tests.calls.partnering import make_partner
from tests.factories import make_draft_application, make_organization


@pytest.fixture
def partner(call: Call, organizer: User) -> Partner:
    """Return a partner whose name and part hold what typesetters take for their own."""
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    made = make_partner(draft, legal_name='Coop #set "A" & $B$ *C*', part="Tiene i _laboratori_.\nE pulisce.")
    return Partner.objects.with_application().get(pk=made.pk)


@pytest.mark.parametrize(("language", "title"), [("it", "Lettera di mandato"), ("en", "Letter of mandate")])
def test_mandate_pdf_is_tagged_and_filled_in(partner: Partner, language: str, title: str) -> None:
    pdf = PdfReader(io.BytesIO(mandate_pdf(partner, language=language, now=timezone.now())))

    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language
    assert pdf.metadata.title.startswith(title)
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    words = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    for told in ('Coop #set "A" & $B$ *C*', "_laboratori_", "Un forno di quartiere", partner.tax_code):
        assert told in words, words
    assert ("3.000" if language == "it" else "€3,000") in words
    assert len(pdf.pages) == 1


def test_mandate_pdf_of_a_partner_with_a_sign_no_font_has(partner: Partner) -> None:
    partner.referent = "Eva 👩‍👧"

    assert mandate_pdf(partner, language="it", now=timezone.now()).startswith(b"%PDF")
