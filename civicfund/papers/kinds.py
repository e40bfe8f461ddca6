"""What a file is, by its content: its name and the type a browser tells are not asked."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

#: Bytes of the beginning and of the end that tell what a file is; a ZIP's own list stands in the last 65,557.
HEAD_BYTES = 4096
TAIL_BYTES = 65_557
#: The kinds that are taken, by their first bytes.
TAKEN = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}
ENDINGS = {"pdf": ("pdf",), "jpeg": ("jpg", "jpeg", "jpe", "jfif"), "png": ("png",)}
END_OF_ZIP = b"PK\x05\x06"
END_OF_PDF = b"%%EOF"
PAGE_MARKS = (b"<html", b"<script", b"<!doctype", b"<svg", b"<?php")


class Other(NamedTuple):
    """A kind that is not taken: marks of its first bytes, marks anywhere in what is looked at, and what to do."""

    advice: object
    begins: tuple[bytes, ...] = ()
    holds: tuple[bytes, ...] = ()


_WORD = _("This is a text document (Word or similar): open it, choose “Save as PDF” and upload the PDF.")
_SHEET = _("This is a spreadsheet (Excel or similar): open it, choose “Save as PDF” and upload the PDF.")
_SLIDES = _("This is a presentation: open it, choose “Save as PDF” and upload the PDF.")
_OFFICE = _("This is a document of an office program: open it, choose “Save as PDF” and upload the PDF.")
_ZIP = _("This is a compressed archive: open it and upload the files inside one by one, as PDF, JPEG or PNG.")
_PICTURE = _("This is a picture of a kind we cannot take: save it as JPEG or PNG and upload that.")
_PHONE = _(
    "This is a phone's picture in the HEIC format: in the phone's camera settings choose “Most compatible” and take it "
    "again, or save it as JPEG."
)
_SIGNED = _(
    "This is a file with a digital signature around it (.p7m): upload the PDF inside it, or sign it again as a PDF "
    "(PAdES)."
)
_PAGE = _("This is a web page or a drawing: open it in a browser, print it to PDF and upload the PDF.")
_PROGRAM = _("This is a program, not a document: choose the document you want to send.")
_FILM = _("This is a film or a sound: a document has to be a PDF, a JPEG or a PNG.")
_LETTER = _("This is an e-mail: print it to PDF and upload the PDF.")
_UNKNOWN = _("This file is not a PDF, a JPEG or a PNG: save it as one of these and upload that.")

#: Looked through in this order; the first that fits is the answer.
OTHERS = (
    Other(_WORD, (b"PK\x03\x04",), (b"word/document", b"opendocument.text", b"Index/Document.iwa")),
    Other(_SHEET, (b"PK\x03\x04",), (b"xl/workbook", b"opendocument.spreadsheet")),
    Other(_SLIDES, (b"PK\x03\x04",), (b"ppt/presentation", b"opendocument.presentation")),
    Other(_WORD, (b"{\\rtf",)),
    Other(_OFFICE, (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
    Other(_ZIP, (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh")),
    Other(_PICTURE, (b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"8BPS")),
    Other(_PROGRAM, (b"MZ", b"\x7fELF", b"#!", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")),
    Other(_SIGNED, (b"0\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x02",)),
    Other(_FILM, (b"ID3", b"OggS", b"\x1aE\xdf\xa3", b"\xff\xfb")),
    Other(_LETTER, (b"From ", b"Return-Path:", b"Received:", b"MIME-Version:", b"Delivered-To:")),
)
#: Kinds whose mark stands behind the first four bytes.
BOXES = {
    **dict.fromkeys((b"ftyphei", b"ftyphev", b"ftypmif1", b"ftypmsf1"), _PHONE),
    b"ftypavif": _PICTURE,
    b"ftyp": _FILM,
}


def kind_of(head: bytes) -> str:
    """Return the kind of a file that is taken, by its first bytes; nothing for any other."""
    return next((kind for mark, kind in TAKEN.items() if head.startswith(mark)), "")


def advice_for(head: bytes, tail: bytes) -> object:
    """Return the sentence that says what a file of another kind is and what to do with it."""
    for mark, advice in BOXES.items():
        if head[4:].startswith(mark):
            return advice
    seen = head + tail
    for other in OTHERS:
        if head.startswith(other.begins) and (not other.holds or any(mark in seen for mark in other.holds)):
            return other.advice
    if head.startswith(b"RIFF"):
        return _PICTURE if head[8:12] == b"WEBP" else _FILM
    if head[:1] == b"0" and b"*\x86H\x86\xf7\r\x01\x07\x02" in head[:40]:
        return _SIGNED
    if any(mark in head.lower() for mark in (*PAGE_MARKS, b"<?xml")):
        return _PAGE
    return _UNKNOWN


def is_two_things(kind: str, head: bytes, tail: bytes) -> bool:
    """Say whether a file that begins like a document or a picture is an archive, a page or a document as well."""
    end = tail.rfind(END_OF_ZIP)
    if end >= 0 and len(tail) >= end + 22:
        comment = int.from_bytes(tail[end + 20 : end + 22], "little")
        if end + 22 + comment == len(tail):
            return True
    if kind != "pdf":
        return b"%PDF-" in head[:1024]
    _before, mark, after = tail.rpartition(END_OF_PDF)
    if mark and after.strip(b"\x00 \t\r\n\x0c"):
        return True
    return any(page in head[:1024].lower() for page in PAGE_MARKS)


def is_cut_off(kind: str, tail: bytes) -> bool:
    """Say whether a PDF lacks its end: it was not saved or sent whole."""
    return kind == "pdf" and END_OF_PDF not in tail


def lies(name: str, kind: str = "") -> str:
    """Return the ending of a name that promises another kind than there is; nothing when it does not."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    promised = next((taken for taken, endings in ENDINGS.items() if ending in endings), "")
    return ending if promised and promised != kind else ""
