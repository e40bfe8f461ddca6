"""A campaign's picture in the sizes and formats that phones and screens want, made once when it is uploaded."""

import io
import mimetypes
import uuid
from dataclasses import dataclass
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models.fields.files import FieldFile
from PIL import Image, UnidentifiedImageError

# Python 3.11 does not know it, and a picture of no kind is not shown everywhere.
mimetypes.add_type("image/avif", ".avif")
mimetypes.add_type("image/webp", ".webp")

#: Widths in pixels: a card or a phone, and a page.
WIDTHS = (480, 960)
FORMATS = {"avif": {"quality": 52, "speed": 8}, "webp": {"quality": 74, "method": 4}}
#: A picture whose name ends like this has all its variants beside it, so that no page has to look.
MARK = "-v"


@dataclass(frozen=True)
class Source:
    """One format of a picture as HTML wants it: its type, and its addresses by width."""

    kind: str
    srcset: str


def add_variants(image: FieldFile | ContentFile) -> dict[str, bytes]:
    """Return the variants of a new picture by the ends of their names; none when its bytes are no picture."""
    image.seek(0)
    try:
        whole = Image.open(io.BytesIO(image.read())).convert("RGB")
    except (UnidentifiedImageError, OSError):
        return {}
    finally:
        image.seek(0)
    made = {}
    for width in WIDTHS:
        small = whole.copy()
        small.thumbnail((width, whole.height))
        for ending, options in FORMATS.items():
            out = io.BytesIO()
            small.save(out, ending.upper(), **options)
            made[f"-{width}.{ending}"] = out.getvalue()
    return made


def keep_variants(storage: Storage, name: str, variants: dict[str, bytes]) -> None:
    """Write the variants of a stored picture beside it."""
    for ending, content in variants.items():
        storage.save(_stem(name) + ending, ContentFile(content))


def sources_of(image: FieldFile) -> list[Source]:
    """Return the formats of a picture, the lightest first; none for one that was uploaded before there were any."""
    if not image or not _stem(image.name or "").endswith(MARK):
        return []
    stem = _stem(image.url)
    return [
        Source(f"image/{ending}", ", ".join(f"{stem}-{width}.{ending} {width}w" for width in WIDTHS))
        for ending in FORMATS
    ]


def put_away(image: FieldFile) -> str:
    """Give a stored picture another name that nobody can guess, and return it; its old address answers to nobody any more.

    It is called in a transaction: the old file goes when that has ended well. The caller writes the name into the row.
    """
    old, storage = str(image.name), image.storage
    if not (old and storage.exists(old)):
        return old
    folder, _slash, name = old.rpartition("/")
    with storage.open(old) as file:
        new: str = storage.save(f"{folder}/{uuid.uuid4()}.{name.rpartition('.')[2]}", file)
    transaction.on_commit(partial(storage.delete, old))
    return new


def marked(name: str) -> str:
    """Return the name of a picture that has variants."""
    return f"{_stem(name)}{MARK}.jpg"


def _stem(name: str) -> str:
    return name.rpartition(".")[0]
