"""What counts of citizens' gifts for a campaign's threshold: pure arithmetic on integer cents.

    L    = min(limit in cents, limit share of T)     most that counts of one donor, where the call sets a limit
    on   = min(L, what the donor gave on the site)
    off  = min(L - on, what the donor gave outside the site), all donors together at most the call's share of T
    R    = the sum of on and off over all donors

A gift of a public body never counts, one of the promoter's own people only where the call says so. What a donor gave on
the site is looked at first, so the totals do not depend on the order in which gifts arrive. Source: the rules of a
matched campaign reward many citizens, not one; Regulation (EU) 2024/2509 art. 194 (no double public funding).

What the law gives to a donor, and how a receipt spells an amount, stands at the end.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from civicfund.money import CENTS, FULL_BP

#: Mail services that leave dots in the name aside, under every name they have.
WITHOUT_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
#: Services where anybody gets an address: sharing one says nothing about two people.
FOR_EVERYBODY = {
    "alice.it",
    "aol.com",
    "email.it",
    "fastwebnet.it",
    "gmail.com",
    "gmx.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.it",
    "icloud.com",
    "inwind.it",
    "legalmail.it",
    "libero.it",
    "live.com",
    "live.it",
    "me.com",
    "msn.com",
    "outlook.com",
    "outlook.it",
    "pec.it",
    "proton.me",
    "protonmail.com",
    "tim.it",
    "tin.it",
    "tiscali.it",
    "virgilio.it",
    "vodafone.it",
    "yahoo.com",
    "yahoo.it",
}
#: Kinds of body whose donors have a tax relief, with the relief in basis points. An ONLUS takes part by the transitional
#: regime of art. 104; enterprises, social ones included, and bodies outside the register do not.
RELIEF_BP = {"ets": 3000, "aps": 3000, "onlus": 3000, "odv": 3500}

SATURDAY = 5

UNITS = [
    *("zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"),
    *("dieci", "undici", "dodici", "tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto"),
    "diciannove",
]
TENS = ["venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"]


@dataclass(frozen=True)
class Kept:
    """What is kept of one gift, in cents, and whose it is; gifts of one donor carry the same number."""

    gift: Hashable
    donor: int
    kept_cents: int
    may_count: bool = True
    is_offline: bool = False


def donor_limit_cents(threshold_cents: int, limit_cents: int | None, limit_bp: int | None) -> int | None:
    """Return the most that counts of one donor, the lower of the two limits of a call; None where it sets none."""
    share = None if limit_bp is None else threshold_cents * limit_bp // FULL_BP
    return min((limit for limit in (limit_cents, share) if limit is not None), default=None)


def may_count(party: str, *, excludes_related: bool) -> bool:
    """Say whether a gift of this party counts at all: a public body's never does."""
    return party == "citizen" or (party == "related" and not excludes_related)


def counted_cents(
    gifts: Sequence[Kept], *, limit_cents: int | None, offline_cents: int
) -> dict[Hashable, int]:
    """Return how many cents of each gift count; `offline_cents` is the most that counts of gifts outside the site.

    The gifts come in the order in which they were booked: the later one is the one that does not count any more.
    """
    counted: dict[Hashable, int] = {}
    left: dict[int, int] = {}
    for gift in sorted(gifts, key=lambda gift: gift.is_offline):
        room = gift.kept_cents if gift.may_count else 0
        if limit_cents is not None:
            room = min(room, left.setdefault(gift.donor, limit_cents))
        if gift.is_offline:
            room = min(room, offline_cents)
            offline_cents -= room
        if limit_cents is not None:
            left[gift.donor] -= room
        counted[gift.gift] = room
    return counted


def offline_limit_cents(threshold_cents: int, offline_share_bp: int) -> int:
    """Return the most that counts of all gifts outside the site together, in cents."""
    return threshold_cents * offline_share_bp // FULL_BP


def received_days(opened_at: datetime, until: datetime, now: datetime, zone: tzinfo) -> tuple[date, date]:
    """Return the first and the last day on which a gift outside the site may have been received.

    From the day of the opening to the last one before the exclusive end of the giving, and none that is still to come.
    """
    last = min(until - timedelta(microseconds=1), now)
    return opened_at.astimezone(zone).date(), last.astimezone(zone).date()


def working_days_after(instant: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the same hour so many days from Monday to Friday later; holidays count like other days."""
    later = instant.astimezone(zone)
    while days:
        later += timedelta(days=1)
        days -= later.weekday() < SATURDAY
    return later


def number_donors(names: Mapping[Hashable, Iterable[str]]) -> dict[Hashable, int]:
    """Return for each gift the number of its donor: gifts that share a name, by way of others too, have one donor.

    A name is a card, a tax code or an address; an empty one says nothing.
    """
    parent: dict[Hashable, Hashable] = {}

    def root(thing: Hashable) -> Hashable:
        while parent.setdefault(thing, thing) != thing:
            parent[thing] = thing = parent[parent[thing]]
        return thing

    for gift, its_names in names.items():
        for name in its_names:
            if name:
                parent[root(("name", name))] = root(("gift", gift))
    numbers: dict[Hashable, int] = {}
    return {gift: numbers.setdefault(root(("gift", gift)), len(numbers)) for gift in names}


def is_testing(declines: int, payments: int, *, most: int, rate_bp: int, rate_from: int) -> bool:
    """Say whether so many refused and arrived payments mean that somebody tries stolen cards.

    They do above `most` refusals, or when more than `rate_bp` basis points of at least `rate_from` tries were refused.
    """
    tries = declines + payments
    return declines > most or (tries >= rate_from and declines * FULL_BP > rate_bp * tries)


def email_key(address: str) -> str:
    """Return an address without what makes two out of one: capitals, what follows a plus, dots where they are ignored."""
    local, _at, domain = address.strip().lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in WITHOUT_DOTS:
        local, domain = local.replace(".", ""), WITHOUT_DOTS[domain]
    return f"{local}@{domain}" if local else ""


def own_domain(address: str) -> str:
    """Return the domain of an address that belongs to one body; nothing for services where anybody gets one."""
    domain = address.strip().lower().rpartition("@")[2]
    return "" if domain in FOR_EVERYBODY else domain


def relief_bp(*, kind: str, runts_number: str, has_reward: bool = False) -> int:
    """Return the tax relief of a natural person's gift in basis points of it; 0 where the rules give none.

    The body has to be a non-commercial one of the Third Sector, in its register, and the donor gets nothing in return.
    Source: D.Lgs. 117/2017 art. 83 c. 1, art. 104 c. 1.
    """
    if has_reward or not runts_number.strip():
        return 0
    return RELIEF_BP.get(kind, 0)


def euro_in_words(cents: int) -> str:
    """Return an amount as Italian receipts spell it: 2050 is "venti/50", 128000000 "unmilioneduecentottantamila/00"."""
    euros, rest = divmod(cents, CENTS)
    return f"{_number_in_words(euros)}/{rest:02d}"


def _number_in_words(number: int) -> str:
    """Spell a number below a thousand millions in Italian, as one word."""
    millions, rest = divmod(number, 1_000_000)
    thousands, units = divmod(rest, 1000)
    words = ""
    if millions:
        words = "unmilione" if millions == 1 else f"{_hundreds_in_words(millions)}milioni"
    if thousands:
        words += "mille" if thousands == 1 else f"{_hundreds_in_words(thousands)}mila"
    if units or not words:
        words += _hundreds_in_words(units)
    return words.removesuffix("tre") + "tré" if len(words) > len("tre") and words.endswith("tre") else words


def _hundreds_in_words(number: int) -> str:
    """Spell a number below a thousand; "venti" loses its vowel before "uno" and "otto", as the other tens do."""
    hundreds, rest = divmod(number, 100)
    words = "" if not hundreds else "cento" if hundreds == 1 else f"{UNITS[hundreds]}cento"
    if rest < len(UNITS):
        return words + UNITS[rest] if rest or not words else words
    tens, unit = divmod(rest, 10)
    ten = TENS[tens - 2]
    if unit in (1, 8):
        ten = ten[:-1]
    return words + ten + (UNITS[unit] if unit else "")
