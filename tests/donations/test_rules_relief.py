"""The donor's tax relief by kind of body, and amounts as receipts spell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import OrgKind
from donations.rules import euro_in_words, relief_bp

#: For each kind of body, the relief of a gift to one in the register.
RELIEF = {
    OrgKind.ETS: 3000,
    OrgKind.ODV: 3500,
    OrgKind.APS: 3000,
    OrgKind.ONLUS: 3000,
    OrgKind.SOCIAL_ENTERPRISE: 0,
    OrgKind.NON_PROFIT: 0,
    OrgKind.MSME: 0,
    OrgKind.INFORMAL: 0,
}


@pytest.mark.parametrize("kind", OrgKind.values)
def test_relief_bp_of_each_kind_of_body_in_the_register(kind: str) -> None:
    assert relief_bp(kind=kind, runts_number="123456") == RELIEF[OrgKind(kind)]


@pytest.mark.parametrize("kind", OrgKind.values)
@pytest.mark.parametrize("number", ["", "  "])
def test_relief_bp_outside_the_register_is_none(kind: str, number: str) -> None:
    assert relief_bp(kind=kind, runts_number=number) == 0


@pytest.mark.parametrize("kind", OrgKind.values)
def test_relief_bp_of_a_gift_with_a_reward_is_none(kind: str) -> None:
    assert relief_bp(kind=kind, runts_number="123456", has_reward=True) == 0


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "zero/00"),
        (50, "zero/50"),
        (300, "tre/00"),
        (2000, "venti/00"),
        (2100, "ventuno/00"),
        (2350, "ventitré/50"),
        (2800, "ventotto/00"),
        (10_000, "cento/00"),
        (10_105, "centouno/05"),
        (38_800, "trecentoottantotto/00"),
        (100_000, "mille/00"),
        (199_999, "millenovecentonovantanove/99"),
        (2_100_300, "ventunomilatré/00"),
        (100_000_000, "unmilione/00"),
        (99_999_999, "novecentonovantanovemilanovecentonovantanove/99"),
        (210_100_000, "duemilionicentounomila/00"),
    ],
)
def test_euro_in_words_spells_as_receipts_do(cents: int, words: str) -> None:
    assert euro_in_words(cents) == words


@given(st.integers(0, 99_999_999), st.integers(0, 99_999_999))
def test_euro_in_words_of_different_amounts_differ(one: int, other: int) -> None:
    assert (euro_in_words(one) == euro_in_words(other)) == (one == other)
