"""Words people type: accents and small mistakes forgiven."""

import pytest

from campaigns.search import MOST_WORDS, corrected, likeness, nearest, trigrams, tsquery, words_of

KNOWN = {"ciclofficina", "forno", "mercato", "cortile", "libri", "giambellino"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Un caffè, perché no?", ["un", "caffe", "perche", "no"]),
        ("  ", []),
        ("%_&|!:*'", []),
        ("Largo Marinai d'Italia 12", ["largo", "marinai", "d", "italia", "12"]),
        ("ÀÈÌÒÙ straße", ["aeiou", "strasse"]),
        ("forno_di_quartiere", ["forno", "di", "quartiere"]),
    ],
)
def test_words_of_leaves_plain_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_tsquery_asks_for_every_word_perhaps_not_typed_to_its_end() -> None:
    assert tsquery(["ciclo", "una"]) == "ciclo:* & una:*"
    assert tsquery([]) == ""
    assert tsquery(["a"] * 50).count("a:*") == MOST_WORDS


def test_trigrams_are_those_of_the_padded_word() -> None:
    assert trigrams("pane") == {"  p", " pa", "pan", "ane", "ne "}


def test_likeness_is_whole_for_the_same_word_and_nothing_for_strangers() -> None:
    assert likeness("forno", "forno") == 1000
    assert likeness("forno", "album") == 0
    # Each has six groups and four are shared: "  f", " fo", "for", "orn".
    assert likeness("forno", "forni") == 500


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ciclofficna", "ciclofficina"),
        ("cicloficina", "ciclofficina"),
        ("officina", "ciclofficina"),
        ("gianbellino", "giambellino"),
        ("forno", None),
        ("frn", None),
        ("xyzxyz", None),
    ],
)
def test_nearest_finds_what_was_probably_meant(typed: str, meant: str | None) -> None:
    assert nearest(typed, KNOWN) == meant
    assert nearest(typed, set()) is None


def test_corrected_keeps_the_words_that_are_known() -> None:
    assert corrected(["forno", "mercatto"], KNOWN) == ["forno", "mercato"]
    assert corrected(["forno", "zzzzzz"], KNOWN) is None
