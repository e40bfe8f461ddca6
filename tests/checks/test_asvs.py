"""The long table of docs/asvs.md is whole, honest about its files, and counted."""

import re

import pytest

from checks.architecture import ROOT

#: How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; numbers of level 3 stand between and after them.
SECTIONS = {
    "1.1": 2,
    "1.2": 9,
    "1.3": 11,
    "1.4": 3,
    "1.5": 2,
    "2.1": 3,
    "2.2": 3,
    "2.3": 4,
    "2.4": 1,
    "3.2": 2,
    "3.3": 4,
    "3.4": 6,
    "3.5": 5,
    "3.7": 2,
    "4.1": 3,
    "4.2": 1,
    "4.3": 2,
    "4.4": 4,
    "5.1": 1,
    "5.2": 3,
    "5.3": 2,
    "5.4": 3,
    "6.1": 3,
    "6.2": 12,
    "6.3": 4,
    "6.4": 4,
    "6.5": 5,
    "6.6": 3,
    "6.8": 4,
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 2,
    "7.6": 2,
    "8.1": 2,
    "8.2": 3,
    "8.3": 1,
    "8.4": 1,
    "9.1": 3,
    "9.2": 4,
    "10.1": 2,
    "10.2": 2,
    "10.3": 4,
    "10.4": 11,
    "10.5": 5,
    "10.6": 2,
    "10.7": 3,
    "11.1": 2,
    "11.2": 3,
    "11.3": 3,
    "11.4": 4,
    "11.5": 1,
    "11.6": 1,
    "12.1": 3,
    "12.2": 2,
    "12.3": 4,
    "13.1": 1,
    "13.2": 5,
    "13.3": 2,
    "13.4": 5,
    "14.1": 2,
    "14.2": 4,
    "14.3": 3,
    "15.1": 3,
    "15.2": 3,
    "15.3": 7,
    "16.1": 1,
    "16.2": 5,
    "16.3": 4,
    "16.4": 3,
    "16.5": 3,
    "17.1": 1,
    "17.2": 4,
    "17.3": 2,
}
#: In every section the two lower levels come first.
NUMBERS = [f"{section}.{number}" for section, many in SECTIONS.items() for number in range(1, many + 1)]
#: Of level 1; all others are of level 2.
FIRST_LEVEL = 70
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| (met|none here|open) \|(?: (.+))? \|$")
PATH = re.compile(r"`([\w.-][\w./-]*/[\w./-]*|[\w-]+\.\w+|Makefile|\.\w+(?:\.\w+)*)`")


def rows() -> list[re.Match[str]]:
    """Return the rows of the table, each whole."""
    lines = [line for line in (ROOT / "docs" / "asvs.md").read_text().splitlines() if line.startswith("| ")]
    found = [ROW.match(line) for line in lines[1:]]
    assert [line for line, row in zip(lines[1:], found, strict=True) if row is None] == []
    return [row for row in found if row]


def test_the_table_names_every_requirement_once_and_in_order() -> None:
    assert len(NUMBERS) == 253
    assert [row[1] for row in rows()] == NUMBERS
    assert sum(row[2] == "1" for row in rows()) == FIRST_LEVEL


def test_what_is_met_is_shown_and_what_is_open_says_what_is_missing() -> None:
    bare = [row[1] for row in rows() if row[4] != "none here" and not row[5]]
    unshown = [
        row[1] for row in rows() if row[4] == "met" and not (PATH.search(row[5]) or "security.md" in row[5])
    ]

    assert bare == [] and unshown == []


@pytest.mark.parametrize("page", ["asvs.md", "security.md"])
def test_every_file_that_is_named_is_there(page: str) -> None:
    text = (ROOT / "docs" / page).read_text()
    named = set(PATH.findall(text)) | {f"docs/{path}" for path in re.findall(r"\]\(([\w./-]+)\)", text)}

    assert len(named) > 5
    assert sorted(path for path in named if not (ROOT / path).exists()) == []
