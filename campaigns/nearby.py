"""Where a campaign is and how far that is, as well as its borough and the words of its place tell; no third party is asked."""

import math
import re
from collections.abc import Iterable, Sequence

from campaigns.search import corrected, words_of
from civicfund.neighbourhoods import CENTRES, NAMES, SPOTS, Spot

#: A position as a browser tells it, rounded there to about a kilometre; a finer one is not taken.
POSITION = re.compile(r"(\d{1,2}\.\d{1,2}),\s*(\d{1,2}\.\d{1,2})")
#: Words around a place that say nothing about where it is.
SMALL = "vicino a al alla di in zona quartiere rione via viale piazza corso milano near to the"
AROUND = frozenset(words_of(SMALL))
#: Kilometres in a degree, at the latitude of Milano.
NORTH_KM, EAST_KM = 111.2, 78.0
#: Nobody is served by what is further away than this from every place that is known.
FARTHEST_KM = 15

_KNOWN = [(words_of(name), spot) for spot in SPOTS for name in spot.names]
_VOCABULARY = {word for name in NAMES for word in words_of(name)}


def kilometres(one: Spot, other: Spot) -> float:
    """Return how far two places are from each other, as the crow flies."""
    return math.hypot((one.north - other.north) * NORTH_KM, (one.east - other.east) * EAST_KM)


def spot_named(text: str) -> Spot | None:
    """Return the place somebody means: a neighbourhood, a borough, a postcode or a rounded position; small mistakes forgiven."""
    position = POSITION.fullmatch(text.strip())
    if position:
        return _nearest(float(position[1]), float(position[2]))
    words = [word for word in words_of(text) if word not in AROUND]
    if not words:
        return None
    if words[0] == "municipio":
        return spot_of_borough(int(words[-1])) if words[-1].isdecimal() else None
    return _named(words) or _named(corrected(words, _VOCABULARY) or [])


def spot_of(place: str, borough: int | None) -> Spot | None:
    """Return about where something is: the neighbourhood its place names, if it lies in that borough, else the borough."""
    words = words_of(place)
    named = [
        (len(name), spot)
        for name, spot in _KNOWN
        if _holds(words, name) and (borough is None or borough in spot.boroughs)
    ]
    if named:
        return max(named, key=lambda one: one[0])[1]
    return spot_of_borough(borough) if borough else None


def spot_of_borough(number: int) -> Spot | None:
    """Return the middle of a borough."""
    if number not in CENTRES:
        return None
    return Spot((f"Municipio {number}",), (number,), *CENTRES[number])


def spot_in_places(text: str, places: Iterable[tuple[str, int | None]]) -> Spot | None:
    """Return where a street is that the place of some campaign names, as `via Padova` may."""
    words = words_of(text)
    fitting = (spot_of(place, borough) for place, borough in places if _holds(words_of(place), words))
    return next(
        (Spot((text.strip(), *spot.names), spot.boroughs, spot.north, spot.east) for spot in fitting if spot),
        None,
    )


def _nearest(north: float, east: float) -> Spot | None:
    """Return the neighbourhood around a position, unless it lies far outside the city."""
    here = Spot(("",), (), north, east)
    nearest = min(SPOTS, key=lambda spot: kilometres(here, spot))
    return nearest if kilometres(here, nearest) <= FARTHEST_KM else None


def _named(words: Sequence[str]) -> Spot | None:
    """Return the place whose name is these words, else the first one whose name holds them all."""
    whole = next((spot for name, spot in _KNOWN if name == list(words)), None)
    if whole or not words:
        return _shown_as(whole, words)
    part = next((spot for name, spot in _KNOWN if set(words) <= set(name)), None)
    return _shown_as(part, words)


def _shown_as(spot: Spot | None, words: Sequence[str]) -> Spot | None:
    """Return a place under the one of its names that was meant."""
    if spot is None:
        return None
    meant = next(name for name in spot.names if set(words) <= set(words_of(name)))
    shown = spot.names[0] if meant.isdecimal() else meant
    return Spot((shown, *spot.names), spot.boroughs, spot.north, spot.east)


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    """Say whether some words hold others, one after the other."""
    size = len(part)
    return size > 0 and any(list(words[at : at + size]) == list(part) for at in range(len(words) - size + 1))


def tenths_between(one: Spot, other: Spot) -> int:
    """Return how far two places are from each other in tenths of a kilometre."""
    return round(kilometres(one, other) * 10)
