"""The protocol receipt as a tagged PDF: what it says, and the page that confirms it."""

import io
import re
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import segno
from django.conf import settings
from django.test import Client
from pypdf import PdfReader

from accounts.models import User
from calls.models import ApplicationVersion, Call
from calls.protocol_pdf import _check, protocol_pdf
from tests.factories import make_application, make_organization

ROME = ZoneInfo("Europe/Rome")
FILE = {"requirement": "Statuto", "name": "statuto «nuovo».pdf", "size": 20_480, "sha256": "ab" * 32}


@pytest.fixture
def version(call: Call, organizer: User) -> ApplicationVersion:
    """Return what an association has handed in, with a file."""
    application = make_application(call=call, organization=make_organization(user=organizer))
    version = application.versions.select_related("call", "application", "filed_by").get()
    version.files = [FILE]
    return version


def text_of(version: ApplicationVersion, language: str = "it") -> str:
    """Return the words of a receipt, without the breaks between its lines."""
    pages = PdfReader(io.BytesIO(protocol_pdf(version, language=language))).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


@pytest.mark.parametrize(
    ("language", "title"), [("it", "Ricevuta di protocollo"), ("en", "Protocol receipt")]
)
def test_protocol_pdf_is_tagged_and_has_title_and_language(
    version: ApplicationVersion, language: str, title: str
) -> None:
    pdf = PdfReader(io.BytesIO(protocol_pdf(version, language=language)))

    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith(language)
    assert pdf.metadata.title == f"{title} {version.protocol_number}"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


def test_protocol_pdf_says_what_was_filed(version: ApplicationVersion) -> None:
    words = text_of(version)

    for told in (version.protocol_number, version.body_name, version.title, version.shown_code, FILE["name"]):
        assert told in words
    together = words.replace(" ", "")
    assert version.digest in together
    assert FILE["sha256"] in together
    assert f"/verifica/{version.code}/" in together


@pytest.mark.parametrize(
    ("fold", "told"),
    [(0, "31 ottobre 2027, 02:30:07 (UTC+02:00)"), (1, "31 ottobre 2027, 02:30:07 (UTC+01:00)")],
)
def test_protocol_pdf_tells_apart_the_hour_that_comes_twice(
    version: ApplicationVersion, fold: int, told: str
) -> None:
    version.filed_at = datetime(2027, 10, 31, 2, 30, 7, fold=fold, tzinfo=ROME)

    assert told in text_of(version)


def test_protocol_pdf_gives_the_same_bytes_each_time(version: ApplicationVersion) -> None:
    assert protocol_pdf(version, language="it") == protocol_pdf(version, language="it")
    assert protocol_pdf(version, language="it") != protocol_pdf(version, language="en")


def test_protocol_pdf_of_words_that_look_like_markup(version: ApplicationVersion) -> None:
    version.content = {**version.content, "title": "#panic[*forno*] $x$ <b> 🥖 שלום"}

    assert "#panic[*forno*]" in text_of(version)


def test_qr_code_holds_the_address_of_the_page_that_confirms(
    version: ApplicationVersion, client: Client
) -> None:
    told = _check(version)
    host, path = settings.SITE_URL, urlsplit(told["url"]).path
    drawn = io.BytesIO()
    segno.make_qr(f"{host}{path}", error="m").save(drawn, kind="svg", border=2, xmldecl=False)

    answer = client.get(path)

    assert told["qr"] == drawn.getvalue().decode() and path.startswith("/verifica/")
    assert answer.status_code == 200 and version.protocol_number in answer.content.decode()
