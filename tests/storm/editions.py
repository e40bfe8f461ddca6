"""What the four editions of Milan were like, as far as their sources say; where they are silent, an assumption."""

import random
import tomllib
from dataclasses import dataclass, replace

from demo.gifts import amounts
from tests.journeys.running import ROOT

#: Campaigns differ: parts of the mean, in percent.
SIZES = (60, 140)
#: What a failing campaign raises, in percent of its threshold.
FAILING_RAISES = 40


@dataclass(frozen=True)
class Edition:
    """One edition: the file of its call, its campaigns by batch, its gifts and its money in cents."""

    year: str
    batches: tuple[int, ...]
    gifts: int
    raised_cents: int
    days: int
    #: The threshold in percent of what is raised.
    threshold_percent: int
    failing: int = 0
    between_batches: int = 14

    @property
    def campaigns(self) -> int:
        """Return how many campaigns go online."""
        return sum(self.batches)


EDITIONS = {
    # 18 online in 4 batches, 16 successful; 1,492 people and 154 bodies gave 333,136 euro; grants 323,882.
    "2015": Edition("2015", (5, 5, 4, 4), 1_646, 333_136_00, days=50, threshold_percent=96, failing=2),
    # 19 of 19 in batches of 7, 7 and 5; over 4,000 gifts, over 320,000 euro; grants about 380,000.
    "2020": Edition("2020", (7, 7, 5), 4_120, 321_000_00, days=60, threshold_percent=79),
    # 16 of 16 in two batches; its own sums are not published: what the three editions' totals leave for it.
    "2022": Edition("2022", (7, 9), 1_240, 346_000_00, days=45, threshold_percent=88),
    # The first session: 6 of 6, over 110,000 euro from over 1,200 donors; starts are staggered.
    "2024": Edition("2024", (2, 2, 2), 1_210, 110_500_00, days=60, threshold_percent=96),
}


def small(edition: Edition) -> Edition:
    """Return an edition of two campaigns in one batch, one of which fails: enough to see every step in a minute."""
    mean = edition.raised_cents // edition.campaigns
    return replace(edition, batches=(2,), gifts=60, raised_cents=mean, failing=1)


@dataclass(frozen=True)
class Share:
    """What one campaign costs and is given, in cents."""

    cost_cents: int
    gifts: list[int]


def shares_of(edition: Edition, seed: int) -> list[Share]:
    """Return costs and gifts of every campaign; the successful ones together raise the edition's sum."""
    chance = random.Random(f"{edition.year} {seed}")
    call = tomllib.loads((ROOT / "calls" / "editions" / f"{edition.year}.toml").read_text())["call"]
    successful = edition.campaigns - edition.failing
    sizes = [chance.randint(*SIZES) for _ in range(successful)]
    found = []
    for size in sizes:
        raised = edition.raised_cents * size // sum(sizes)
        count = max(4, edition.gifts * size // sum(sizes))
        found.append(Share(_cost(raised, edition, call), amounts(chance, raised, count)))
    for _ in range(edition.failing):
        cost = _cost(edition.raised_cents // successful, edition, call)
        raised = cost * call["threshold_bp"] // 10_000 * FAILING_RAISES // 100
        found.append(Share(cost, amounts(chance, raised, max(4, raised // 120_00))))
    chance.shuffle(found)
    return found


def _cost(raised_cents: int, edition: Edition, call: dict[str, int]) -> int:
    """Return the cost, in whole tens of euro, whose threshold is the edition's part of what is raised."""
    cost = raised_cents * edition.threshold_percent * 100 // call["threshold_bp"]
    most = call.get("cost_max_cents", cost)
    return min(max(cost, call["cost_min_cents"]), most) // 10_00 * 10_00
