"""What the drawings of an application and of the city show: arithmetic on months and counts, no database, no clock."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _

from calls.models.call import BOROUGHS
from civicfund import boroughs

#: A scale names at most so many months, else every second, third, sixth or twelfth.
MOST_MARKS = 12
STEPS = (1, 2, 3, 6, 12)
WHOLE = 1000
#: How many tints tell how much happens in a borough.
TINTS = 4


class Planned(Protocol):
    """An activity of a project: its first month, counted from 1, and how many months it takes."""

    @property
    def title(self) -> str: ...
    @property
    def first_month(self) -> int: ...
    @property
    def months(self) -> int: ...


class Bar(NamedTuple):
    """An activity in the drawing; lengths are thousandths of the width."""

    title: str
    first: int
    last: int
    start: int
    length: int
    #: The part of it that lies after the end of the project.
    beyond: int

    @property
    def beyond_start(self) -> int:
        """Return where that part begins."""
        return self.start + self.length - self.beyond

    @property
    def when(self) -> str:
        """Tell when the activity takes place."""
        if self.first == self.last:
            return _("month %(month)s") % {"month": self.first}
        return _("months %(first)s–%(last)s") % {"first": self.first, "last": self.last}


class Mark(NamedTuple):
    """A month named on the scale, and where its column begins and has its middle."""

    month: int
    start: int
    middle: int


class Gantt(NamedTuple):
    """A project's time: its activities one below the other, over a scale of months."""

    bars: list[Bar]
    marks: list[Mark]
    months: int
    #: Where the project ends, if activities go on after it.
    end: int | None


def gantt(activities: Iterable[Planned], months: int) -> Gantt:
    """Return the drawing of a project's activities; what goes on after its last month is drawn and marked."""
    planned = list(activities)
    months = max(months, 1)
    width = max([months, *(one.first_month + one.months - 1 for one in planned)])
    step = next((step for step in STEPS if width <= step * MOST_MARKS), STEPS[-1])
    return Gantt(
        bars=[_bar(one, months, width) for one in planned],
        marks=[
            Mark(month, _share(month - 1, width), _share(2 * month - 1, 2 * width))
            for month in range(1, width + 1)
            if step == 1 or month % step == 0
        ],
        months=months,
        end=_share(months, width) if width > months else None,
    )


def _bar(one: Planned, months: int, width: int) -> Bar:
    """Return an activity as a bar."""
    last = one.first_month + one.months - 1
    start, end = _share(one.first_month - 1, width), _share(last, width)
    return Bar(
        title=one.title,
        first=one.first_month,
        last=last,
        start=start,
        length=end - start,
        beyond=max(end - max(_share(months, width), start), 0),
    )


def _share(part: int, whole: int) -> int:
    """Return a part in thousandths."""
    return round(WHOLE * part / whole)


class BoroughArea(NamedTuple):
    """A borough on the map of what happens where."""

    number: int
    name: str
    count: int
    #: 0 where nothing happens, then darker with the number, up to `TINTS`.
    tint: int
    address: str
    is_chosen: bool


def borough_areas(
    counts: Mapping[int, int], *, chosen: int | None, address: Callable[[int], str]
) -> list[BoroughArea]:
    """Return the boroughs with how much happens in each, and where its link leads; the fullest is the darkest."""
    most = max(counts.values(), default=0)
    return [
        BoroughArea(
            number=number,
            name=str(name),
            count=counts.get(number, 0),
            tint=-(-TINTS * counts.get(number, 0) // most) if most else 0,
            address=address(number),
            is_chosen=number == chosen,
        )
        for number, name in BOROUGHS
    ]


def borough_shape(number: int) -> dict[str, object]:
    """Return what draws one borough."""
    x, y = boroughs.PLACES[number]
    return {
        "number": number,
        "path": boroughs.path(number),
        "x": x,
        "y": y,
        "width": boroughs.WIDTH,
        "height": boroughs.HEIGHT,
    }
