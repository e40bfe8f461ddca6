"""Pages as tagged PDF (PDF/UA-1): words come in as data, a typst file lays them out, the same data gives the same bytes."""

import functools
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

FONTS = settings.BASE_DIR / "static" / "dist" / "fonts" / "print"


def set_pdf(template: Path, *, name: str, words: Mapping[str, Any], written_at: datetime) -> bytes:
    """Return the PDF of a typst file that reads its words, as JSON, from `sys.inputs` under a name.

    `written_at` is aware, and the only instant the file carries. A sign that none of the fonts has, an emoji in a name,
    is no reason to give no receipt: the file then is tagged all the same, but does not claim the standard that forbids it.
    """
    timestamp = int(written_at.timestamp())
    try:
        return _compiler(template, name, words).compile(
            format="pdf", pdf_standards=["ua-1"], timestamp=timestamp
        )
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    return _compiler(template, name, words).compile(format="pdf", timestamp=timestamp)


def _compiler(template: Path, name: str, words: Mapping[str, Any]) -> typst.Compiler:
    """Return a compiler for one page; it is good for one try."""
    return typst.Compiler(
        template.read_bytes(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={name: json.dumps(words)},
    )


@functools.cache
def _fonts() -> typst.Fonts:
    """Read the site's own fonts once; where the front end is not built, those of typst stand in."""
    paths = [str(FONTS)] if FONTS.exists() else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)
