"""Search words as people type them: accents and small mistakes forgiven. Arithmetic on words, no database, no clock."""

import re
import unicodedata
from collections.abc import Collection, Iterable

#: Words beyond these are not looked for: nobody types so many to find something.
MOST_WORDS = 8
#: How much of a word two spellings share at least to be one mistake apart, in thousandths.
ALIKE = 420
#: Shorter words are never corrected: everything is near to them.
SHORTEST = 4


def words_of(text: str) -> list[str]:
    """Return the words of a text, plain: small letters, no accents, no signs."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(sign for sign in bare if not unicodedata.combining(sign)))


def tsquery(words: Iterable[str]) -> str:
    """Return the query of PostgreSQL that asks for every word, each perhaps not typed to its end."""
    return " & ".join(f"{word}:*" for word in list(words)[:MOST_WORDS])


def trigrams(word: str) -> set[str]:
    """Return the groups of three signs of a word; its beginning counts double, its end once."""
    padded = f"  {word} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def likeness(one: str, other: str) -> int:
    """Return how alike two words are, in thousandths: shared groups of three of all their groups."""
    ours, theirs = trigrams(one), trigrams(other)
    return 1000 * len(ours & theirs) // len(ours | theirs)


def nearest(word: str, vocabulary: Collection[str]) -> str | None:
    """Return the known word that was probably meant: one that holds the typed one, else the most alike, else nothing."""
    if len(word) < SHORTEST or word in vocabulary:
        return None
    holding = [known for known in vocabulary if word in known]
    if holding:
        return min(holding, key=lambda known: (len(known), known))
    alike = max(vocabulary, key=lambda known: (likeness(word, known), known), default="")
    return alike if likeness(word, alike) >= ALIKE else None


def corrected(words: list[str], vocabulary: Collection[str]) -> list[str] | None:
    """Return the words with those nobody knows replaced by what was probably meant, or nothing when none can be."""
    meant = [nearest(word, vocabulary) or word for word in words]
    return meant if meant != words else None
