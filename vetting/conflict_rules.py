"""What ties a member of the committee to an application: pure comparison of names, addresses and tax codes.

A match in who acts for a body, in an e-mail address, a tax code or a name takes the application away from the member; an
e-mail address of the same domain only warns, and not where everybody may have one. Source: L. 241/1990 art. 6-bis.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

#: Domains under which anybody may have an address.
PUBLIC_DOMAINS = frozenset(
    [
        "alice.it",
        "aruba.it",
        "fastwebnet.it",
        "gmail.com",
        "googlemail.com",
        "hotmail.com",
        "hotmail.it",
        "icloud.com",
        "iol.it",
        "legalmail.it",
        "libero.it",
        "live.com",
        "live.it",
        "mac.com",
        "me.com",
        "msn.com",
        "outlook.com",
        "outlook.it",
        "pec.it",
        "pm.me",
        "proton.me",
        "protonmail.com",
        "tim.it",
        "tin.it",
        "tiscali.it",
        "virgilio.it",
        "yahoo.com",
        "yahoo.it",
    ]
)


@dataclass(frozen=True)
class Judge:
    """A member of the committee: name, e-mail address, tax code, and the bodies the person acts for, by their keys."""

    name: str
    email: str
    tax_code: str = ""
    bodies: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Party:
    """A body or a person of an application; `who` says which in words, `body` is the key of a body registered here."""

    who: str
    name: str = ""
    email: str = ""
    tax_code: str = ""
    body: int | None = None


@dataclass(frozen=True)
class Match:
    """What a judge and a party have in common, with whom; a warning decides nothing."""

    kind: str
    detail: str
    is_warning: bool = False


def matches_between(judge: Judge, parties: Iterable[Party]) -> list[Match]:
    """Return what ties a judge to the parties of an application, each match once, in the order of the parties."""
    found: dict[Match, None] = {}
    for party in parties:
        for match in _ties(judge, party):
            found.setdefault(match)
    return list(found)


def decides(matches: Collection[Match]) -> bool:
    """Say whether matches take an application away from a judge."""
    return any(not match.is_warning for match in matches)


def plain_name(name: str) -> frozenset[str]:
    """Return the words of a name, without what people write differently: order, case, accents, signs."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return frozenset(re.findall(r"\w+", bare.casefold().replace("'", "").replace("’", "")))


def _ties(judge: Judge, party: Party) -> Iterator[Match]:
    """Yield what ties a judge to one party."""
    if party.body is not None and party.body in judge.bodies:
        yield Match("membership", party.who)
    if party.tax_code and party.tax_code.strip().upper() == judge.tax_code.strip().upper():
        yield Match("tax_code", party.who)
    # One word alone names too many people.
    if len(words := plain_name(party.name)) > 1 and words == plain_name(judge.name):
        yield Match("name", party.who)
    mine, theirs = judge.email.strip().casefold(), party.email.strip().casefold()
    domain = theirs.rpartition("@")[2]
    if theirs and mine == theirs:
        yield Match("email", party.who)
    elif domain and domain not in PUBLIC_DOMAINS and domain == mine.rpartition("@")[2]:
        yield Match("domain", party.who, is_warning=True)
