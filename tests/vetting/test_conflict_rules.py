"""What ties a member of the committee to an application, as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetting.conflict_rules import Judge, Match, Party, decides, matches_between, plain_name

JUDGE = Judge("Lucía D'Amico", "lucia@studio.example.org", "DMCLCU80A41F205X", frozenset([7]))


@pytest.mark.parametrize(
    ("party", "kinds"),
    [
        (Party("a", body=7), ["membership"]),
        (Party("a", body=8), []),
        (Party("a", tax_code=" dmclcu80a41f205x"), ["tax_code"]),
        (Party("a", tax_code="97812010151"), []),
        (Party("a", name="DAMICO LUCIA"), ["name"]),
        (Party("a", name="Lucia D’Amico"), ["name"]),
        (Party("a", name="Lucia Damico Rossi"), []),
        (Party("a", email="Lucia@Studio.example.org "), ["email"]),
        (Party("a", email="altri@studio.example.org"), ["domain"]),
        (Party("a", email="altri@example.org"), []),
        (Party("a"), []),
        (
            Party("a", name="Lucía D'Amico", email="lucia@studio.example.org", body=7),
            ["membership", "name", "email"],
        ),
    ],
)
def test_matches_between(party, kinds):
    assert [match.kind for match in matches_between(JUDGE, [party])] == kinds


@pytest.mark.parametrize(
    ("mine", "theirs", "warns"),
    [
        ("ada@gmail.com", "bea@gmail.com", False),
        ("ada@libero.it", "bea@LIBERO.it", False),
        ("ada@polimi.example", "bea@polimi.example", True),
    ],
)
def test_a_domain_everybody_may_have_says_nothing(mine, theirs, warns):
    found = matches_between(Judge("Ada Neri", mine), [Party("Bea Blu", email=theirs)])
    assert bool(found) == warns
    assert not decides(found)


def test_what_is_empty_matches_nothing():
    assert not matches_between(Judge("", ""), [Party("a"), Party("b", name="", email="", tax_code="")])
    assert not matches_between(Judge("Ada", "a@gmail.com"), [Party("b", name="ada")])


def test_decides_by_anything_but_a_warning():
    assert decides([Match("domain", "a", is_warning=True), Match("name", "a")])
    assert not decides([])


def test_a_match_is_told_once():
    party = Party("Rosa Bruni", name="Lucía D'Amico")
    assert matches_between(JUDGE, [party, party]) == [Match("name", "Rosa Bruni")]


@given(st.permutations(["Maria", "Pía", "de'", "Rossi"]))
def test_plain_name_does_not_look_at_order_case_or_accents(words):
    assert plain_name(" ".join(words).upper()) == plain_name("maria pia DE Rossi")
