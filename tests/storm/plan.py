"""What a storm consists of; everything left to chance follows its seed."""

import random
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Plan:
    """How many of everything; a campaign closes in the middle of the storm when it is one of `closing`."""

    seed: int
    donations: int = 5_000
    threads: int = 20
    #: How many donors each thread has under way at once.
    at_once: int = 10
    campaigns: int = 20
    closing: int = 6
    kills: int = 20
    flushes: int = 2
    restarts: int = 1
    refunds: int = 60
    workers: int = 2
    #: Two clocks, though one is enough: whatever they both ask for happens once.
    beats: int = 2
    #: Seconds from the first gift to the deadline of the campaigns that close.
    deadline_after: int = 60
    duplicate_up_to: int = 2
    delay_up_to_seconds: int = 10
    drop_bp: int = 200
    #: Seconds between two blows at least, so that a worker that has come back has time to work.
    between_blows: float = 4.0


def small(seed: int) -> Plan:
    """Return the storm of `make test`."""
    return Plan(
        seed=seed,
        donations=300,
        threads=8,
        at_once=5,
        campaigns=6,
        closing=2,
        kills=3,
        flushes=1,
        refunds=6,
        deadline_after=20,
        delay_up_to_seconds=5,
    )


@dataclass(frozen=True)
class Gift:
    """What one donor is going to do."""

    number: int
    campaign: int
    cents: int
    way: str
    presses_twice: bool
    comes_back: bool

    @property
    def email(self) -> str:
        """Return the donor's address; everybody gives once."""
        return f"storm-{self.number}@example.org"


#: How donors behave, and how often of a hundred.
WAYS = {"pays": 84, "declined-then-pays": 5, "secure": 3, "declined": 3, "gives-up": 3, "pays-late": 2}


def gifts_of(plan: Plan) -> list[Gift]:
    """Return every gift of a storm."""
    chance = random.Random(f"gifts {plan.seed}")
    ways = chance.choices(list(WAYS), list(WAYS.values()), k=plan.donations)
    return [
        Gift(
            number=number,
            campaign=chance.randrange(plan.campaigns),
            cents=chance.choice((500, 1000, 2000, 2000, 5000, 10_000, chance.randrange(200, 30_000))),
            way=way,
            presses_twice=chance.random() < 0.05,
            comes_back=chance.random() < 0.2,
        )
        for number, way in enumerate(ways)
    ]


def weather_of(plan: Plan) -> list[str]:
    """Return the order of the blows: kills, flushes and restarts, shuffled; a restart is neither first nor last."""
    chance = random.Random(f"weather {plan.seed}")
    blows = ["kill"] * plan.kills + ["flush"] * plan.flushes
    chance.shuffle(blows)
    places = sorted(chance.sample(range(1, len(blows)), plan.restarts))
    pieces = [blows[start:end] for start, end in pairwise([0, *places, len(blows)])]
    joined = list(pieces[0])
    for piece in pieces[1:]:
        joined += ["restart", *piece]
    return joined
