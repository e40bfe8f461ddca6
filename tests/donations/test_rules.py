"""What counts of gifts: by example, and for gifts nobody has thought of."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.rules import (
    Kept,
    counted_cents,
    donor_limit_cents,
    email_key,
    may_count,
    number_donors,
    own_domain,
)

GIFTS = st.lists(
    st.builds(
        Kept,
        gift=st.uuids(),
        donor=st.integers(0, 4),
        kept_cents=st.integers(0, 500_000),
        may_count=st.booleans(),
        is_offline=st.booleans(),
    ),
    max_size=12,
)
LIMIT = st.none() | st.integers(0, 400_000)
OFFLINE = st.integers(0, 600_000)


@pytest.mark.parametrize(
    ("limit_cents", "limit_bp", "limit"),
    [
        (None, None, None),
        (1_000_000, None, 1_000_000),
        (None, 3500, 350_000),
        (1_000_000, 3500, 350_000),
        (200_000, 3500, 200_000),
        (None, 3333, 333_300),
        (None, 1, 100),
    ],
)
def test_donor_limit_cents_is_the_lower_of_the_two(
    limit_cents: int | None, limit_bp: int | None, limit: int | None
) -> None:
    assert donor_limit_cents(1_000_000, limit_cents, limit_bp) == limit


def test_donor_limit_cents_rounds_down() -> None:
    assert donor_limit_cents(999_999, None, 3500) == 349_999


@pytest.mark.parametrize(
    ("party", "excludes", "counts"),
    [
        ("citizen", True, True),
        ("citizen", False, True),
        ("related", True, False),
        ("related", False, True),
        ("public_body", True, False),
        ("public_body", False, False),
    ],
)
def test_may_count_asks_who_gives(party: str, excludes: bool, counts: bool) -> None:
    assert may_count(party, excludes_related=excludes) is counts


@pytest.mark.parametrize(
    ("gifts", "limit", "offline", "counted"),
    [
        # One gift above the limit, then nothing more of the same donor.
        ([(0, 1500, False), (0, 500, False)], 1000, 0, [1000, 0]),
        # Two donors have a limit each.
        ([(0, 700, False), (1, 700, False), (0, 700, False)], 1000, 0, [700, 700, 300]),
        # No limit.
        ([(0, 1500, False), (0, 500, False)], None, 0, [1500, 500]),
        # The limit holds across channels, and what was given on the site is looked at first.
        ([(0, 800, True), (0, 700, False)], 1000, 5000, [300, 700]),
        # All gifts outside the site together have a limit of their own.
        ([(0, 800, True), (1, 800, True)], None, 1000, [800, 200]),
        # What does not count because of it is not taken from the donor's own limit.
        ([(0, 800, True), (0, 900, False), (1, 800, True)], 1000, 200, [100, 900, 100]),
        # Gifts outside the site are not taken.
        ([(0, 800, True)], None, 0, [0]),
    ],
)
def test_counted_cents_by_example(
    gifts: list[tuple[int, int, bool]], limit: int | None, offline: int, counted: list[int]
) -> None:
    kept = [
        Kept(place, donor, cents, is_offline=outside) for place, (donor, cents, outside) in enumerate(gifts)
    ]

    found = counted_cents(kept, limit_cents=limit, offline_cents=offline)

    assert [found[place] for place in range(len(gifts))] == counted


@given(GIFTS, LIMIT, OFFLINE)
def test_counted_cents_is_never_above_a_gift_nor_above_a_limit(
    gifts: list[Kept], limit: int | None, offline: int
) -> None:
    counted = counted_cents(gifts, limit_cents=limit, offline_cents=offline)

    assert counted.keys() == {gift.gift for gift in gifts}
    assert all(0 <= counted[gift.gift] <= gift.kept_cents for gift in gifts)
    assert all(counted[gift.gift] == 0 for gift in gifts if not gift.may_count)
    assert sum(counted[gift.gift] for gift in gifts if gift.is_offline) <= offline
    of_donor: Counter[int] = Counter()
    for gift in gifts:
        of_donor[gift.donor] += counted[gift.gift]
    assert limit is None or all(cents <= limit for cents in of_donor.values())


@given(GIFTS, LIMIT, OFFLINE, st.randoms(use_true_random=False))
def test_counted_cents_adds_up_to_the_same_in_any_order(
    gifts: list[Kept], limit: int | None, offline: int, chance: random.Random
) -> None:
    shuffled = chance.sample(gifts, len(gifts))

    one, other = (
        counted_cents(order, limit_cents=limit, offline_cents=offline) for order in (gifts, shuffled)
    )

    for outside in (False, True):
        assert sum(one[gift.gift] for gift in gifts if gift.is_offline is outside) == sum(
            other[gift.gift] for gift in gifts if gift.is_offline is outside
        )


@given(GIFTS, LIMIT)
def test_counted_cents_leaves_nothing_out_that_fits(gifts: list[Kept], limit: int | None) -> None:
    counted = counted_cents(gifts, limit_cents=limit, offline_cents=10**12)

    for donor in {gift.donor for gift in gifts}:
        own = [gift for gift in gifts if gift.donor == donor]
        may = sum(gift.kept_cents for gift in own if gift.may_count)
        assert sum(counted[gift.gift] for gift in own) == (may if limit is None else min(may, limit))


def test_number_donors_joins_gifts_that_share_a_name() -> None:
    numbers = number_donors(
        {
            "first": ["mail:ada@x.it", "card:1"],
            "second": ["mail:eva@x.it", "card:2"],
            "third": ["mail:ugo@x.it", ""],
            # The card of the second with the address of the first: all three are one donor.
            "fourth": ["mail:ada@x.it", "card:2"],
            "fifth": ["", ""],
            "sixth": ["", ""],
        }
    )

    assert numbers["first"] == numbers["second"] == numbers["fourth"]
    assert len(set(numbers.values())) == 4


@given(st.dictionaries(st.integers(), st.lists(st.sampled_from("abcdef"), max_size=3), max_size=8))
def test_number_donors_gives_one_number_to_those_who_share(names: dict[int, list[str]]) -> None:
    numbers = number_donors(names)

    for one, its in names.items():
        for other, others in names.items():
            assert not set(its) & set(others) or numbers[one] == numbers[other]
    assert len(set(numbers.values())) >= sum(not its for its in names.values())


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("Ada.Rossi@Example.ORG ", "ada.rossi@example.org"),
        ("ada.rossi+forno@example.org", "ada.rossi@example.org"),
        ("a.d.a+1@googlemail.com", "ada@gmail.com"),
        ("ada@gmail.com", "ada@gmail.com"),
        ("+ada@example.org", "+ada@example.org"),
        ("", ""),
    ],
)
def test_email_key_is_the_same_for_one_mailbox(address: str, key: str) -> None:
    assert email_key(address) == key


@pytest.mark.parametrize(
    ("address", "domain"),
    [("info@Forno.example.org", "forno.example.org"), ("forno@gmail.com", ""), ("forno@libero.it", "")],
)
def test_own_domain_is_no_service_for_everybody(address: str, domain: str) -> None:
    assert own_domain(address) == domain
