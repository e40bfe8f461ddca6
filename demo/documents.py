"""The documents of the demo's applications: a page each, with nothing but its title."""

import io
from datetime import datetime

import pikepdf

from accounts.models import User
from calls.models import Application
from calls.services import keep_attachment


def draw_page(title: str) -> bytes:
    """Return a PDF of one page that says what it stands for."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    words = "".join(sign for sign in title if sign.isalnum() or sign in " .,").encode("latin-1", "ignore")
    pdf.pages[0].Contents = pikepdf.Stream(pdf, b"BT /F1 18 Tf 72 740 Td (" + words + b") Tj ET")
    written = io.BytesIO()
    pdf.save(written)
    return written.getvalue()


def bring_documents(application: Application, *, by: User, now: datetime) -> None:
    """Upload every document the call insists on."""
    for asked in application.call.document_requirements.filter(required=True):
        page = draw_page(f"{asked.name}, {application.title}")
        keep_attachment(
            application=application,
            requirement=asked,
            pieces=[page],
            name=f"{asked.name}.pdf",
            by=by,
            now=now,
        )
