"""What donors read on their bank statement."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.descriptor import LONGEST, SEPARATOR, is_prefix, suffix

PREFIXES = st.from_regex(r"[A-Z0-9][A-Z0-9 ]{0,8}[A-Z0-9]", fullmatch=True).filter(is_prefix)


@given(title=st.text(max_size=200), prefix=PREFIXES)
def test_suffix_is_always_what_stripe_prints(title: str, prefix: str) -> None:
    part = suffix(title, prefix)

    whole = f"{prefix}{SEPARATOR}{part}"
    assert 5 <= len(whole) <= LONGEST
    assert re.search(r"[A-Za-z]", part)
    assert not re.search(r"""[<>\\'"*]""", part)
    assert all(31 < ord(letter) < 127 for letter in part)
    assert part == part.strip()


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Un forno di quartiere", "UN FORNO DI QU"),
        ("L'orto è di tutti", "L ORTO E DI TU"),
        ("2027", "GIFT"),
        ("«*<>»", "GIFT"),
        ("花園", "GIFT"),
        ("Caffè", "CAFFE"),
    ],
)
def test_suffix_of_a_title(title: str, expected: str) -> None:
    assert suffix(title, "CIVICO") == expected


@pytest.mark.parametrize(("text", "good"), [("CIVICO", True), ("C", False), ("12", False), ("CITY*", False)])
def test_is_prefix(text: str, good: bool) -> None:
    assert is_prefix(text) is good
