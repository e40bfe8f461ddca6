"""Take a file in: to disk piece by piece, known by its content, made harmless in a process of its own."""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicfund.papers.keeping import tidy_name
from civicfund.papers.kinds import (
    HEAD_BYTES,
    TAIL_BYTES,
    advice_for,
    is_cut_off,
    is_two_things,
    kind_of,
    lies,
)

MEGABYTE = 1024 * 1024
WASH = Path(__file__).with_name("wash.py")
#: Seconds after which the other process is given up; its own limit of computing time is lower.
PATIENCE = 60

REFUSALS = {
    "locked": gettext_lazy("This PDF asks for a password: save a copy without a password and upload that."),
    "broken": gettext_lazy(
        "This file is damaged or incomplete: open it to see whether it is whole, save it again and upload that."
    ),
    "heavy": gettext_lazy(
        "This file unfolds into far more than it seems to hold, so it cannot be opened safely: print it to PDF and upload that."
    ),
    "pages": gettext_lazy("This PDF has more than 500 pages: upload the part that is asked for."),
    "empty": gettext_lazy("This PDF has no page: save it again and upload that."),
    "pixels": gettext_lazy("This picture has more than 50 million pixels: save it smaller and upload that."),
    "moving": gettext_lazy("This picture moves: save it as a still picture and upload that."),
    "signed": gettext_lazy(
        "This PDF is digitally signed and contains programs or attached files. Taking them out would break the signature: "
        "sign a copy without them and upload that."
    ),
}


class Unusable(Exception):
    """Carry, in the reader's language, why a file cannot be taken and what to do."""


@dataclass(frozen=True)
class Paper:
    """A file that is taken: what it is, as it came and as it is kept."""

    kind: str
    name: str
    file: File
    size_bytes: int
    sha256: str
    came_bytes: int
    came_sha256: str
    #: What was taken out, in the words of `civicfund.papers.wash`.
    removed: tuple[str, ...]


@contextmanager
def examined(pieces: Iterable[bytes], *, name: str, largest_bytes: int) -> Iterator[Paper]:
    """Give a file that came in pieces as it can be kept, while the block lasts. Raise Unusable with what to do.

    At no time is more of it in memory than a piece. `largest_bytes` is the most that may come.
    """
    with tempfile.TemporaryDirectory(prefix="paper-") as folder:
        came, kept = Path(folder, "came"), Path(folder, "kept")
        came_bytes, came_sha256 = _write(pieces, came, largest_bytes)
        kind = _recognise(came, name)
        removed = _wash(kind, came, kept)
        size_bytes, sha256 = _measure(kept)
        with kept.open("rb") as opened:
            yield Paper(
                kind=kind,
                name=tidy_name(name, kind),
                file=File(opened, name=f"paper.{kind}"),
                size_bytes=size_bytes,
                sha256=sha256,
                came_bytes=came_bytes,
                came_sha256=came_sha256,
                removed=removed,
            )


def too_large(largest_bytes: int) -> str:
    """Return the sentence for a file beyond the limit."""
    return _(
        "This file is larger than %(largest)s MB: save it smaller, for example by scanning in grey at 150 dpi."
    ) % {"largest": largest_bytes // MEGABYTE}


def empty() -> str:
    """Return the sentence for a file with nothing in it."""
    return _("This file is empty: choose another one.")


def _write(pieces: Iterable[bytes], path: Path, largest_bytes: int) -> tuple[int, str]:
    """Write pieces one behind the other and return how many bytes they are, with their SHA-256."""
    size, digest = 0, hashlib.sha256()
    with path.open("wb") as target:
        for piece in pieces:
            size += len(piece)
            if size > largest_bytes:
                raise Unusable(too_large(largest_bytes))
            digest.update(piece)
            target.write(piece)
    if not size:
        raise Unusable(empty())
    return size, digest.hexdigest()


def _measure(path: Path) -> tuple[int, str]:
    """Return the size of a file and its SHA-256."""
    with path.open("rb") as opened:
        return path.stat().st_size, hashlib.file_digest(opened, "sha256").hexdigest()


def _recognise(path: Path, name: str) -> str:
    """Return the kind of a file that may be taken. Raise Unusable for any other."""
    with path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
        opened.seek(max(0, path.stat().st_size - TAIL_BYTES))
        tail = opened.read()
    kind = kind_of(head)
    if not kind:
        words = str(advice_for(head, tail))
        ending = lies(name)
        if ending:
            words += " " + _("Its name ends in .%(ending)s, but that does not change what is inside.") % {
                "ending": ending
            }
        raise Unusable(words)
    if is_two_things(kind, head, tail):
        words = _(
            "This file is two things at once: something hangs on it that is no part of the document. Print it to PDF and "
            "upload that."
        )
        raise Unusable(words)
    if is_cut_off(kind, tail):
        raise Unusable(str(REFUSALS["broken"]))
    return kind


def _wash(kind: str, came: Path, kept: Path) -> tuple[str, ...]:
    """Let another process, which may fail and may not grow, write the harmless copy; return what it left out."""
    command = [sys.executable, "-I", str(WASH), kind, str(came), str(kept)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE)
        told = json.loads(done.stdout) if done.returncode == 0 else {"refused": "heavy"}
    except (subprocess.TimeoutExpired, ValueError):
        told = {"refused": "heavy"}
    if "refused" in told:
        raise Unusable(str(REFUSALS[told["refused"]]))
    return tuple(told["removed"])
