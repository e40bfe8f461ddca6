"""Where private files lie, how they are called, and how they are given out."""

import re
import unicodedata

from django.core.files.storage import Storage, storages
from django.db.models.fields.files import FieldFile
from django.http import FileResponse

from civicfund.papers.kinds import ENDINGS

TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
#: Longest name that is kept, its ending included.
LONGEST_NAME = 120
#: What no file system or page should meet in a name: separators, quotes, signs that steer a shell.
UNFIT = re.compile(r"[\\/:*?\"<>|%;`$&\x00-\x1f\x7f]+")


def private_files() -> Storage:
    """Return where files lie that no address leads to."""
    return storages["private"]


def tidy_name(name: str, kind: str) -> str:
    """Return the name a file came with, harmless, on one line, with the ending of what it is."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = unicodedata.normalize("NFC", last)
    # Signs that cannot be seen, such as those that turn the direction of writing around, go.
    plain = "".join(sign for sign in plain if unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn"))
    plain = " ".join(UNFIT.sub(" ", plain).split()).rstrip(". ")
    stem, dot, ending = plain.rpartition(".")
    fits = dot and ending.lower() in ENDINGS[kind]
    if not fits:
        stem, ending = (stem if dot and len(ending) <= 5 else plain), ENDINGS[kind][0]
    stem = stem.strip(". ") or "documento"
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def give_out(file: FieldFile, *, name: str, kind: str) -> FileResponse:
    """Give a file out as a download that no browser makes a page of and nobody on the way keeps."""
    answer = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=TYPES[kind])
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
