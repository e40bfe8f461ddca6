"""Pages go compressed to visitors, and plain to whoever is signed in."""

import gzip

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from civicfund.compressing import CompressedForVisitors

ASKS = {"accept-encoding": "gzip, deflate"}


@pytest.mark.parametrize(
    ("kind", "is_compressed"),
    [
        ("text/html; charset=utf-8", True),
        ("image/svg+xml", True),
        ("image/avif", False),
        ("application/pdf", False),
    ],
)
def test_only_text_is_compressed(kind: str, is_compressed: bool) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse("Il forno. " * 100, content_type=kind)

    response = CompressedForVisitors(answer)(RequestFactory().get("/", headers=ASKS))

    assert (response.get("Content-Encoding") == "gzip") is is_compressed
    plain = gzip.decompress(response.content) if is_compressed else response.content
    assert plain == b"Il forno. " * 100


def test_a_page_is_compressed_for_visitors_alone(db: None, officer: User) -> None:
    visitor, known = Client(headers=ASKS), Client(headers=ASKS)
    known.force_login(officer)

    page, own = visitor.get("/"), known.get("/")

    assert page["Content-Encoding"] == "gzip" and len(page.content) < 30_000
    assert "Content-Encoding" not in own
    assert "Accept-Encoding" in page["Vary"] and "Accept-Encoding" in own["Vary"]
