"""The officers' handbook names things as the desk names them, and its pictures are there and small."""

import re

from babel.messages.pofile import read_po

from checks.architecture import ROOT
from demo.handbook import FOLDER, MOST_BYTES, PICTURES

PAGE = ROOT / "docs" / "handbook.md"


def _said_in_italian() -> set[str]:
    with (ROOT / "locale" / "it" / "LC_MESSAGES" / "django.po").open("rb") as file:
        said = [message.string for message in read_po(file)]
    return {word for one in said for word in ((one,) if isinstance(one, str) else one)}


def test_every_label_of_the_handbook_is_on_the_desk() -> None:
    labels = {label for label in re.findall(r"\*\*(.+?)\*\*", PAGE.read_text()) if not label.endswith(".")}

    assert len(labels) > 30
    assert labels - _said_in_italian() == set()


def test_every_picture_is_shown_there_and_small() -> None:
    shown = set(re.findall(r"!\[[^\]]{10,}\]\(pictures/handbook/(.+?)\.webp\)", PAGE.read_text()))
    there = {path.stem for path in FOLDER.iterdir()}

    assert shown == there == {picture.name for picture in PICTURES}
    assert max(path.stat().st_size for path in FOLDER.iterdir()) <= MOST_BYTES
