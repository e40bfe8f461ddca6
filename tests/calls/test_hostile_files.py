"""Hostile and clumsy files: what each is told, and that nothing of what was hostile is left in what is kept."""

import hashlib
import io

import pikepdf
import pytest
from PIL import Image

from civicfund.papers import Unusable, examined, tidy_name
from tests import papers
from tests.papers import make_pdf, make_picture, make_zip

LARGEST = 10 * 1024 * 1024
PASSWORD = pikepdf.Encryption(user="segreta", owner="altra")

#: Name, content, and a part of what the person is told.
REFUSED = {
    "nothing at all": ("statuto.pdf", lambda: b"", "vuoto"),
    "one byte": ("statuto.pdf", lambda: b"%", "non è un PDF"),
    "the mark alone": ("statuto.pdf", lambda: b"%PDF-1.7", "danneggiato o incompleto"),
    "a PDF cut in half": (
        "statuto.pdf",
        lambda: make_pdf()[: len(make_pdf()) // 2],
        "danneggiato o incompleto",
    ),
    "noise between mark and end": (
        "a.pdf",
        lambda: b"%PDF-1.7\n" + b"x" * 5000 + b"\n%%EOF",
        "danneggiato o incompleto",
    ),
    "larger than allowed": ("a.pdf", lambda: b"%PDF-1.7" + b"x" * LARGEST, "più di 10 MB"),
    "Word called PDF": (
        "bilancio.pdf",
        lambda: make_zip("[Content_Types].xml", "word/document.xml"),
        "Il nome finisce in .pdf",
    ),
    "Word": (
        "bilancio.docx",
        lambda: make_zip("[Content_Types].xml", "word/document.xml"),
        "documento di testo",
    ),
    "LibreOffice": (
        "a.odt",
        lambda: b"PK\x03\x04" + b"mimetypeapplication/vnd.oasis.opendocument.text",
        "documento di testo",
    ),
    "old Word": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "programma da ufficio"),
    "RTF": ("a.rtf", lambda: b"{\\rtf1 ciao}", "documento di testo"),
    "Excel": ("a.pdf", lambda: make_zip("[Content_Types].xml", "xl/workbook.xml"), "foglio di calcolo"),
    "PowerPoint": ("a.pptx", lambda: make_zip("ppt/presentation.xml"), "presentazione"),
    "ZIP bomb": ("a.pdf", lambda: make_zip("a", content=b"\0" * 30_000_000), "archivio compresso"),
    "RAR": ("a.rar", lambda: b"Rar!\x1a\x07\x01\x00", "archivio compresso"),
    "phone's HEIC": ("foto.jpg", lambda: b"\x00\x00\x00\x18ftypheic" + b"x" * 90, "HEIC"),
    "AVIF": ("foto.png", lambda: b"\x00\x00\x00\x18ftypavif" + b"x" * 90, "salvala come JPEG o PNG"),
    "GIF": ("foto.png", lambda: make_picture("GIF"), "salvala come JPEG o PNG"),
    "WebP": ("foto.png", lambda: make_picture("WEBP"), "salvala come JPEG o PNG"),
    "TIFF": ("scansione.tif", lambda: make_picture("TIFF"), "salvala come JPEG o PNG"),
    "film": ("a.mp4", lambda: b"\x00\x00\x00\x18ftypisom" + b"x" * 90, "un film o un suono"),
    "signed envelope": (
        "statuto.pdf.p7m",
        lambda: b"0\x82\x10\x00\x06\x09*\x86H\x86\xf7\r\x01\x07\x02" + b"x" * 90,
        ".p7m",
    ),
    "program": ("statuto.pdf", lambda: b"MZ\x90\x00" + b"x" * 90, "un programma"),
    "web page": ("statuto.pdf", lambda: b"<!DOCTYPE html><script>alert(1)</script>", "pagina web"),
    "SVG": (
        "logo.png",
        lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        "pagina web",
    ),
    "e-mail": ("a.pdf", lambda: b"Received: from a by b\r\n", "e-mail"),
    "plain text": ("a.txt", lambda: b"ciao", "non è un PDF"),
    "PDF behind other bytes": ("a.pdf", lambda: b"GIF89a" + make_pdf(), "salvala come JPEG o PNG"),
    "PDF and archive at once": ("a.pdf", lambda: make_pdf() + make_zip("a"), "due cose insieme"),
    "PDF with a page behind": (
        "a.pdf",
        lambda: make_pdf() + b"<script>alert(1)</script>",
        "due cose insieme",
    ),
    "PDF with a page before": (
        "a.pdf",
        lambda: b"%PDF-1.7\n<html><script>1</script>" + make_pdf(),
        "due cose insieme",
    ),
    "JPEG and archive at once": ("a.jpg", lambda: make_picture() + make_zip("a"), "due cose insieme"),
    "PNG and PDF at once": (
        "a.png",
        lambda: make_picture("PNG")[:60] + b"%PDF-1.7" + make_picture("PNG"),
        "due cose insieme",
    ),
    "PDF with a password": ("a.pdf", lambda: make_pdf(encryption=PASSWORD), "password"),
    "PDF without a page": (
        "a.pdf",
        lambda: make_pdf(lambda pdf: pdf.pages.__delitem__(0)),
        ("danneggiato", "nessuna pagina"),
    ),
    "PDF of 501 pages": ("a.pdf", lambda: make_pdf(papers.with_many_pages), "più di 500 pagine"),
    "page that unfolds": (
        "a.pdf",
        lambda: make_pdf(papers.with_bomb, compress_streams=False),
        "molto più di quanto",
    ),
    "page folded twice": (
        "a.pdf",
        lambda: make_pdf(papers.with_double_bomb, compress_streams=False),
        "molto più di quanto",
    ),
    "objects that unfold": ("a.pdf", papers.object_bomb, ("molto più di quanto", "danneggiato")),
    "pages in a circle": ("a.pdf", papers.endless_pages, "danneggiato o incompleto"),
    "lists in lists": ("a.pdf", papers.deep_nest, ("molto più di quanto", "danneggiato", "nessuna pagina")),
    "signed PDF with a program": (
        "a.pdf",
        lambda: make_pdf(papers.with_signature_and_script),
        "firmato digitalmente",
    ),
    "picture of 900 million pixels": ("a.png", papers.picture_bomb, "50 milioni di pixel"),
    "picture cut off": ("a.png", papers.broken_picture, "danneggiato o incompleto"),
    "picture that moves": ("a.png", papers.moving_picture, "si muove"),
    "JPEG of noise": ("a.jpg", lambda: b"\xff\xd8\xff" + b"x" * 500, "danneggiato o incompleto"),
}

#: What a PDF loses, and words that may be nowhere in what is kept.
WASHED = {
    "program": (papers.with_script, {"script"}, [b"JavaScript", b"app.alert", b"OpenAction", b"/AA"]),
    "start of a program": (papers.with_launch, {"action"}, [b"Launch", b"calc.exe"]),
    "link with a program": (papers.with_javascript_link, {"action"}, [b"javascript:"]),
    "form that sends itself": (
        papers.with_sending_form,
        {"form"},
        [b"SubmitForm", b"evil.example", b"XFA", b"xdp"],
    ),
    "attached files": (papers.with_attachment, {"attachment"}, [b"EmbeddedFile", b"MZ ", b"FileAttachment"]),
    "film": (papers.with_film, {"media"}, [b"RichMedia"]),
}


def take(content: bytes, name: str = "statuto.pdf") -> tuple[bytes, tuple[str, ...], str]:
    """Take a file in and return what is kept, what was taken out, and its name."""
    pieces = (content[start : start + 65_536] for start in range(0, len(content), 65_536))
    with examined(pieces, name=name, largest_bytes=LARGEST) as paper:
        kept = paper.file.read()
        assert paper.sha256 == hashlib.sha256(kept).hexdigest() and paper.size_bytes == len(kept)
        assert paper.came_sha256 == hashlib.sha256(content).hexdigest() and paper.came_bytes == len(content)
        return kept, paper.removed, paper.name


@pytest.mark.parametrize("case", REFUSED)
def test_hostile_file_is_refused_with_words_that_help(case: str) -> None:
    name, make, words = REFUSED[case]

    with pytest.raises(Unusable) as refusal:
        take(make(), name)

    said = str(refusal.value)
    assert any(part in said for part in ([words] if isinstance(words, str) else words)), said


@pytest.mark.parametrize("case", WASHED)
def test_pdf_loses_what_could_act(case: str) -> None:
    change, lost, gone = WASHED[case]
    came = make_pdf(change)

    kept, removed, _name = take(came)

    unpacked = io.BytesIO()
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert len(pdf.pages) == 1
        assert papers.LINE in pdf.pages[0].Contents.read_bytes()
        pdf.save(unpacked, qdf=True)
    assert lost <= set(removed)
    assert [word for word in gone if word in unpacked.getvalue()] == []


def test_harmless_pdf_keeps_its_links_and_tells_that_nothing_was_lost() -> None:
    def link(pdf: pikepdf.Pdf) -> None:
        leads = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org")
        pdf.pages[0].obj.Annots = pikepdf.Array(
            [pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=leads)]
        )

    kept, removed, _name = take(make_pdf(link))

    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert str(pdf.pages[0].Annots[0].A.URI) == "https://example.org"
    assert removed == ()


def test_signed_pdf_that_is_harmless_stays_as_it_is_byte_for_byte() -> None:
    came = make_pdf(papers.with_signature)

    assert take(came)[0] == came


def test_pdf_that_only_forbids_printing_is_taken_and_opens_freely() -> None:
    came = make_pdf(encryption=pikepdf.Encryption(owner="altra", user=""))

    with pikepdf.open(io.BytesIO(take(came)[0])) as pdf:
        assert not pdf.is_encrypted


def test_photograph_is_drawn_again_upright_without_its_hidden_data() -> None:
    kept, removed, name = take(papers.photo_with_place(), "IMG_1.JPG")

    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (40, 60)
        assert not picture.getexif()
    assert b"Macchina" not in kept and b"php" not in kept
    assert removed == ("place",)
    assert name == "IMG_1.JPG"


def test_what_hangs_behind_a_picture_is_gone() -> None:
    kept = take(make_picture("PNG") + b"<script>alert(1)</script>", "a.png")[0]

    assert b"script" not in kept


def test_picture_called_pdf_is_taken_as_what_it_is() -> None:
    assert take(make_picture("PNG"), "carta.pdf")[2] == "carta.png"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Documenti\\statuto.pdf", "statuto.pdf"),
        ('a"; rm -rf $HOME`.pdf', "a rm -rf HOME.pdf"),
        ("fattura\u202efdp.exe", "fatturafdp.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "a b Set-Cookie x.pdf"),
        ("<script>.pdf", "script.pdf"),
        ("Perché più € 😀.PDF", "Perché più € 😀.PDF"),
        ("", "documento.pdf"),
        (".pdf", "documento.pdf"),
        ("....", "documento.pdf"),
        ("x" * 400 + ".pdf", "x" * 116 + ".pdf"),
        ("statuto", "statuto.pdf"),
        ("e\u0301.pdf", "é.pdf"),
    ],
)
def test_tidy_name_is_harmless(name: str, kept: str) -> None:
    assert tidy_name(name, "pdf") == kept


def test_pieces_beyond_the_limit_are_not_waited_for() -> None:
    asked = []

    def endless():
        while True:
            asked.append(1)
            yield b"%PDF-" + b"x" * 100_000

    with pytest.raises(Unusable, match="10 MB"), examined(endless(), name="a.pdf", largest_bytes=LARGEST):
        pass

    assert len(asked) < 120
