"""Invent gifts: how much, when, by whom and with which words. The same seed invents the same ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils.text import slugify

#: What people give, in euro, and how often.
USUAL = {
    5: 5,
    10: 14,
    15: 5,
    20: 18,
    25: 10,
    30: 9,
    40: 4,
    50: 18,
    75: 4,
    100: 12,
    150: 4,
    200: 5,
    250: 3,
    300: 2,
    500: 2,
}
LARGE = (1_000, 800, 600, 500, 400, 300, 250, 200, 150, 100)
SMALLEST_CENTS = 5_00
FIRM_FROM_CENTS = 300_00
#: How many of the latest gifts a campaign's page shows.
PAGE_SHOWS = 10


@dataclass(frozen=True)
class Gift:
    """One gift to come; cents, and an aware datetime."""

    when: datetime
    amount_cents: int
    name: str
    email: str
    show_name: bool
    message: str
    language: str


def amounts(rng: Random, total_cents: int, count: int) -> list[int]:
    """Return `count` gifts in cents that add up to a total, most of them small, a few large."""
    gifts = [euro * 100 for euro in rng.choices(list(USUAL), list(USUAL.values()), k=count - 1)]
    while total_cents - sum(gifts) > 1_000_00:
        place = gifts.index(min(gifts))
        lacking = total_cents - sum(gifts) + gifts[place]
        gifts[place] = next(euro * 100 for euro in LARGE[rng.randrange(4) :] if euro * 100 <= lacking)
    while total_cents - sum(gifts) < SMALLEST_CENTS:
        gifts[gifts.index(max(gifts))] = 20_00
    rng.shuffle(gifts)
    # What is left over stands early, where nobody expects round sums from friends and family.
    gifts.insert(rng.randrange(1, 4), total_cents - sum(gifts))
    return gifts


def moments(rng: Random, start: datetime, end: datetime, count: int) -> list[datetime]:
    """Return distinct minutes between two instants: many at the beginning, many at the end, few at night."""
    whole = (end - start) / timedelta(minutes=1)
    chosen: set[int] = set()
    while len(chosen) < count:
        part = rng.random()
        if part < 0.35:
            share = rng.random() * 0.15
        elif part < 0.65:
            share = 1 - rng.random() * 0.2
        else:
            share = rng.random()
        minute = int(share * whole)
        if (start + timedelta(minutes=minute)).hour in range(7, 23) or rng.random() < 0.1:
            chosen.add(minute)
    return [start + timedelta(minutes=minute, seconds=rng.randrange(5, 55)) for minute in sorted(chosen)]


def invent(
    rng: Random,
    plan: dict[str, Any],
    donors: dict[str, Any],
    own_messages: list[str],
    start: datetime,
    end: datetime,
) -> list[Gift]:
    """Return a campaign's gifts in the order of time, the last one within the last minute before `end`."""
    sums = amounts(rng, plan["raised_cents"], plan["gifts"])
    when = [*moments(rng, start, end - timedelta(minutes=30), len(sums) - 1), end]
    words = _messages(rng, donors["messages"], own_messages, len(sums))
    return [_gift(rng, donors, *each) for each in zip(when, sums, words, strict=True)]


def _gift(rng: Random, donors: dict[str, Any], when: datetime, cents: int, message: str) -> Gift:
    if cents >= FIRM_FROM_CENTS and rng.random() < 0.6:
        name, show_name = rng.choice(donors["firms"]), True
    else:
        name = f"{rng.choice(donors['first_names'])} {rng.choice(donors['last_names'])}"
        show_name = bool(message) or rng.random() < 0.55
    language = "en" if rng.random() < 0.06 else "it"
    email = f"{slugify(name).replace('-', '.')}@example.org"
    return Gift(when, cents, name, email, show_name, message, language)


def _messages(rng: Random, general: list[str], own: list[str], count: int) -> list[str]:
    """Spread messages over gifts, each once: a campaign's own among the last, which its page shows, others anywhere."""
    spread = [""] * count
    for place, message in zip(
        rng.sample(range(max(0, count - PAGE_SHOWS), count), len(own)), own, strict=True
    ):
        spread[place] = message
    free = [place for place in range(count) if not spread[place]]
    others = rng.sample(general, min(len(general), count // 5))
    for place, message in zip(rng.sample(free, len(others)), others, strict=True):
        spread[place] = message
    return spread
