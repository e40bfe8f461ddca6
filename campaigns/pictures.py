"""The pictures of a campaign, its gallery and its updates, made once in the sizes and formats that screens want."""

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

#: Widths in pixels: a small place, a phone, and a page.
WIDTHS = (480, 750, 960)
FORMATS = {"avif": {"quality": 52, "speed": 8}, "webp": {"quality": 74, "method": 4}}
#: A picture whose name ends like this has all its variants beside it, so that no page has to look.
MARK = "-w"
#: The widths of pictures by the ends of their names: what was uploaded before there were three still has two.
MADE = {MARK: WIDTHS, "-v": (480, 960)}


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


def prepared(image: FieldFile | ContentFile | str | None) -> dict[str, bytes]:
    """Return the variants of a new picture, whose name says from now on that it has them; none without a picture."""
    variants = add_variants(image) if image and not isinstance(image, str) else {}
    if variants and not isinstance(image, str) and image is not None:
        image.name = marked(image.name or "")
    return variants


def keep_variants(storage: Storage, name: str, variants: dict[str, bytes]) -> None:
    """Write the variants of a stored picture beside it."""
    for ending, content in variants.items():
        storage.save(_stem(name) + ending, ContentFile(content))


def sources_of(image: FieldFile) -> list[Source]:
    """Return the formats of a picture, the lightest first; none for one that was uploaded before there were any."""
    widths = _widths_of(image.name or "")
    if not image or not widths:
        return []
    stem = _stem(image.url)
    return [
        Source(f"image/{ending}", ", ".join(f"{stem}-{width}.{ending} {width}w" for width in widths))
        for ending in FORMATS
    ]


def put_away(image: FieldFile) -> str:
    """Give a stored picture another name that nobody can guess, its variants too, and return it.

    The old addresses answer to nobody any more. It is called in a transaction: the old files go when that has ended well. The
    caller writes the name into the row.
    """
    old, storage = str(image.name), image.storage
    if not (old and storage.exists(old)):
        return old
    folder, _slash, name = old.rpartition("/")
    mark = _stem(name)[-len(MARK) :] if _widths_of(name) else ""
    new: str = _moved(storage, old, f"{folder}/{uuid.uuid4()}{mark}.{name.rpartition('.')[2]}")
    for ending in endings_of(old):
        if storage.exists(_stem(old) + ending):
            _moved(storage, _stem(old) + ending, _stem(new) + ending)
    return new


def throw_away(image: FieldFile) -> None:
    """Delete a picture and its variants when the transaction has ended well."""
    for name in (
        str(image.name),
        *(_stem(str(image.name)) + ending for ending in endings_of(str(image.name))),
    ):
        transaction.on_commit(partial(image.storage.delete, name))


def endings_of(name: str) -> list[str]:
    """Return how the names of a picture's variants end; none for a picture without any."""
    return [f"-{width}.{ending}" for width in _widths_of(name) for ending in FORMATS]


def marked(name: str) -> str:
    """Return the name of a picture that has variants."""
    return f"{_stem(name)}{MARK}.jpg"


def _moved(storage: Storage, old: str, new: str) -> str:
    """Copy a file to a new name, return that name, and delete the old one when the transaction has ended well."""
    with storage.open(old) as file:
        kept = storage.save(new, file)
    transaction.on_commit(partial(storage.delete, old))
    return kept


def _widths_of(name: str) -> tuple[int, ...]:
    """Return the widths in which a picture lies beside itself."""
    return MADE.get(_stem(name)[-len(MARK) :], ())


def _stem(name: str) -> str:
    return name.rpartition(".")[0]
