"""Write a harmless copy of one file: a program of its own, since hostile files may make it fail or swell.

`python -I wash.py pdf|jpeg|png CAME KEPT` prints {"removed": [...]} or {"refused": "..."}; when it dies, the file was too
much for it. It knows nothing of the rest of the project. A PDF loses scripts, actions other than links, forms that send
themselves, attached files, films and sounds; a picture is drawn again from its pixels alone.
"""

import json
import resource
import shutil
import sys
import warnings
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
import pikepdf.settings
from PIL import Image, ImageOps

MEGABYTE = 1024 * 1024
MEMORY_BYTES = 1536 * MEGABYTE
SECONDS = 40
MOST_PAGES = 500
MOST_OBJECTS = 300_000
MOST_DEPTH = 100
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 5000
#: What one stream, and all streams of a PDF, may unfold into.
MOST_UNFOLDED_BYTES = 256 * MEGABYTE
MOST_UNFOLDED_BYTES_OF_ALL = 4096 * MEGABYTE

#: Keys that never stay, with what their loss is called.
KEYS = {
    "/JS": "script",
    "/JavaScript": "script",
    "/AA": "script",
    "/XFA": "form",
    "/EmbeddedFiles": "attachment",
    "/EF": "attachment",
    "/RF": "attachment",
    "/AF": "attachment",
    "/Collection": "attachment",
    "/RichMediaContent": "media",
    "/RichMediaSettings": "media",
}
#: Actions that do more than lead to a page of the document or to an address.
ACTIONS = {
    "/JavaScript": "script",
    "/Rendition": "media",
    "/Launch": "action",
    "/SubmitForm": "form",
    "/ImportData": "form",
    "/ResetForm": "form",
    "/GoToR": "action",
    "/GoToE": "attachment",
    "/Movie": "media",
    "/Sound": "media",
    "/RichMediaExecute": "media",
    "/GoTo3DView": "media",
    "/Hide": "action",
    "/SetOCGState": "action",
    "/Thread": "action",
    "/Trans": "action",
}
ANNOTATIONS = {
    "/RichMedia": "media",
    "/3D": "media",
    "/Screen": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/FileAttachment": "attachment",
}
HARMLESS_ADDRESSES = (b"http://", b"https://", b"mailto:", b"tel:")


class Refused(Exception):
    """Say with one word why a file is not taken."""


def main(kind: str, came: str, kept: str) -> dict[str, Any]:
    """Write the copy and return what to tell."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    warnings.simplefilter("ignore")
    try:
        removed = wash_pdf(came, kept) if kind == "pdf" else wash_picture(kind, came, kept)
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": "heavy"}
    return {"removed": sorted(removed)}


def wash_pdf(came: str, kept: str) -> set[str]:
    """Write a PDF again without what could act; one that is signed and harmless stays as it is, byte for byte."""
    pikepdf.settings.set_qpdf_limits(
        doc_max_warnings=1000,
        max_stream_filters=3,
        parser_max_container_size=MOST_OBJECTS,
        flate_max_memory=MOST_UNFOLDED_BYTES,
        run_length_max_memory=MOST_UNFOLDED_BYTES,
        png_max_memory=MOST_UNFOLDED_BYTES,
        tiff_max_memory=MOST_UNFOLDED_BYTES,
    )
    try:
        with pikepdf.open(came, suppress_warnings=True) as pdf:
            _check_size(pdf)
            dictionaries = list(_dictionaries(pdf))
            signed = any(_is_signature(one) for one in dictionaries)
            removed = {word for one in dictionaries for word in _strip(one)}
            if signed:
                if removed:
                    raise Refused("signed")
                shutil.copyfile(came, kept)
                return set()
            _strip_root(pdf, removed)
            pdf.save(kept, compress_streams=False, fix_metadata_version=False, deterministic_id=True)
    except pikepdf.PasswordError:
        raise Refused("locked") from None
    except (pikepdf.PdfError, RecursionError, ValueError, TypeError, KeyError, AttributeError):
        heavy = pikepdf.settings.qpdf_limit_errors()
        raise Refused("heavy" if heavy else "broken") from None
    return removed


def _check_size(pdf: pikepdf.Pdf) -> None:
    """Refuse a PDF without pages, with too many, or one that unfolds beyond measure."""
    if len(pdf.objects) > MOST_OBJECTS:
        raise Refused("heavy")
    pages = len(pdf.pages)
    if not 1 <= pages <= MOST_PAGES:
        raise Refused("pages" if pages else "empty")
    unfolded = 0
    for one in pdf.objects:
        if isinstance(one, pikepdf.Stream):
            unfolded += _unfolded(one)
            if unfolded > MOST_UNFOLDED_BYTES_OF_ALL:
                raise Refused("heavy")


def _unfolded(stream: pikepdf.Stream) -> int:
    """Return how many bytes a stream unfolds into; refuse one that is too much, or folded over and over."""
    filters = stream.get("/Filter", [])
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if len([name for name in names if name in ("/FlateDecode", "/Fl", "/LZWDecode", "/RunLengthDecode")]) > 1:
        raise Refused("heavy")
    width, height = stream.get("/Width", 0), stream.get("/Height", 0)
    if isinstance(width, int) and isinstance(height, int) and width * height > 8 * MOST_PIXELS:
        raise Refused("heavy")
    if names[:1] not in (["/FlateDecode"], ["/Fl"]):
        return 0
    unfold, total = zlib.decompressobj(), 0
    rest = stream.read_raw_bytes()
    try:
        while rest and not unfold.eof:
            total += len(unfold.decompress(rest, MEGABYTE))
            rest = unfold.unconsumed_tail
            if total > MOST_UNFOLDED_BYTES:
                raise Refused("heavy")
    except zlib.error:
        # A damaged stream shows nothing, and does nothing either.
        return total
    return total


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Yield every dictionary of a PDF, those inside others included."""
    for one in pdf.objects:
        yield from _within(one, 0)


def _within(one: Any, depth: int) -> Iterator[Any]:
    """Yield the dictionaries in one object; what it merely points at comes by itself."""
    if depth > MOST_DEPTH:
        raise Refused("heavy")
    if isinstance(one, pikepdf.Stream):
        one = one.stream_dict
    if isinstance(one, pikepdf.Dictionary):
        yield one
        # Those that are pointed at are objects of the PDF's own.
        for value in list(one.values()):
            if _is_direct_holder(value):
                yield from _within(value, depth + 1)
    elif isinstance(one, pikepdf.Array):
        for value in list(one):
            if _is_direct_holder(value):
                yield from _within(value, depth + 1)


def _is_direct_holder(value: Any) -> bool:
    """Say whether a value holds others and is no object of its own."""
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _is_signature(one: Any) -> bool:
    """Say whether a dictionary is a digital signature that was given."""
    return "/ByteRange" in one and "/Contents" in one


def _strip(one: Any) -> Iterator[str]:
    """Take out of a dictionary what could act, and yield what it was."""
    word = ACTIONS.get(_name(one, "/S")) or ANNOTATIONS.get(_name(one, "/Subtype"))
    if word is None and "/URI" in one and _name(one, "/S") == "/URI":
        address = bytes(one["/URI"]) if isinstance(one["/URI"], pikepdf.String) else b""
        word = None if address.lower().startswith(HARMLESS_ADDRESSES) or b":" not in address else "action"
    if word:
        for key in list(one.keys()):
            del one[key]
        yield word
        return
    for key, lost in KEYS.items():
        if key in one:
            del one[key]
            yield lost
    opening = one.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and _name(opening, "/S") not in ("/GoTo", ""):
        del one["/OpenAction"]
        yield "action"


def _name(one: Any, key: str) -> str:
    """Return the name that stands under a key, if one does."""
    value = one.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _strip_root(pdf: pikepdf.Pdf, removed: set[str]) -> None:
    """Take out what opens by itself, and places on a page where something was taken out."""
    if "/OpenAction" in pdf.Root:
        del pdf.Root["/OpenAction"]
    for one in pdf.objects:
        if isinstance(one, pikepdf.Dictionary):
            for key in ("/A", "/Next", "/PA"):
                if isinstance(one.get(key), pikepdf.Dictionary) and not one[key].keys():
                    del one[key]
        if isinstance(one, pikepdf.Stream) and "/F" in one.stream_dict:
            # The content would lie in another file.
            del one.stream_dict["/F"]
            removed.add("attachment")
    for page in pdf.pages:
        notes = page.obj.get("/Annots")
        if isinstance(notes, pikepdf.Array):
            kept = [note for note in notes if isinstance(note, pikepdf.Dictionary) and note.keys()]
            page.obj["/Annots"] = pikepdf.Array(kept)


def wash_picture(kind: str, came: str, kept: str) -> set[str]:
    """Draw a picture again, upright, from its pixels alone: nothing else that was in the file can remain."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    form = "JPEG" if kind == "jpeg" else "PNG"
    try:
        with Image.open(came, formats=[form]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("pixels")
            # A phone's JPEG may carry a second view, which is not drawn again.
            if kind == "png" and getattr(picture, "n_frames", 1) > 1:
                raise Refused("moving")
            hidden = (
                {"place"} if picture.getexif() or set(picture.info) & {"xmp", "comment", "exif"} else set()
            )
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            drawn = ImageOps.exif_transpose(picture)
    except Image.DecompressionBombError:
        raise Refused("pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, zlib.error):
        raise Refused("broken") from None
    see_through = kind == "png" and ("A" in drawn.getbands() or "transparency" in drawn.info)
    plain = drawn.convert("RGBA" if see_through else "L" if drawn.mode in ("1", "L") else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain.info = {}
    if kind == "jpeg":
        plain.save(kept, form, quality=88, optimize=False)
    else:
        plain.save(kept, form)
    return hidden


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))  # noqa: T201
