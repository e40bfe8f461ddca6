"""How often something may happen: so many times in so many seconds, as the settings write it."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Limit:
    """At most `number` times within each window of `seconds`; windows follow one another without a gap."""

    number: int
    seconds: int

    def window(self, now: datetime) -> tuple[int, datetime]:
        """Return the number of the window an instant lies in, and the aware instant at which it ends."""
        place = int(now.timestamp()) // self.seconds
        return place, datetime.fromtimestamp((place + 1) * self.seconds, UTC)


def read_limits(text: str) -> tuple[Limit, ...]:
    """Read "5/600,20/3600": five times in ten minutes, and twenty in an hour. Raise ValueError for anything else."""
    limits = []
    for part in text.split(","):
        number, _slash, seconds = part.partition("/")
        limit = Limit(int(number), int(seconds))
        if limit.number < 1 or limit.seconds < 1:
            raise ValueError(f"a limit is like 5/600, not {part!r}")
        limits.append(limit)
    return tuple(limits)
